"""Find who can decide in a stage: the people it names, those a vote was reassigned to, and delegates."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from models.catalogue.spec import (
    AccessPolicy,
    ApproverRef,
    ApproverRole,
    GroupRef,
    PersonRef,
    parse_approver,
    parse_person,
)
from models.policy.decision import Candidate, ReassignedVote, StageHistory, reassignment_chains
from models.policy.facts import PeopleDirectory, PersonFacts, Question


@dataclass(frozen=True, slots=True)
class CandidatePool:
    """Who can be asked, in the order in which they are named, and who cannot, with the reason."""

    candidates: tuple[Candidate, ...]
    left_out: tuple[str, ...]
    """Sentences without a full stop: "Bo is deactivated"."""

    @property
    def voters(self) -> tuple[str, ...]:
        """Whose votes are asked for, each once."""
        return tuple(
            dict.fromkeys(candidate.votes_for for candidate in self.candidates if not candidate.quiet)
        )

    @property
    def with_quiet_asked(self) -> "CandidatePool":
        """The same pool where quiet approvers are asked too; those with a delegate stay quiet."""
        away = {candidate.on_behalf_of for candidate in self.candidates if candidate.on_behalf_of}
        if all(candidate.quiet == (candidate.person_id in away) for candidate in self.candidates):
            return self
        asked = (replace(candidate, quiet=candidate.person_id in away) for candidate in self.candidates)
        return replace(self, candidates=tuple(asked))


def find_candidates(
    approvers: Iterable[str], question: Question, directory: PeopleDirectory, *, ineligible: Mapping[str, str]
) -> CandidatePool:
    """Look up everybody whom these entries name, each once, with all reasons why they are asked.

    Args:
        approvers: as a stage lists them: "U0123", "@oncall", "manager".
        question: the request that is to be decided.
        directory: who is who at present.
        ineligible: who does not decide for another reason, by id with the words: "has decided already".
    """
    reasons: dict[str, list[str]] = {}
    left_out: dict[str, None] = {}
    for text in approvers:
        for entry in _resolve(parse_approver(text), question, directory):
            if entry.person is None:
                left_out[entry.because] = None
            elif problem := why_not_approver(entry.person, question, ineligible):
                left_out[f"{entry.person.name} {problem}"] = None
            elif entry.because not in reasons.setdefault(entry.person.id, []):
                reasons[entry.person.id].append(entry.because)
    candidates = (Candidate(person_id, " and ".join(because)) for person_id, because in reasons.items())
    return CandidatePool(tuple(candidates), tuple(left_out))


def why_not_approver(person: PersonFacts, question: Question, ineligible: Mapping[str, str]) -> str | None:
    """Why this person does not decide on this request, to follow their name; None if they can.

    Never those who hold no role (deactivated, bots, guests, people of other companies), and never on their
    own request.
    """
    if person.unfit:
        return person.unfit
    if is_barred_from_own(question.policy, person.id, question.people):
        return _own_words(person.id, question)
    return ineligible.get(person.id)


def is_barred_from_own(policy: AccessPolicy, person_id: str, people: Collection[str]) -> bool:
    """Whether this person may not decide because it is their own request.

    Nobody decides on a request that they made or would benefit from, unless the app allows it
    (`self_approve`). The one place of this rule: approvers are found by it, each click is checked by it, and
    so are the approvals before access is granted.

    Args:
        policy: what the request was sent under.
        person_id: who decides or has decided.
        people: the request's requester and beneficiary.
    """
    return person_id in people and not policy.self_approve


def _own_words(person_id: str, question: Question) -> str:
    return "is the requester" if person_id == question.requester else "is the beneficiary"


def name_of(person_id: str, directory: PeopleDirectory) -> str:
    """What people call somebody; their id if nothing is known of them."""
    person = directory.person(person_id)
    return person.name if person else person_id


@dataclass(frozen=True, slots=True)
class _ResolvedEntry:
    """One person whom an entry of a stage names, or (without a person) why it names nobody."""

    person: PersonFacts | None
    because: str


def _resolve(ref: ApproverRef, question: Question, directory: PeopleDirectory) -> Iterator[_ResolvedEntry]:
    match ref:
        case PersonRef():
            yield _person(ref, "named in this stage", directory)
        case GroupRef():
            yield from _group(ref, directory)
        case ApproverRole.MANAGER:
            yield _manager(question, directory)
        case ApproverRole.OWNERS:
            yield from _owners(question, directory)
        case ApproverRole.ADMINS:
            yield from _people(directory.admins(), "workspace admin", directory)


def _person(ref: PersonRef, because: str, directory: PeopleDirectory) -> _ResolvedEntry:
    person = directory.person(ref.id) if ref.id else directory.by_email(ref.email or "")
    if person is None and ref.id and not directory.is_missing(ref.id):
        # The policy names them, and Slack has not answered yet who they are: no reason to ask others instead.
        # They are looked up before they decide.
        person = PersonFacts(ref.id, ref.id)
    return _ResolvedEntry(person, because) if person else _ResolvedEntry(None, f"{ref} is not known")


def _people(person_ids: Sequence[str], because: str, directory: PeopleDirectory) -> Iterator[_ResolvedEntry]:
    directory.look_up(person_ids)
    return (_person(PersonRef(id=person_id), because, directory) for person_id in person_ids)


def _group(ref: GroupRef, directory: PeopleDirectory) -> Iterator[_ResolvedEntry]:
    group = directory.group(str(ref))
    if group is None:
        yield _ResolvedEntry(None, f"the user group {ref} is not known")
        return
    if not group.members:
        yield _ResolvedEntry(None, f"the user group @{group.handle} is empty")
    yield from _people(group.members, f"in @{group.handle}", directory)


def _manager(question: Question, directory: PeopleDirectory) -> _ResolvedEntry:
    """The beneficiary's manager, not the requester's."""
    person, name = directory.person(question.beneficiary), name_of(question.beneficiary, directory)
    if person is None or person.manager_id is None:
        return _ResolvedEntry(None, f"{name} has no manager")
    return _person(PersonRef(id=person.manager_id), f"manager of {name}", directory)


def _owners(question: Question, directory: PeopleDirectory) -> Iterator[_ResolvedEntry]:
    if not question.policy.owners:
        yield _ResolvedEntry(None, f"{question.policy.app_name} has no owner")
    for owner in question.policy.owners:
        yield _person(parse_person(owner), f"owner of {question.policy.app_name}", directory)


def with_reassignments(
    candidates: Sequence[Candidate], history: StageHistory, question: Question, directory: PeopleDirectory
) -> tuple[Candidate, ...]:
    """Replace each candidate whose vote was reassigned by the person who has it now.

    Whoever reassigned a vote no longer decides in this stage. Where the new approver cannot decide either by
    now, the vote goes back to the one before them. A reassignment stays even if the original approver leaves.
    """
    if not history.reassignments:
        return tuple(candidates)
    replaced_ids: set[str] = set()
    new_approvers: dict[str, Candidate] = {}
    for chain in reassignment_chains(history.reassignments):
        approver = _last_eligible(chain, history, question, directory)
        voted = any(reassigned.to in history.already_voted for reassigned in chain)
        if approver or voted:
            replaced_ids |= {chain[0].voter, *(reassigned.to for reassigned in chain)}
        if approver and not voted:
            new_approvers[approver.person_id] = approver
    # A quiet approver, who got no message so far, is asked now.
    replaced_ids |= {
        candidate.person_id for candidate in candidates if candidate.quiet
    } & new_approvers.keys()
    kept = [candidate for candidate in candidates if candidate.person_id not in replaced_ids]
    kept_ids = {candidate.person_id for candidate in kept}
    return (*kept, *(approver for key, approver in new_approvers.items() if key not in kept_ids))


def _last_eligible(
    chain: Sequence[ReassignedVote], history: StageHistory, question: Question, directory: PeopleDirectory
) -> Candidate | None:
    for reassigned in reversed(chain):
        person = directory.person(reassigned.to)
        if person is None or reassigned.to in question.people:
            continue
        if why_not_approver(person, question, history.already_voted):
            continue
        note = f": {reassigned.note}" if reassigned.note else ""
        return Candidate(reassigned.to, f"reassigned by {name_of(reassigned.by, directory)}{note}")
    return None


def with_delegates(
    candidates: Sequence[Candidate],
    ineligible: Mapping[str, str],
    question: Question,
    directory: PeopleDirectory,
) -> tuple[Candidate, ...]:
    """Put the delegate of each candidate who is out of office before them: two people for one vote.

    The candidate can still decide, and is not asked. A delegate is passed over who cannot decide here, has a
    vote already (their own or as somebody's delegate) or is out of office too; then the candidate is asked
    after all. Delegates of delegates are not looked for.
    """
    voters = {candidate.person_id for candidate in candidates}
    result: list[Candidate] = []
    for candidate in candidates:
        absence = None if candidate.quiet else directory.delegate_of(candidate.person_id, question.at)
        if absence is None:
            result.append(candidate)
        elif problem := _why_not_delegate(absence.person_id, voters, ineligible, question, directory):
            away = f"out of office, but the delegate {name_of(absence.person_id, directory)} {problem}"
            result.append(replace(candidate, because=f"{candidate.because}; {away}"))
        else:
            voters.add(absence.person_id)
            until = day_words(absence.last_day, question.at.date())
            because = f"for {name_of(candidate.person_id, directory)}, out of office until {until}"
            because = f"{because} ({candidate.because})"
            result.append(Candidate(absence.person_id, because, on_behalf_of=candidate.person_id))
            result.append(replace(candidate, quiet=True))
    return tuple(result)


def _why_not_delegate(
    person_id: str,
    voters: Collection[str],
    ineligible: Mapping[str, str],
    question: Question,
    directory: PeopleDirectory,
) -> str | None:
    """Why this person cannot decide as a delegate, to follow their name.

    Not for their own request, even where the app allows deciding on it: the vote is somebody else's.
    """
    person = directory.person(person_id)
    if person is None:
        return "is not known"
    if person_id in question.people:
        return _own_words(person_id, question)
    if person_id in voters:
        return "is already asked"
    if directory.delegate_of(person_id, question.at):
        return "is out of office too"
    return why_not_approver(person, question, ineligible)


def day_words(day: date, today: date) -> str:
    """A day in words, with the year where it is another one: "3 March"."""
    year = f" {day.year}" if day.year != today.year else ""
    return f"{day.day} {day:%B}{year}"
