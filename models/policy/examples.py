"""Run the examples that are kept with an app: compare the policy's decision with the expected one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models.catalogue.spec import AccessSpec, AppSpec, ExamplePerson, ExampleSpec, Expect
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.enums import Asker
from models.catalogue.spec.examples import outcome_words
from models.catalogue.spec.fields import MAX_PEOPLE
from models.catalogue.spec.references import parse_person
from models.policy.decide import decide
from models.policy.decision import PolicyDecision, Reason, Verdict
from models.policy.duration_rules import check_duration
from models.policy.facts import Delegate, GroupFacts, Holding, PeopleDirectory, PersonFacts, Question

AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
"""The moment of examples that name none: a Monday at noon, UTC, so that results do not depend on the day."""


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """The result of one example."""

    app: AppSpec
    place: int
    """Counted from 0, among the examples of the app."""
    example: ExampleSpec
    actual: str = ""
    """What was decided instead, with its reasons, as sentences; empty where the example is met."""

    @property
    def met(self) -> bool:
        return not self.actual

    def __str__(self) -> str:
        """Its place in the file, the example and what was decided instead, in one line."""
        why = f" ({self.example.because.rstrip('.')})" if self.example.because else ""
        return f'app "{self.app.key}" → example {self.place + 1}: {self.example}{why}. {self.actual}'.rstrip()


def run_example(
    app: AppSpec, example: ExampleSpec, directory: PeopleDirectory, conflicts: Sequence[ConflictSpec] = ()
) -> str:
    """Run one example. Returns what was decided instead, as sentences; empty where it is met.

    What nothing is known of (an owner who was never looked up, a group) is supposed to be there; only a
    beneficiary who is named by id or address has to be known.
    """
    access = next((access for access in app.access if access.key == example.access), None)
    if access is None:
        known = ", ".join(access.key for access in app.access) or "none"
        return f"{app.name} has no access “{example.access}”; it has {known}."
    person = _beneficiary(example.who, directory)
    if person is None:
        return (
            f"{example.who} is unknown here, so this can't be run. Describe the person instead: "
            "title, department, guest, groups."
        )
    question = replace(
        _question(app, access, example, person),
        conflicts=tuple(conflicts),
        holdings=tuple(Holding(ref, ref) for ref in example.who.holds),
    )
    return _compare(example, _decide(question, example, person, directory))


def run_examples(
    apps: Sequence[AppSpec], directory: PeopleDirectory, conflicts: Sequence[ConflictSpec] = ()
) -> Iterator[ExampleResult]:
    """Run every example of these apps, in their order, beside these conflicts."""
    for app in apps:
        for place, example in enumerate(app.example):
            yield ExampleResult(app, place, example, run_example(app, example, directory, conflicts))


def _requester(asked_by: Asker, person: PersonFacts) -> str:
    """Who requests for this person; managers and colleagues are supposed to be there."""
    if asked_by is Asker.THEMSELF:
        return person.id
    return COLLEAGUE if asked_by is Asker.COLLEAGUE else person.manager_id or MANAGER


def _beneficiary(described: ExamplePerson, directory: PeopleDirectory) -> PersonFacts | None:
    if not described.person:
        return hypothetical_people(directory, described).person(DESCRIBED)
    ref = parse_person(described.person)
    return directory.person(ref.id) if ref.id else directory.by_email(ref.email or "")


def _question(app: AppSpec, access: AccessSpec, example: ExampleSpec, person: PersonFacts) -> Question:
    # The rules are what is tested: an app can be switched off without breaking its examples.
    app, access = app.model_copy(update={"enabled": True}), access.model_copy(update={"enabled": True})
    return Question(
        requester=_requester(example.asked_by, person),
        beneficiary=person.id,
        app=app,
        access=access,
        duration=example.duration,
        at=example.at.after(AT) if example.at else AT,
        kind=example.request,
        emergency=example.emergency,
    )


def _decide(
    question: Question, example: ExampleSpec, person: PersonFacts, directory: PeopleDirectory
) -> PolicyDecision:
    """The decision; a duration that the form would not accept counts as denied."""
    decision = decide(question, hypothetical_people(directory, example.who))
    temporary = bool(person.temporary)
    check = check_duration(question.policy, example.duration, None, None, question.at, temporary=temporary)
    if decision.verdict is Verdict.DENY or check.ok:
        return decision
    return PolicyDecision(Verdict.DENY, (Reason("length", check.message),))


def _compare(example: ExampleSpec, decision: PolicyDecision) -> str:
    outcome, stages = Expect(decision.verdict), tuple(stage.name for stage in decision.stages)
    if outcome is example.expect and example.stages in (None, stages):
        return ""
    why = " ".join(dict.fromkeys(reason.text for reason in decision.because))
    return f"Instead: {outcome_words(outcome, stages)}. {why}"


DESCRIBED = "the requester"
"""The id of the person whom an example describes. Slack's ids have no spaces."""
MANAGER = "their manager"
COLLEAGUE = "a colleague"


@dataclass(frozen=True)
class HypotheticalPeople:
    """A directory that adds the person whom an example describes, and supposes whoever is not known."""

    directory: PeopleDirectory
    described: PersonFacts | None = None
    groups: Sequence[str] = ()
    """The user groups of the described person, by id or by handle written with its @."""

    def person(self, person_id: str, /) -> PersonFacts | None:
        if self.described and person_id == self.described.id:
            return self.described
        return self.directory.person(person_id) or PersonFacts(person_id, person_id)

    def is_missing(self, person_id: str, /) -> bool:
        return False

    def by_email(self, email: str, /) -> PersonFacts | None:
        return self.directory.by_email(email) or PersonFacts(email, email, email)

    def look_up(self, person_ids: Iterable[str], /) -> None:
        self.directory.look_up(person_ids)

    def group(self, ref: str, /) -> GroupFacts | None:
        group = self._group(ref)
        if self.described and group.id in {self._group(named).id for named in self.groups}:
            return replace(group, members=(*group.members, self.described.id))
        return group

    def admins(self) -> tuple[str, ...]:
        return self.directory.admins()

    def delegate_of(self, person_id: str, at: datetime, /) -> Delegate | None:
        return None  # an example is about the rules, not about who is on holiday today

    def _group(self, ref: str) -> GroupFacts:
        return self.directory.group(ref) or GroupFacts(ref, ref.removeprefix("@"), members=_members(ref))


def _members(ref: str) -> tuple[str, ...]:
    """As many as any stage can require."""
    return tuple(f"member {number} of {ref}" for number in range(1, MAX_PEOPLE + 1))


def hypothetical_people(directory: PeopleDirectory, example: ExamplePerson) -> HypotheticalPeople:
    """The directory with the person whom an example describes; of one who is named it adds nobody."""
    if example.person:
        return HypotheticalPeople(directory)
    described = PersonFacts(
        id=DESCRIBED,
        name=str(example),
        title=example.title,
        department=example.department,
        guest=example.guest,
        contractor=example.contractor,
        manager_id=MANAGER if example.manager else None,
    )
    return HypotheticalPeople(directory, described, example.groups or ())
