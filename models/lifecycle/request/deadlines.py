"""When something is due of a request that waits: set anew as each of its stages opens."""

from datetime import datetime

from models.catalogue.spec import AccessPolicy
from models.policy import PlannedStage, escalation_wait
from models.registry.policy_snapshot import Snapshot
from models.tables.requests import Request


def opened(request: Request, planned: PlannedStage, now: datetime) -> None:
    """A stage has opened: its people have their own time until the first reminder, and until it escalates."""
    policy = Snapshot.from_json(request.policy).policy
    request.reminders, request.remind_at = 0, now + policy.remind_after
    wait = escalation_wait(planned.spec, request.expires_at - now)
    request.escalate_at = None if wait is None else now + wait


def warn_at(policy: AccessPolicy, asked_at: datetime) -> datetime:
    """When those concerned are told that a request of this moment is about to expire."""
    expiry = policy.request_expiry
    return asked_at + expiry - min(policy.expiry_warning, expiry / 2)
