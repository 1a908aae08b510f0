"""An example story for each message, for the preview: a made-up access to GitHub."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from blocks.cards import Story
from models.catalogue.spec import AppSpec
from models.catalogue.spec.enums import RequestKind
from models.queries.stage_stories import StageStory
from models.queries.stories import GrantStory, RequestStory
from models.registry.company_templates import CompanyTemplates
from models.registry.policy_snapshot import Snapshot
from models.tables.cards import CardKind
from models.tables.grants import Cause, Direction, Grant
from models.tables.requests import Action, Asked, Decision, Request, Stage, Term
from models.tables.states import GrantState, RequestState, StageState
from models.wording.messages import MessageKey

_LENGTH = timedelta(hours=8)
_APP = AppSpec.model_validate(
    {
        "key": "github",
        "name": "GitHub",
        "link": "https://github.com/example",
        "instructions": "Sign in with your work account.",
        "access": [{"key": "engineering", "name": "Engineering team", "kind": "group"}],
        "stage": [{"name": "Owner", "approvers": ["owners"]}],
    }
)
_SNAPSHOT = Snapshot(_APP, _APP.access[0])
_REQUESTS: Mapping[MessageKey, tuple[RequestState, GrantState | None]] = {
    MessageKey.ASKED: (RequestState.PENDING, None),
    MessageKey.APPROVAL: (RequestState.PENDING, None),
    MessageKey.APPROVED: (RequestState.APPROVED, GrantState.ACTIVE),
    MessageKey.REJECTED: (RequestState.REJECTED, None),
    MessageKey.EXPIRED: (RequestState.EXPIRED, None),
    MessageKey.CANCELLED: (RequestState.CANCELLED, None),
    MessageKey.FAILED: (RequestState.APPROVED, GrantState.FAILED),
}
_GRANTS: Mapping[MessageKey, tuple[CardKind, GrantState]] = {
    MessageKey.ACTIVE: (CardKind.ACCESS, GrantState.ACTIVE),
    MessageKey.ENDS_SOON: (CardKind.NOTICE, GrantState.ACTIVE),
    MessageKey.ENDED: (CardKind.OVER, GrantState.ENDED),
    MessageKey.REVOKED: (CardKind.OVER, GrantState.REVOKED),
    MessageKey.LIMITED: (CardKind.LIMITED, GrantState.ACTIVE),
}
_COMMENTS = {RequestState.APPROVED: "Welcome.", RequestState.REJECTED: "Ask for the read-only role instead."}


@dataclass(frozen=True)
class ExamplePeople:
    """The people of an example: the viewer, and somebody else."""

    viewer: str
    other: str
    names: Mapping[str, str]


def example(
    key: MessageKey, people: ExamplePeople, now: datetime, own: CompanyTemplates
) -> tuple[CardKind, Story]:
    """The card of this message with these templates, as the viewer would get it."""
    if key in _REQUESTS:
        approval = key is MessageKey.APPROVAL
        requester = people.other if approval else people.viewer
        approver = people.viewer if approval else people.other
        kind = CardKind.APPROVAL if approval else CardKind.REQUEST
        return kind, _request_story(*_REQUESTS[key], requester, approver, people.names, now, own)
    kind, state = _GRANTS[key]
    return kind, _grant_story(state, people, now, own)


def _request_story(
    state: RequestState,
    grant_state: GrantState | None,
    requester: str,
    approver: str,
    names: Mapping[str, str],
    now: datetime,
    own: CompanyTemplates,
) -> RequestStory:
    decided = state in _COMMENTS
    approvers = () if decided else (Asked(person_id=approver, because="owner of GitHub", asked_at=now),)
    decision = Decision(
        person_id=approver, approve=state is RequestState.APPROVED, comment=_COMMENTS.get(state, ""), at=now
    )
    stage = Stage(
        name="Owner", position=0, rule="any", spec={}, remark="",
        state=StageState.OPEN if state is RequestState.PENDING else StageState.APPROVED,
    )  # fmt: skip
    return RequestStory(
        request=_request(state, requester, None if state is RequestState.EXPIRED else approver, now),
        snapshot=_SNAPSHOT,
        stages=(StageStory(stage, approvers, (decision,) if decided else ()),),
        comments=(),
        grant=_grant(grant_state, requester, approver, now) if grant_state else None,
        extended=None,
        names=names,
        admins=(approver,),
        own=own,
    )


def _grant_story(
    state: GrantState, people: ExamplePeople, now: datetime, own: CompanyTemplates
) -> GrantStory:
    return GrantStory(
        grant=_grant(state, people.viewer, people.other, now),
        request=_request(RequestState.APPROVED, people.viewer, people.other, now),
        snapshot=_SNAPSHOT,
        extension=None,
        task=None,
        names=people.names,
        admins=(people.other,),
        owners=(people.other,),
        own=own,
    )


def _request(state: RequestState, requester: str, closer: str | None, now: datetime) -> Request:
    term = Term(length=_LENGTH).to_json()
    closed: dict[str, Any] = {} if state is RequestState.PENDING else {"closed_by": closer, "closed_at": now}
    note = "GitHub is switched off." if state is RequestState.CANCELLED else ""
    return Request(
        id=12, kind=RequestKind.NEW, action=Action.ADD, app_key=_APP.key, access_key=_APP.access[0].key,
        app_name=_APP.name, access_name=_APP.access[0].name, policy=_SNAPSHOT.json,
        requester_id=requester, beneficiary_id=requester, reason="INC-42: a hotfix is due", term=term,
        asked_term=term, over_max=False, emergency=False, because={"reasons": []}, state=state, position=0,
        created_at=now, expires_at=now + timedelta(days=2), reminders=0, closing_note=note, **closed,
    )  # fmt: skip


def _grant(state: GrantState, holder: str, other: str, now: datetime) -> Grant:
    is_over = state in (GrantState.ENDED, GrantState.REVOKED)
    failed = state is GrantState.FAILED
    revoked = state is GrantState.REVOKED
    return Grant(
        id=7, request_id=12, person_id=holder, app_key=_APP.key, access_key=_APP.access[0].key,
        app_name=_APP.name, access_name=_APP.access[0].name, policy=_SNAPSHOT.json, connector={},
        target="",
        state=state, active_at=now, ends_at=now + _LENGTH, length=int(_LENGTH.total_seconds()),
        over_at=now if is_over else None, cause=Cause.ADMIN if revoked else None,
        caused_by=other if revoked else None, failing=Direction.GIVE if failed else None,
        error="GitHub did not answer." if failed else "", attempts=0, notices=[], created_at=now,
    )  # fmt: skip
