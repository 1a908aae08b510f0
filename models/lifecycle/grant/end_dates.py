"""Set when a grant ends: extensions, shortening, notices, and the end that guests and contractors need."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from models.catalogue.spec.people import PERSON
from models.catalogue.spec.references import parse_person
from models.errors import Invalid
from models.lifecycle import redraw, transitions
from models.lifecycle.grant import expiry_notices
from models.policy import PersonFacts
from models.registry import catalogue_entries
from models.registry.directory import Directory
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.grants import ENDLESS, Grant
from models.tables.people import Person
from models.tables.requests import EXTENDING, Request, Term
from models.tables.states import GrantState

DEFAULT_MAXIMUM = timedelta(days=30)
"""How long guests and contractors keep access where the app sets no maximum."""


def pending_extension(case: Case, grant: Grant) -> Request | None:
    """The pending request to extend a grant, if there is one."""
    return case.first(EXTENDING, grant.id)


def lock_extensions(case: Case, grant_id: int) -> None:
    """Lock the pending extensions of a grant until the commit, so that nobody decides on them.

    Call it before the grant is locked: a decision locks the request first, and then the grant.
    """
    case.lock_all(EXTENDING, grant_id)


def reschedule(out: Outcome, grant: Grant, **new: Any) -> Grant:
    """Change columns of an active grant, and set when its end and its next notice are due."""
    grant = out.change(grant, **new)
    return out.change(grant, due_at=grant.ends_at, notice_at=expiry_notices.next_notice(out.case, grant))


def check_later(grant: Grant, term: Term) -> None:
    """Check that an extension's explicit end is later than the grant's.

    Raises:
        Invalid: It is not; field "term".
    """
    if term.end is not None and grant.ends_at is not None and term.end <= grant.ends_at:
        raise Invalid("The access already lasts until then. Choose a later end.", field="term")


def lengthen_grant(out: Outcome, grant: Grant, request: Request) -> Grant:
    """Carry out an approved extension: a length is added to the present end, an explicit end replaces it."""
    term, before = Term.from_json(request.term), _as_json(grant)
    if term.length is not None and grant.ends_at is not None:
        # Where the end came while the request waited (in a grace period), the length counts from now.
        grant = out.change(grant, ends_at=max(grant.ends_at, out.now) + term.length)
    else:
        grant = out.change(grant, length=None, ends_at=term.end)
    # Nobody whose access was just extended needs a notice at once that it is short.
    grant = reschedule(out, grant, notices=expiry_notices.passed_notices(out.case, grant, out.now))
    transitions.record_grant(
        out, grant, SYSTEM, "grant.extended", request=request.ref, before=before, after=_as_json(grant)
    )
    redraw.redraw_grant(out, grant)
    return grant


def shorten_grant(out: Outcome, grant: Grant, by: str, end: datetime) -> Grant:
    """Move the end of an active grant to `end`, which is earlier, with the notices of the new end."""
    before = _as_json(grant)
    grant = out.change(grant, length=None, ends_at=end)
    grant = reschedule(out, grant, notices=expiry_notices.passed_notices(out.case, grant, out.now))
    transitions.record_grant(out, grant, by, "grant.shortened", before=before, after=_as_json(grant))
    redraw.redraw_grant(out, grant)
    return grant


def _as_json(grant: Grant) -> Json:
    return {"length": grant.length, "end": grant.ends_at.isoformat() if grant.ends_at else None}


def limit_person(out: Outcome, person_id: str) -> None:
    """Set an end for what a person holds without one, where they are a guest or contractor by now.

    Safe to repeat.
    """
    _limit_all(out, [Directory(out.case).person(person_id)])


def limit_contractors(out: Outcome) -> None:
    """Set an end for what the contractors in the directory table hold without one."""
    who = Directory(out.case)
    refs = [
        parse_person(entry.person)
        for entry in catalogue_entries.all_entries(out.case, PERSON)
        if entry.contractor
    ]  # fmt: skip
    who.look_up(ref.id for ref in refs if ref.id)
    _limit_all(out, [who.person(ref.id) if ref.id else who.by_email(ref.email or "") for ref in refs])


def limit_new_grant(out: Outcome, grant: Grant) -> Grant:
    """Set an end for a grant that just became active: its holder may have become a guest meanwhile."""
    person = Directory(out.case).person(grant.person_id)
    if grant.ends_at is None and person is not None and person.temporary:
        return _limit(out, grant, person)
    return grant


def _limit_all(out: Outcome, people: Iterable[PersonFacts | None]) -> None:
    temporary = [person for person in people if person is not None and person.temporary]
    out.case.hand(Person, [person.id for person in temporary])
    for person in temporary:
        for endless in out.case.all(ENDLESS, person.id):
            grant = out.case.lock(Grant, endless.id)
            if grant is not None and grant.state is GrantState.ACTIVE and grant.ends_at is None:
                redraw.redraw_grant(out, _limit(out, grant, person))


def _limit(out: Outcome, grant: Grant, person: PersonFacts) -> Grant:
    snapshot, who = policy_of(out.case, grant.policy), Directory(out.case)
    end = out.now + (snapshot.policy.max_duration or DEFAULT_MAXIMUM)
    grant = out.change(grant, ends_at=end)
    grant = reschedule(out, grant, notices=expiry_notices.passed_notices(out.case, grant, out.now))
    transitions.record_grant(
        out,
        grant,
        SYSTEM,
        "grant.limited",
        because=person.temporary,
        before={"end": None},
        after={"end": end.isoformat()},
    )
    in_charge = snapshot.owners(who) or who.admins()
    for person_id in sorted({grant.person_id, *in_charge}):
        redraw.want_card(out, CardKind.LIMITED, grant.ref, grant.ref, person_id)
    return grant
