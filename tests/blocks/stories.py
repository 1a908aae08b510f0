"""Stories as the queries give them, built by hand: what happened is said by the arguments."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from models.catalogue.spec import AppSpec
from models.catalogue.spec.enums import RequestKind
from models.queries.stage_stories import StageStory
from models.queries.stories import GrantStory, RequestStory, TaskStory
from models.registry.policy_snapshot import Snapshot
from models.tables.grants import Direction, Grant, Task, TaskState
from models.tables.requests import Action, Asked, Comment, Decision, Request, Stage, Term
from models.tables.states import GrantState, RequestState, StageState
from tests.rows import new_row

NOON = datetime(2030, 5, 6, 12, tzinfo=UTC)
ADA, GRACE, ALAN, ROOT, OTTO = "UADA", "UGRACE", "UALAN", "UROOT", "UOTTO"
NAMES = {ADA: "Ada", GRACE: "Grace", ALAN: "Alan", ROOT: "Root", OTTO: "Otto"}
EIGHT_HOURS = Term(length=timedelta(hours=8))
POLICY = "0" * 64
"""The digest of some policy; a story carries the policy itself."""


def snapshot(**entry: Any) -> Snapshot:
    """GitHub with one access, with these changes."""
    usual = {
        "key": "github", "name": "GitHub", "risk": "high", "owners": [GRACE, ALAN], "max_duration": "30d",
        "link": "https://github.com/example", "instructions": "Sign in with SSO.",
        "access": [{"key": "engineering", "name": "Engineering team", "kind": "group"}],
        "stage": [{"name": "Owner", "approvers": ["owners"]}],
    }  # fmt: skip
    app = AppSpec.model_validate(usual | entry)
    return Snapshot(app, app.access[0])


def request(shot: Snapshot, **changes: Any) -> Request:
    """Ada's request for it, pending, with these changes."""
    term = changes.pop("term", EIGHT_HOURS)
    usual = {
        "id": 12, "submission": "s", "kind": RequestKind.NEW, "action": Action.ADD, "app_key": shot.app.key,
        "access_key": shot.access.key, "app_name": shot.app.name, "access_name": shot.access.name,
        "policy": POLICY, "requester_id": ADA, "beneficiary_id": ADA, "reason": "INC-42: db is down",
        "term": term.to_json(), "asked_term": changes.pop("asked", term).to_json(), "over_max": False,
        "because": {"reasons": []}, "state": RequestState.PENDING, "position": 0, "created_at": NOON,
        "expires_at": NOON + timedelta(days=2), "reminders": 0, "closing_note": "",
    }  # fmt: skip
    return new_row(Request, **(usual | changes))


def stage(position: int, rule: str, asked: Sequence[str], *decisions: Decision, **changes: Any) -> StageStory:
    """A stage that asks these people, because they own GitHub; `stuck` is why nobody can decide in it."""
    usual = {
        "request_id": 12, "position": position, "name": "Owner", "rule": rule, "state": StageState.OPEN,
        "spec": {"name": "Owner", "approvers": ["owners"], "rule": int(rule) if rule.isdigit() else rule},
    }  # fmt: skip
    because = changes.pop("because", "owner of GitHub")
    usual["because"] = changes.pop("stuck", "")
    who = tuple(
        new_row(Asked,
            request_id=12, position=position, person_id=one, because=because, asked_at=NOON,
            seat_id="", quiet=False, alternate=False,
        )
        for one in asked
    )  # fmt: skip
    return StageStory(new_row(Stage, **(usual | changes)), who, decisions)


def decision(
    by: str, *, approve: bool = True, comment: str = "", term: Term | None = None, **more: Any
) -> Decision:
    """What somebody decided."""
    usual = {
        "request_id": 12,
        "position": 0,
        "at": NOON,
        "seat_id": "",
        "term": term.to_json() if term else None,
    }
    return new_row(Decision, **(usual | more), person_id=by, approve=approve, comment=comment)


def comment(by: str, text: str) -> Comment:
    """What somebody said."""
    return new_row(Comment, request_id=12, person_id=by, text=text, at=NOON)


def story(
    *stages: StageStory, comments: Sequence[Comment] = (), grant: Grant | None = None, **changes: Any
) -> RequestStory:
    """A request's story; by default Grace or Alan are asked, and have not decided."""
    shot = changes.pop("shot", None) or snapshot()
    names = changes.pop("names", NAMES)
    asked = request(shot, **changes)
    return RequestStory(
        request=asked,
        snapshot=shot,
        stages=stages or (stage(0, "any", [GRACE, ALAN]),),
        comments=tuple(comments),
        grant=grant,
        extended=grant if asked.kind is RequestKind.EXTEND else None,
        names=names,
        admins=(ROOT,),
    )


def grant(shot: Snapshot | None = None, **changes: Any) -> Grant:
    """Ada's access, active for eight hours."""
    shot = shot or snapshot()
    usual = {
        "id": 7, "request_id": 12, "person_id": ADA, "app_key": shot.app.key, "access_key": shot.access.key,
        "app_name": shot.app.name, "access_name": shot.access.name, "policy": POLICY,
        "connector": {"type": "manual"}, "target": "manual:github/engineering", "state": GrantState.ACTIVE,
        "active_at": NOON, "ends_at": NOON + timedelta(hours=8), "length": 8 * 3600, "error": "",
        "attempts": 0, "notices": [], "created_at": NOON,
    }  # fmt: skip
    return new_row(Grant, **(usual | changes))


def grant_story(
    shot: Snapshot | None = None, *, extension: Request | None = None, task: Task | None = None,
    names: dict[str, str] | None = None, reason: str = "INC-42: db is down", **changes: Any,
) -> GrantStory:  # fmt: skip
    """A grant's story."""
    shot = shot or snapshot()
    return GrantStory(
        grant=grant(shot, **changes),
        request=request(shot, state=RequestState.APPROVED, reason=reason),
        snapshot=shot,
        extension=extension,
        task=task,
        names=names or NAMES,
        admins=(ROOT,),
        owners=(GRACE, ALAN),
    )


def task_story(about: GrantStory | None = None, **changes: Any) -> TaskStory:
    """Work by hand for Grace and Alan."""
    usual = {
        "id": 3, "grant_id": 7, "direction": Direction.GIVE, "state": TaskState.OPEN, "asked": [GRACE, ALAN],
        "note": "", "created_at": NOON,
    }  # fmt: skip
    about = about or grant_story(state=GrantState.GRANTING)
    return TaskStory(new_row(Task, **(usual | changes)), about, "ada@example.com")
