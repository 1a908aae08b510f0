"""Read the whole story of a request, a grant or a task: all that a card about it shows."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from models import audit
from models.audit import TrailEntry
from models.catalogue.spec import AppSpec
from models.catalogue.spec.enums import RequestKind
from models.lifecycle import check_conflicts
from models.lifecycle.grant import end_dates
from models.policy import Conflict
from models.policy.unusual import NO_FACTS, RequestFacts
from models.queries.request_facts import read_facts
from models.queries.stage_stories import StageStory, stage_stories
from models.registry import company_templates
from models.registry.by_reference import number_of
from models.registry.company_templates import NO_TEMPLATES, CompanyTemplates
from models.registry.directory import Directory, names_of
from models.registry.policy_snapshot import Snapshot, policy_of
from models.store.case import Case
from models.tables.grants import TASKS, Grant, Task, takes_usage
from models.tables.requests import COMMENTS, Comment, Decision, Reassignment, Request, Term
from models.tables.reviews import REVIEWS, Review
from models.tables.states import RequestState


@dataclass(frozen=True)
class RequestStory:
    """All that a request's cards show."""

    request: Request
    snapshot: Snapshot
    stages: tuple[StageStory, ...]
    comments: tuple[Comment, ...]
    grant: Grant | None
    extended: Grant | None
    """The grant that an extension is about; its card says until when that runs now."""
    names: Mapping[str, str]
    admins: tuple[str, ...]
    conflicts: tuple[Conflict, ...] = ()
    """Conflicts of the request as things stand now; empty once it is decided."""
    temporary: bool = False
    """Whether the beneficiary is a guest or a contractor, whose access always has an end."""
    review: Review | None = None
    """Of an emergency that has begun."""
    owners: tuple[str, ...] = ()
    """Ids of the app's owners who are active; read for emergencies only."""
    other_grants: tuple[Grant, ...] = ()
    """What the beneficiary has in the same app already; empty once the request is decided."""
    positions: Mapping[str, str] = field(default_factory=dict)
    """Title and department of requester and beneficiary, by id."""
    own: CompanyTemplates = NO_TEMPLATES
    """What the company words itself."""
    facts: RequestFacts = NO_FACTS
    """What is known from earlier requests; empty once the request is decided."""

    @cached_property
    def term(self) -> Term:
        return Term.from_json(self.request.term)

    @cached_property
    def asked_term(self) -> Term:
        return Term.from_json(self.request.asked_term)

    @property
    def last_term_change(self) -> Decision | None:
        """The decision that last changed the duration, if one did."""
        changed = [d for stage in self.stages for d in stage.decisions if d.term is not None]
        return max(changed, key=lambda d: d.at, default=None)

    @property
    def term_changed_by(self) -> str | None:
        """Who set the present duration: an approver, or the requester by shortening; None where unchanged."""
        if self.term == self.asked_term:
            return None
        by = self.last_term_change
        approver = by is not None and by.term is not None and Term.from_json(by.term) == self.term
        return by.person_id if by is not None and approver else self.request.requester_id

    @cached_property
    def open_stage(self) -> StageStory | None:
        """The open stage, while the request is pending."""
        if self.request.state is not RequestState.PENDING:
            return None
        return self.stages[self.request.position] if self.request.position < len(self.stages) else None

    def because(self, person_id: str) -> str:
        """Why this person is asked, by the latest stage that asks them; empty if none does."""
        reasons = [a.because for stage in self.stages for a in stage.asked if a.person_id == person_id]
        return reasons[-1] if reasons else ""

    def reassignment_to(self, person_id: str) -> Reassignment | None:
        """The reassignment of the open stage to this person, where there is one."""
        rows = self.open_stage.reassigned if self.open_stage and self.may_decide(person_id) else ()
        return next((row for row in reversed(rows) if row.to_id == person_id), None)

    def reassignment_from(self, person_id: str) -> Reassignment | None:
        """The last reassignment of or by this person; None where they can decide."""
        rows = [
            row for stage in self.stages for row in stage.reassigned if person_id in (row.seat_id, row.by_id)
        ]
        return rows[-1] if rows and not self.may_decide(person_id) else None

    def may_decide(self, person_id: str) -> bool:
        """Whether the open stage takes this person's decision, as far as was known when it was opened."""
        stage = self.open_stage
        if stage is None or person_id in self._voted:
            return False
        return any(a.person_id == person_id and a.votes_for not in self._voted for a in stage.asked)

    @cached_property
    def _voted(self) -> frozenset[str]:
        """The people whose vote is cast, by themselves or by their delegate."""
        return frozenset(
            person_id
            for stage in self.stages
            for decision in stage.decisions
            for person_id in (decision.person_id, decision.seat_id)
        )

    def asked_in(self, channel: str) -> bool:
        """Whether the open stage is asked in this channel."""
        stage = self.open_stage
        return stage is not None and bool(channel) and stage.stage.channel == channel


