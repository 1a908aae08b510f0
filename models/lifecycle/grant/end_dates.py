"""When an access ends: what the scheduler has to look at until then, and more time."""

from datetime import datetime
from typing import Any

from models.errors import Invalid
from models.lifecycle import audit_entries, redraw
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import Json
from models.tables.grants import Grant
from models.tables.requests import Request, Term


def arm(out: Outcome, grant: Grant, **new: Any) -> Grant:
    """Change an active grant, and set when the scheduler next has to look at it: its end, a notice before."""
    grant = out.change(grant, **new)
    return out.change(grant, due_at=grant.ends_at, notice_at=next_notice(out.case, grant))


def next_notice(case: Case, grant: Grant) -> datetime | None:
    """When the next expiry notice is due.

    The earliest that was not sent, none longer than the access itself.
    """
    if grant.ends_at is None or grant.active_at is None:
        return None
    leads = [
        lead
        for lead in policy_of(case, grant.policy).policy.expiry_notices
        if int(lead.total_seconds()) not in grant.notices
    ]
    moments = [grant.ends_at - lead for lead in leads if grant.ends_at - lead > grant.active_at]
    return min(moments, default=None)


def passed_notices(case: Case, grant: Grant, now: datetime) -> list[int]:
    """The lead times, in seconds, of the notices whose moment before the present end has come."""
    leads = policy_of(case, grant.policy).policy.expiry_notices
    end = grant.ends_at
    return sorted(int(lead.total_seconds()) for lead in leads if end is not None and end - lead <= now)


def must_be_later(grant: Grant, term: Term) -> None:
    """More time is a later end: raises Invalid (field "term") for an explicit end that is none."""
    if term.end is not None and grant.ends_at is not None and term.end <= grant.ends_at:
        raise Invalid("The access lasts until then already. Choose a later end.", field="term")


def lengthen(out: Outcome, grant: Grant, request: Request) -> Grant:
    """An extension is approved: its length is added to an active grant's end, its end replaces that."""
    term, before = Term.from_json(request.term), _as_json(grant)
    if term.length is not None and grant.ends_at is not None:
        # Where the end came while the request waited (in a grace period), more time begins now.
        grant = out.change(grant, ends_at=max(grant.ends_at, out.now) + term.length)
    else:
        grant = out.change(grant, length=None, ends_at=term.end)
    # Who was just given more time need not hear at once that it is short.
    grant = arm(out, grant, notices=passed_notices(out.case, grant, out.now))
    audit_entries.of_grant(
        out, grant, SYSTEM, "grant.extended", request=request.ref, before=before, after=_as_json(grant)
    )
    redraw.redraw_grant(out, grant)
    return grant


def shorten(out: Outcome, grant: Grant, by: str, end: datetime) -> Grant:
    """Let an active grant end at `end`, which is earlier; its notices are those of the new end."""
    before = _as_json(grant)
    grant = out.change(grant, length=None, ends_at=end)
    grant = arm(out, grant, notices=passed_notices(out.case, grant, out.now))
    audit_entries.of_grant(out, grant, by, "grant.shortened", before=before, after=_as_json(grant))
    redraw.redraw_grant(out, grant)
    return grant


def _as_json(grant: Grant) -> Json:
    return {"length": grant.length, "end": grant.ends_at.isoformat() if grant.ends_at else None}
