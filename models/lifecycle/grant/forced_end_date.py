"""Guests and contractors always have an end: so has what somebody holds who becomes one."""

from collections.abc import Iterable
from datetime import timedelta

from models.catalogue.approvers import parse_person
from models.catalogue.directory_entries import PERSON
from models.lifecycle import audit_entries, redraw
from models.lifecycle.grant import end_dates
from models.policy import PersonFacts
from models.registry import catalogue_entries
from models.registry.directory import Directory
from models.registry.policy_snapshot import policy_of
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import CardKind
from models.tables.grants import ENDLESS, Grant
from models.tables.people import Person
from models.tables.states import GrantState

USUAL = timedelta(days=30)
"""How long they keep it where the app sets no maximum: time enough to ask for what they still need."""


def seen(out: Outcome, person_id: str) -> None:
    """Look at what somebody holds without an end, where they are a guest or a contractor by now.

    Safe to repeat.
    """
    _limit_all(out, [Directory(out.case).person(person_id)])


def seen_directory(out: Outcome) -> None:
    """The directory table was changed: look at every contractor in it."""
    who = Directory(out.case)
    refs = [
        parse_person(entry.person)
        for entry in catalogue_entries.every(out.case, PERSON)
        if entry.contractor
    ]  # fmt: skip
    who.look_up(ref.id for ref in refs if ref.id)
    _limit_all(out, [who.person(ref.id) if ref.id else who.by_email(ref.email or "") for ref in refs])


def begun(out: Outcome, grant: Grant) -> Grant:
    """A grant became active just now: its holder may have become a guest while it was being given."""
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
    end = out.now + (snapshot.policy.max_duration or USUAL)
    grant = out.change(grant, ends_at=end)
    grant = end_dates.arm(out, grant, notices=end_dates.passed_notices(out.case, grant, out.now))
    audit_entries.of_grant(
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
        redraw.show(out, CardKind.LIMITED, grant.ref, grant.ref, person_id)
    return grant
