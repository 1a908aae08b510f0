"""Decisions that were passed on: who decides instead."""

from collections.abc import Sequence

from models.policy.course import Course, Passed, chains
from models.policy.decision import Candidate
from models.policy.facts import Who
from models.policy.people import cannot, name_of
from models.policy.question import Question


def passed_on(
    candidates: Sequence[Candidate], course: Course, question: Question, who: Who
) -> tuple[Candidate, ...]:
    """The candidates, with those to whom a decision was passed in place of those who had it.

    Who passed it on does not decide any more in this stage. Where the new one cannot decide either by now,
    it is the one's before again. What was passed on stays so even if the one who had it first leaves.
    """
    ended: set[str] = set()
    heirs: dict[str, Candidate] = {}
    for chain in chains(course.passed):
        heir = _heir(chain, course, question, who)
        voted = any(one.to in course.spent for one in chain)
        if heir or voted:
            ended |= {chain[0].seat, *(one.to for one in chain)}
        if heir and not voted:
            heirs[heir.person_id] = heir
    # Somebody quiet, whom nobody has asked so far, is asked now.
    woken = {one.person_id for one in candidates if one.quiet} & heirs.keys()
    stay = [one for one in candidates if one.person_id not in ended | woken]
    there = {one.person_id for one in stay}
    return (*stay, *(heir for heir in heirs.values() if heir.person_id not in there))


def _heir(chain: Sequence[Passed], course: Course, question: Question, who: Who) -> Candidate | None:
    """The last in the chain who can decide."""
    for one in reversed(chain):
        person = who.person(one.to)
        if person is None or one.to in question.people or cannot(person, question, course.spent):
            continue
        note = f": {one.note}" if one.note else ""
        return Candidate(one.to, f"passed on by {name_of(one.by, who)}{note}")
    return None
