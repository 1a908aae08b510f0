"""From the names in a stage to the people who can decide: named, reassigned to, or delegates."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from models.catalogue.spec import ApproverRef, GroupRef, PersonRef, Role, parse_approver, parse_person
from models.policy.decision import Candidate, Course, Passed, chains
from models.policy.facts import PersonFacts, Question, StandIn, Who


@dataclass(frozen=True, slots=True)
class Pool:
    """Who can be asked, in the order in which they are named, and who cannot, with the reason."""

    candidates: tuple[Candidate, ...]
    left_out: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """Whose votes are asked for, each once."""
        return tuple(dict.fromkeys(one.holds for one in self.candidates if not one.quiet))

    @property
    def awake(self) -> "Pool":
        """The same with nobody quiet but those who are away, for whom somebody else is asked."""
        away = {one.seat for one in self.candidates if one.seat}
        if all(one.quiet == (one.person_id in away) for one in self.candidates):
            return self
        return replace(
            self, candidates=tuple(replace(one, quiet=one.person_id in away) for one in self.candidates)
        )


@dataclass(frozen=True, slots=True)
class _Named:
    """One person that an entry names, or (without a person) why it names nobody."""

    person: PersonFacts | None
    because: str


def pool(approvers: Iterable[str], question: Question, who: Who, *, spent: Mapping[str, str]) -> Pool:
    """Look up everybody whom these entries name, each once, with all the reasons why they.

    Left out are the requester and the beneficiary (unless the app allows it), whoever is `spent` (by id,
    with the words for it), and those who never decide: the deactivated, bots, guests and
    people of other companies.
    """
    reasons: dict[str, list[str]] = {}
    left_out: dict[str, None] = {}
    for named in _everybody(approvers, question, who):
        if named.person is None:
            left_out[named.because] = None
        elif problem := cannot(named.person, question, spent):
            left_out[f"{named.person.name} {problem}"] = None
        elif named.because not in reasons.setdefault(named.person.id, []):
            reasons[named.person.id].append(named.because)
    return Pool(tuple(Candidate(key, " and ".join(why)) for key, why in reasons.items()), tuple(left_out))


def name_of(person_id: str, who: Who) -> str:
    """What people call somebody; their id if nothing is known of them."""
    person = who.person(person_id)
    return person.name if person else person_id


def cannot(person: PersonFacts, question: Question, spent: Mapping[str, str]) -> str | None:
    """Why this person does not decide on this request; None if they can."""
    if person.unfit:
        return person.unfit
    if person.id in question.people and not question.policy.self_approve:
        return "asks for it" if person.id == question.requester else "would have it"
    return spent.get(person.id)


def _everybody(approvers: Iterable[str], question: Question, who: Who) -> Iterator[_Named]:
    for text in approvers:
        yield from _named(parse_approver(text), question, who)


def _named(ref: ApproverRef, question: Question, who: Who) -> Iterator[_Named]:
    match ref:
        case PersonRef():
            yield _person(ref, "named in this stage", who)
        case GroupRef():
            yield from _group(ref, who)
        case Role.MANAGER:
            yield _manager(question, who)
        case Role.OWNERS:
            yield from _owners(question, who)
        case Role.ADMINS:
            yield from _several(who.admins(), "workspace admin", who)


def _person(ref: PersonRef, because: str, who: Who) -> _Named:
    person = who.person(ref.id) if ref.id else who.by_email(ref.email or "")
    if person is None and ref.id and not who.missing(ref.id):
        # The policy names them, and Slack has not answered yet who they are: no reason to ask others instead.
        # They are looked up before they decide.
        person = PersonFacts(ref.id, ref.id)
    return _Named(person, because) if person else _Named(None, f"{ref} is not known")


def _known(person_id: str, because: str, who: Who) -> _Named:
    return _person(PersonRef(id=person_id), because, who)


def _several(person_ids: Sequence[str], because: str, who: Who) -> Iterator[_Named]:
    who.look_up(person_ids)
    return (_known(person_id, because, who) for person_id in person_ids)


def _group(ref: GroupRef, who: Who) -> Iterator[_Named]:
    group = who.group(str(ref))
    if group is None:
        yield _Named(None, f"the user group {ref} is not known")
        return
    if not group.members:
        yield _Named(None, f"the user group @{group.handle} is empty")
    yield from _several(group.members, f"in @{group.handle}", who)


def _manager(question: Question, who: Who) -> _Named:
    """The manager of the one who would have the access."""
    person = who.person(question.beneficiary)
    name = name_of(question.beneficiary, who)
    if person is None or person.manager_id is None:
        return _Named(None, f"{name} has no manager")
    return _known(person.manager_id, f"manager of {name}", who)


def _owners(question: Question, who: Who) -> Iterator[_Named]:
    if not question.policy.owners:
        yield _Named(None, f"{question.policy.app_name} has no owner")
    for owner in question.policy.owners:
        yield _person(parse_person(owner), f"owner of {question.policy.app_name}", who)


def passed_on(
    candidates: Sequence[Candidate], course: Course, question: Question, who: Who
) -> tuple[Candidate, ...]:
    """The candidates, with those to whom a decision was passed in place of those who had it.

    Who passed it on does not decide any more in this stage. Where the new one cannot decide either by now,
    it is the one's before again. What was passed on stays so even if the one who had it first leaves.
    """
    if not course.passed:
        return tuple(candidates)
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
