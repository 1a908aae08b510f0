"""Separation of duties, looked at while a request goes its way: sent, decided, given."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.access_refs import access_ref
from models.catalogue.conflict_entries import CONFLICT
from models.catalogue.conflicts import ConflictSpec, apps_of
from models.catalogue.spec import AppSpec, StageSpec
from models.errors import Conflicting
from models.lifecycle import holdings, redraw
from models.policy import Clash, Hold, Holding, Question, blocked, clashes
from models.registry import catalogue_entries
from models.registry.directory import names_of
from models.store.tx import Tx
from models.tables.base import Json
from models.tables.grants import Direction, Grant
from models.tables.people import Person
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState


def concerning(session: Session, ref: str) -> tuple[ConflictSpec, ...]:
    """The conflicts that name this access, as they stand now."""
    return tuple(one for one in catalogue_entries.every(session, CONFLICT) if one.concerns(ref))


def looked_at(session: Session, question: Question, chosen: Iterable[Holding] = ()) -> Question:
    """The question with the conflicts that concern it, and with what the one has who would get it.

    `chosen` is asked for in the same submission.
    """
    conflicts = concerning(session, question.ref)
    if not conflicts:
        return question
    has = (*holdings.of_person(session, question.beneficiary), *chosen)
    return replace(question, conflicts=conflicts, holdings=has)


def stages_for(session: Session, app: AppSpec) -> list[StageSpec]:
    """The stages that conflicts may ask for, for something of this app."""
    concerned = [one for one in catalogue_entries.every(session, CONFLICT) if app.key in apps_of(one)]
    return [one.stage for one in concerned if one.stage is not None]


def of_request(session: Session, request: Request) -> tuple[Clash, ...]:
    """What a request conflicts with, as things stand now."""
    conflicts = concerning(session, access_ref(request.app_key, request.access_key))
    if not conflicts:
        return ()
    has = holdings.of_person(session, request.beneficiary_id, besides=request.id)
    return _clashing(request, has, conflicts)


def at_click(tx: Tx, request: Request) -> tuple[Clash, ...]:
    """The same, with others kept from giving this person anything that conflicts until the commit."""
    hold(tx, request)
    return of_request(tx.session, request)


def hold(tx: Tx, request: Request) -> None:
    """Of two accesses of one person that conflict, whoever approves the second sees the first."""
    if concerning(tx.session, access_ref(request.app_key, request.access_key)):
        tx.locked(Person, request.beneficiary_id)


def in_the_way(found: Sequence[Clash], name: str) -> str | None:
    """Why a request cannot be approved now, in words; None where it can.

    What is asked for too is in nobody's way before it is approved itself.
    """
    return blocked([clash for clash in found if clash.holding.how is not Hold.PENDING], name)


def refuse(session: Session, request: Request, found: Sequence[Clash]) -> None:
    """Raises Conflicting where a conflict that blocks has come up."""
    if not found:
        return
    name = names_of(session, {request.beneficiary_id})[request.beneficiary_id]
    if said := in_the_way(found, name):
        raise Conflicting(f"{request.ref} cannot be approved now. {said}", field="comment")


def obstacle(session: Session, grant: Grant, name: str) -> str | None:
    """Why an approved access must not be given to somebody of this name; None if it may.

    Of two that were approved, the first is given. What could not be given at its time waits for all others.
    """
    conflicts = concerning(session, access_ref(grant.app_key, grant.access_key))
    if not conflicts:
        return None
    others = [one for one in holdings.grants_of(session, grant.person_id) if _first(one, grant)]
    said = blocked(_clashing(grant, [holdings.of_grant(one) for one in others], conflicts), name)
    return f"{said} Nothing was given." if said else None


def moved(tx: Tx, row: Grant | Request) -> None:
    """An access came or went, or was asked for: what the same person asks for shows what conflicts now."""
    conflicts = concerning(tx.session, access_ref(row.app_key, row.access_key))
    if not conflicts:
        return
    person_id = row.person_id if isinstance(row, Grant) else row.beneficiary_id
    theirs = select(Request).where(Request.beneficiary_id == person_id, Request.state == RequestState.PENDING)
    for request in tx.session.scalars(theirs):
        if any(one.concerns(access_ref(request.app_key, request.access_key)) for one in conflicts):
            redraw.redraw_request(tx, request)


def stored(found: Iterable[Clash]) -> list[Json]:
    """Conflicts for the record: which rule, what it does, and the other access."""
    return [
        {
            "key": clash.conflict.key,
            "rule": clash.conflict.name,
            "action": clash.action.value,
            "access": clash.holding.access,
            "title": clash.holding.title,
            "how": clash.holding.how.value,
        }
        for clash in found
    ]


def _clashing(
    row: Request | Grant, has: Iterable[Holding], conflicts: Iterable[ConflictSpec]
) -> tuple[Clash, ...]:
    return clashes(access_ref(row.app_key, row.access_key), holdings.titled(row), has, conflicts)


def _first(other: Grant, grant: Grant) -> bool:
    """Whether another grant of the same person goes before this one."""
    there = other.state in (GrantState.ACTIVE, GrantState.REVOKING, GrantState.FAILED)
    return other.id != grant.id and (there or other.id < grant.id or grant.failing is Direction.GIVE)
