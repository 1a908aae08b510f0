"""From the names in a stage to the people who can be asked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.catalogue.spec import ApproverRef, GroupRef, PersonRef, Role, parse_approver, parse_person
from models.policy.decision import Candidate
from models.policy.facts import PersonFacts, Who
from models.policy.question import Question


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
    if person.barred:
        return person.barred
    if person.guest:
        return "is a guest"
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