@dataclass(frozen=True)
class GrantStory:
    """All that a grant's cards show."""

    grant: Grant
    request: Request
    snapshot: Snapshot
    extension: Request | None
    """A pending extension."""
    task: Task | None
    """The latest task about it."""
    names: Mapping[str, str]
    admins: tuple[str, ...]
    owners: tuple[str, ...]
    """Ids of the app's active owners, to ask for help."""
    own: CompanyTemplates = NO_TEMPLATES
    """What the company words itself."""
    takes_usage: bool = False
    """Whether its holder may say whether they used it, or change what they said."""

    @property
    def app(self) -> AppSpec:
        return self.snapshot.app


@dataclass(frozen=True)
class TaskStory:
    """All that a task's cards show."""

    task: Task
    grant: GrantStory
    email: str
    """The holder's address, by which other systems know them; empty if Slack does not give it."""


def request_story(case: Case, ref: str) -> RequestStory:
    """Read one request's story by its reference (AR-12).

    Raises:
        LookupError: There is no such request.
        NotFound: It is no reference of a request.
    """
    request = case.get_one(Request, number_of(ref, "AR"))
    pending = request.state is RequestState.PENDING
    who, snapshot = Directory(case), policy_of(case, request.policy)
    grant = case.get(Grant, request.grant_id) if request.grant_id else None
    review = case.first(REVIEWS, request.id) if request.emergency else None
    stages, comments = stage_stories(case, request.id), tuple(case.all(COMMENTS, request.id))
    admins, owners = who.admins(), snapshot.owners(who) if review else ()
    people = {request.requester_id, request.beneficiary_id, request.closed_by, *admins, *owners}
    people |= {*_involved(stages), *(comment.person_id for comment in comments)}
    people |= {*review.asked, review.closed_by} if review else set()
    names, beneficiary = names_of(case, set(filter(None, people))), who.person(request.beneficiary_id)
    return RequestStory(
        request=request,
        snapshot=snapshot,
        stages=stages,
        comments=comments,
        grant=grant,
        extended=grant if request.kind is RequestKind.EXTEND else None,
        names=names,
        admins=admins,
        conflicts=check_conflicts.clashes_of(case, request) if pending else (),
        temporary=bool(beneficiary and beneficiary.temporary),
        review=review,
        owners=owners,
        other_grants=tuple(_other_grants(case, request)) if pending else (),
        positions=_positions(who, {request.requester_id, request.beneficiary_id}) if pending else {},
        own=company_templates.read_templates(case),
        facts=read_facts(case, request) if pending else NO_FACTS,
    )


def grant_story(case: Case, ref: str) -> GrantStory:
    """Read one grant's story by its reference (GR-7)."""
    grant = case.get_one(Grant, number_of(ref, "GR"))
    request = case.get_one(Request, grant.request_id)
    snapshot, directory = policy_of(case, grant.policy), Directory(case)
    task = next(reversed(case.all(TASKS, grant.id)), None)
    admins, owners = directory.admins(), snapshot.owners(directory)
    people = {grant.person_id, request.requester_id, grant.caused_by, *admins, *owners}
    people |= {*task.asked, task.done_by} if task else set()
    return GrantStory(
        grant=grant,
        request=request,
        snapshot=snapshot,
        extension=end_dates.pending_extension(case, grant),
        task=task,
        names=names_of(case, set(filter(None, people))),
        admins=admins,
        owners=owners,
        own=company_templates.read_templates(case),
        takes_usage=takes_usage(grant, case.now),
    )


def task_story(case: Case, ref: str) -> TaskStory:
    """Read one task's story by its reference (TK-3)."""
    task = case.get_one(Task, number_of(ref, "TK"))
    story = grant_story(case, f"GR-{task.grant_id}")
    holder = Directory(case).person(story.grant.person_id)
    return TaskStory(task, story, holder.email if holder else "")


def timeline(case: Case, story: RequestStory) -> list[TrailEntry]:
    """Every audit entry about a request, its grant and the grant's tasks, in order."""
    subjects = [story.request.ref]
    if story.grant is not None:
        subjects += [story.grant.ref, *(task.ref for task in case.all(TASKS, story.grant.id))]
    subjects += [story.review.ref] if story.review else []
    return audit.entries_about(case, subjects)


def _involved(stages: Iterable[StageStory]) -> Iterator[str]:
    """The ids of those who were asked, decided, reassigned it or got it reassigned."""
    for stage in stages:
        yield from (asked.person_id for asked in stage.asked)
        yield from (decision.person_id for decision in stage.decisions)
        yield from (person_id for row in stage.reassigned for person_id in (row.to_id, row.by_id))


def _positions(who: Directory, person_ids: Iterable[str]) -> dict[str, str]:
    """Title and department by id: "Engineer, Engineering"."""
    people = ((person_id, who.person(person_id)) for person_id in person_ids)
    return {
        person_id: ", ".join(text for text in (person.title, person.department) if text)
        for person_id, person in people
        if person is not None
    }


def _other_grants(case: Case, request: Request) -> Iterator[Grant]:
    for grant in check_conflicts.grants_of(case, request.beneficiary_id):
        if grant.app_key == request.app_key and grant.id != request.grant_id:
            yield grant
