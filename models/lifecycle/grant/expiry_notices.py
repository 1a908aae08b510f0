"""Expiry notices: when the holder of a grant is told that it ends soon, and sending them.

A notice that would not come in time scales with the grant: where every lead time of the app is as long as the
access itself, one notice comes at a sixth of its length, at least five minutes before the end.
"""

from datetime import datetime, timedelta

from models.lifecycle import redraw, transitions
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import Grant
from models.tables.states import GrantState

SHORTEST_GRANT = timedelta(minutes=10)
"""Shorter grants have no notice of their own."""
SHORTEST_LEAD = timedelta(minutes=5)


def lead_times(case: Case, grant: Grant) -> list[timedelta]:
    """How long before its end a grant's notices come; empty where it has no end, or its app no notices."""
    configured = policy_of(case, grant.policy).policy.expiry_notices
    if not configured or grant.ends_at is None or grant.active_at is None:
        return []
    length = grant.ends_at - grant.active_at
    if fitting := [lead for lead in configured if lead < length]:
        return fitting
    return [max(length / 6, SHORTEST_LEAD)] if length >= SHORTEST_GRANT else []


def next_notice(case: Case, grant: Grant) -> datetime | None:
    """When the next notice is due: the earliest that was not sent."""
    end = grant.ends_at
    left = [lead for lead in lead_times(case, grant) if int(lead.total_seconds()) not in grant.notices]
    return min((end - lead for lead in left), default=None) if end is not None else None


def passed_notices(case: Case, grant: Grant, now: datetime) -> list[int]:
    """The lead times, in seconds, of the notices whose moment before the present end has come."""
    end = grant.ends_at
    leads = lead_times(case, grant)
    return sorted(int(lead.total_seconds()) for lead in leads if end is not None and end - lead <= now)


def send(out: Outcome, grant: Grant) -> None:
    """Tell the holder that the access ends soon; of several notices that were missed, only the last."""
    if grant.ends_at is None:  # it has no end any more, and so no notices
        out.change(grant, notice_at=None)
        return
    passed = passed_notices(out.case, grant, out.now)
    grant = out.change(grant, notices=sorted({*grant.notices, *passed}))
    grant = out.change(grant, notice_at=next_notice(out.case, grant))
    if grant.state is GrantState.ACTIVE and grant.ends_at is not None and grant.ends_at > out.now:
        last = min(passed, default=0)
        subject = f"{grant.ref}/{last}/{int(grant.ends_at.timestamp())}"
        redraw.want_card(out, CardKind.NOTICE, subject, grant.ref, grant.person_id)
        transitions.record_grant(out, grant, SYSTEM, "grant.notice", before_end=last)
