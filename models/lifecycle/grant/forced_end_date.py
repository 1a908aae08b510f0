"""Guests and contractors always have an end: so has what somebody holds who becomes one."""

from datetime import timedelta

from sqlalchemy import select

from models.catalogue.approvers import parse_person
from models.catalogue.directory_entries import PERSON
from models.lifecycle import audit_entries, redraw
from models.lifecycle.grant import end_dates
from models.policy import PersonFacts
from models.registry import catalogue_entries
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import SYSTEM, Tx
from models.tables.cards import CardKind
from models.tables.grants import Grant
from models.tables.states import GrantState

USUAL = timedelta(days=30)
"""How long they keep it where the app sets no maximum: time enough to ask for what they still need."""


def seen(tx: Tx, person_id: str) -> None:
    """Look at what somebody holds without an end, where they are a guest or a contractor by now.

    Safe to repeat.
    """
    person = Directory(tx.session).person(person_id)
    if person is None or not person.temporary:
        return
    endless = (
        select(Grant)
        .where(Grant.person_id == person_id, Grant.over_at.is_(None))
        .where(Grant.state == GrantState.ACTIVE, Grant.ends_at.is_(None))
        .order_by(Grant.id)
    )
    for grant in tx.session.scalars(endless.with_for_update()).all():
        _limit(tx, grant, person)
        redraw.redraw_grant(tx, grant)


def seen_directory(tx: Tx) -> None:
    """The directory table was changed: look at every contractor in it."""
    who = Directory(tx.session)
    for entry in catalogue_entries.every(tx.session, PERSON):
        if entry.contractor:
            ref = parse_person(entry.person)
            person = who.person(ref.id) if ref.id else who.by_email(ref.email or "")
            if person is not None:
                seen(tx, person.id)


def begun(tx: Tx, grant: Grant) -> None:
    """A grant became active just now: its holder may have become a guest while it was being given."""
    person = Directory(tx.session).person(grant.person_id)
    if grant.ends_at is None and person is not None and person.temporary:
        _limit(tx, grant, person)


def _limit(tx: Tx, grant: Grant, person: PersonFacts) -> None:
    snapshot, who = Snapshot.from_json(grant.policy), Directory(tx.session)
    grant.ends_at = tx.now + (snapshot.policy.max_duration or USUAL)
    grant.notices = end_dates.passed_notices(grant, tx.now)
    end_dates.arm(grant)
    audit_entries.of_grant(
        tx,
        grant,
        SYSTEM,
        "grant.limited",
        because=person.temporary,
        before={"end": None},
        after={"end": grant.ends_at.isoformat()},
    )
    told = snapshot.owners(who) or who.admins()
    for person_id in sorted({grant.person_id, *told}):
        redraw.show(tx, CardKind.LIMITED, grant.ref, grant.ref, person_id)
