"""When something is due of a request that waits: set anew as each of its stages opens."""

from datetime import datetime

from models.catalogue.spec import AccessPolicy
from models.policy import PlannedStage, escalation_wait
from models.registry.policy_snapshot import policy_of
from models.store.outcome import Outcome
from models.tables.requests import Request


def opened(out: Outcome, request: Request, planned: PlannedStage) -> Request:
    """A stage has opened: its people have their own time until the first reminder, and until it escalates."""
    policy = policy_of(out.case, request.policy).policy
    wait = escalation_wait(planned.spec, request.expires_at - out.now)
    return out.change(
        request,
        reminders=0,
        remind_at=out.now + policy.remind_after,
        escalate_at=None if wait is None else out.now + wait,
    )


def warn_at(policy: AccessPolicy, asked_at: datetime) -> datetime:
    """When those concerned are told that a request of this moment is about to expire."""
    expiry = policy.request_expiry
    return asked_at + expiry - min(policy.expiry_warning, expiry / 2)
