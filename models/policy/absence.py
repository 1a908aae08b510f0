"""Approvers who are away: who is asked in their place."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from models.policy.decision import Candidate
from models.policy.facts import StandIn, Who
from models.policy.people import cannot, name_of
from models.policy.question import Question


def with_stand_ins(
    candidates: Sequence[Candidate], spent: Mapping[str, str], question: Question, who: Who
) -> tuple[Candidate, ...]:
    """The candidates, and before each who is away the one who stands in for them: two people for one vote.

    Who is away can decide all the same, and is not asked. A stand-in who cannot decide here, who has a vote
    of their own or somebody else's already, or who is away too, is passed over (and nobody is looked for
    behind them): then the one who is away is asked after all.
    """
    taken = {one.person_id for one in candidates}
    found: list[Candidate] = []
    for one in candidates:
        away = None if one.quiet else who.stand_in(one.person_id, question.at)
        if away is None:
            found.append(one)
        elif problem := _problem(away.person_id, taken, spent, question, who):
            name = name_of(away.person_id, who)
            found.append(replace(one, because=f"{one.because}; away, but the stand-in {name} {problem}"))
        else:
            taken.add(away.person_id)
            because = f"for {name_of(one.person_id, who)}, who is away {_until(away, question.at)}"
            found.append(Candidate(away.person_id, f"{because} ({one.because})", seat=one.person_id))
            found.append(replace(one, quiet=True))
    return tuple(found)


def _problem(
    person_id: str, taken: Collection[str], spent: Mapping[str, str], question: Question, who: Who
) -> str | None:
    """Why this person cannot stand in here."""
    person = who.person(person_id)
    if person is None:
        return "is not known"
    if person_id in question.people:
        return "asks for it" if person_id == question.requester else "would have it"
    if person_id in taken:
        return "is asked already"
    if who.stand_in(person_id, question.at):
        return "is away too"
    return cannot(person, question, spent)


def _until(away: StandIn, at: datetime) -> str:
    return f"until {day(away.last_day, at.date())}"


def day(one: date, today: date) -> str:
    """A day in words, with the year where it is another one: "3 March"."""
    year = f" {one.year}" if one.year != today.year else ""
    return f"{one.day} {one:%B}{year}"
