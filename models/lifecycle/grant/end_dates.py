"""When an access ends: what the scheduler has to look at until then, and more time."""

from datetime import datetime

from models.errors import Invalid
from models.lifecycle import audit_entries, redraw
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.base import Json
from models.tables.grants import Grant
from models.tables.requests import Request, Term


def arm(grant: Grant) -> None:
    """Set when the scheduler next has to look at an active grant: its end, and the next notice before it."""
    grant.due_at = grant.ends_at
    grant.notice_at = next_notice(grant)


def next_notice(grant: Grant) -> datetime | None:
    """When the next expiry notice is due.

    The earliest that was not sent, none longer than the access itself.
    """
    if grant.ends_at is None or grant.active_at is None:
        return None
    leads = [
        lead
        for lead in Snapshot.from_json(grant.policy).policy.expiry_notices
        if int(lead.total_seconds()) not in grant.notices
    ]
    moments = [grant.ends_at - lead for lead in leads if grant.ends_at - lead > grant.active_at]
    return min(moments, default=None)


def passed_notices(grant: Grant, now: datetime) -> list[int]:
    """The lead times, in seconds, of the notices whose moment before the present end has come."""
    leads = Snapshot.from_json(grant.policy).policy.expiry_notices
    end = grant.ends_at
    return sorted(int(lead.total_seconds()) for lead in leads if end is not None and end - lead <= now)


def must_be_later(grant: Grant, term: Term) -> None:
    """More time is a later end: raises Invalid (field "term") for an explicit end that is none."""
    if term.end is not None and grant.ends_at is not None and term.end <= grant.ends_at:
        raise Invalid("The access lasts until then already. Choose a later end.", field="term")


def lengthen(tx: Tx, grant: Grant, request: Request) -> None:
    """An extension is approved: its length is added to an active grant's end, its end replaces that."""
    term, before = Term.from_json(request.term), _as_json(grant)
    if term.length is not None and grant.ends_at is not None:
        # Where the end came while the request waited (in a grace period), more time begins now.
        grant.ends_at = max(grant.ends_at, tx.now) + term.length
    else:
        grant.length, grant.ends_at = None, term.end
    # Who was just given more time need not hear at once that it is short.
    grant.notices = passed_notices(grant, tx.now)
    arm(grant)
    audit_entries.of_grant(
        tx, grant, SYSTEM, "grant.extended", request=request.ref, before=before, after=_as_json(grant)
    )
    redraw.redraw_grant(tx, grant)


def shorten(tx: Tx, grant: Grant, by: str, end: datetime) -> None:
    """Let an active grant end at `end`, which is earlier; its notices are those of the new end."""
    before = _as_json(grant)
    grant.length, grant.ends_at = None, end
    grant.notices = passed_notices(grant, tx.now)
    arm(grant)
    audit_entries.of_grant(tx, grant, by, "grant.shortened", before=before, after=_as_json(grant))
    redraw.redraw_grant(tx, grant)


def _as_json(grant: Grant) -> Json:
    return {"length": grant.length, "end": grant.ends_at.isoformat() if grant.ends_at else None}
