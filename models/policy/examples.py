"""Running the examples that are kept with a policy: what comes of each, held against what it expects."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models.catalogue.spec import AccessSpec, AppSpec, ExampleSpec, Expect, Someone
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.enums import Asker
from models.catalogue.spec.examples import expected
from models.catalogue.spec.fields import MOST_PEOPLE
from models.catalogue.spec.references import parse_person
from models.policy.decide import decide
from models.policy.decision import Decision, Outcome, Reason
from models.policy.duration_rules import check_length
from models.policy.facts import GroupFacts, Holding, PersonFacts, Question, StandIn, Who

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""When examples ask: a Monday at noon, UTC, so that they come out the same on every day."""


@dataclass(frozen=True, slots=True)
class Ran:
    """An example that was run."""

    app: AppSpec
    place: int
    """Counted from 0, among the examples of the app."""
    example: ExampleSpec
    instead: str = ""
    """What came out instead, with its reasons, as sentences; empty where the example is met."""

    @property
    def met(self) -> bool:
        return not self.instead

    def __str__(self) -> str:
        """Where it stands, what it says and what came out: in one line."""
        why = f" ({self.example.because.rstrip('.')})" if self.example.because else ""
        return (
            f'app "{self.app.key}" → example {self.place + 1}: {self.example}{why}. {self.instead}'.rstrip()
        )


def run(app: AppSpec, example: ExampleSpec, who: Who, conflicts: Sequence[ConflictSpec] = ()) -> str:
    """Ask what the example asks. Returns what came out instead, as sentences; empty where it is met.

    What nothing is known of (an owner who was never looked up, a group) is supposed to be there; only
    somebody who is named as the one who asks has to be known.
    """
    access = next((access for access in app.access if access.key == example.access), None)
    if access is None:
        known = ", ".join(access.key for access in app.access) or "none"
        return f"{app.name} has no access “{example.access}”; it has {known}."
    person = _asking(example.who, who)
    if person is None:
        return (
            f"{example.who} is not known here, so it cannot be run. "
            "Describe them instead: title, department, guest, groups."
        )
    question = replace(
        _question(app, access, example, person),
        conflicts=tuple(conflicts),
        holdings=tuple(Holding(ref, ref) for ref in example.who.holds),
    )
    return _compared(example, _came_out(question, example, person, who))


def run_all(apps: Sequence[AppSpec], who: Who, conflicts: Sequence[ConflictSpec] = ()) -> Iterator[Ran]:
    """Run every example of these apps, in their order, beside these conflicts."""
    for app in apps:
        for place, example in enumerate(app.example):
            yield Ran(app, place, example, run(app, example, who, conflicts))


def _asker(asked_by: Asker, person: PersonFacts) -> str:
    """Who asks for this person; managers and colleagues are supposed to be there."""
    if asked_by is Asker.THEMSELF:
        return person.id
    return COLLEAGUE if asked_by is Asker.COLLEAGUE else person.manager_id or MANAGER


def _asking(someone: Someone, who: Who) -> PersonFacts | None:
    if not someone.person:
        return supposing(who, someone).person(DESCRIBED)
    ref = parse_person(someone.person)
    return who.person(ref.id) if ref.id else who.by_email(ref.email or "")


def _question(app: AppSpec, access: AccessSpec, example: ExampleSpec, person: PersonFacts) -> Question:
    # The rules are what is tested: an app can be switched off without breaking its examples.
    app, access = app.model_copy(update={"enabled": True}), access.model_copy(update={"enabled": True})
    return Question(
        requester=_asker(example.asked_by, person),
        beneficiary=person.id,
        app=app,
        access=access,
        duration=example.duration,
        at=example.at.after(AT) if example.at else AT,
        kind=example.request,
        emergency=example.emergency,
    )


def _came_out(question: Question, example: ExampleSpec, person: PersonFacts, who: Who) -> Decision:
    """The decision; a length that the form would not let pass is a refusal too."""
    decision = decide(question, supposing(who, example.who))
    temporary = bool(person.temporary)
    length = check_length(question.policy, example.duration, None, None, question.at, temporary=temporary)
    if decision.outcome is Outcome.DENY or length.ok:
        return decision
    return Decision(Outcome.DENY, (Reason("length", length.message),))


def _compared(example: ExampleSpec, decision: Decision) -> str:
    outcome, stages = Expect(decision.outcome), tuple(stage.name for stage in decision.stages)
    if outcome is example.expect and example.stages in (None, stages):
        return ""
    why = " ".join(dict.fromkeys(reason.text for reason in decision.because))
    return f"Instead: {expected(outcome, stages)}. {why}"


DESCRIBED = "the one who asks"
"""The id of the person whom an example describes. No id of Slack's has a space in it."""
MANAGER = "their manager"
COLLEAGUE = "a colleague"


@dataclass(frozen=True)
class Supposing:
    """A `Who` that knows what `who` knows, the described person, and supposes the rest."""

    who: Who
    described: PersonFacts | None = None
    groups: Sequence[str] = ()
    """What the described person is in, by id or by handle written with its @."""

    def person(self, person_id: str, /) -> PersonFacts | None:
        if self.described and person_id == self.described.id:
            return self.described
        return self.who.person(person_id) or PersonFacts(person_id, person_id)

    def missing(self, person_id: str, /) -> bool:
        return False

    def by_email(self, email: str, /) -> PersonFacts | None:
        return self.who.by_email(email) or PersonFacts(email, email, email)

    def look_up(self, person_ids: Iterable[str], /) -> None:
        self.who.look_up(person_ids)

    def group(self, ref: str, /) -> GroupFacts | None:
        group = self._group(ref)
        if self.described and group.id in {self._group(named).id for named in self.groups}:
            return replace(group, members=(*group.members, self.described.id))
        return group

    def admins(self) -> tuple[str, ...]:
        return self.who.admins()

    def stand_in(self, person_id: str, at: datetime, /) -> StandIn | None:
        return None  # an example is about the rules, not about who is on holiday today

    def _group(self, ref: str) -> GroupFacts:
        return self.who.group(ref) or GroupFacts(ref, ref.removeprefix("@"), members=_members(ref))


def _members(ref: str) -> tuple[str, ...]:
    """As many as any stage can want."""
    return tuple(f"member {number} of {ref}" for number in range(1, MOST_PEOPLE + 1))


def supposing(who: Who, someone: Someone) -> Supposing:
    """What is known, with the person whom an example describes among the people."""
    if someone.person:
        return Supposing(who)
    described = PersonFacts(
        id=DESCRIBED,
        name=str(someone),
        title=someone.title,
        department=someone.department,
        guest=someone.guest,
        contractor=someone.contractor,
        manager_id=MANAGER if someone.manager else None,
    )
    return Supposing(who, described, someone.groups or ())
