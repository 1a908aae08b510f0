"""Separation of duties over what somebody holds and has requested: when sent, decided and given."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import cast

from models.catalogue.spec import AppSpec, StageSpec
from models.catalogue.spec.conflicts import CONFLICT, ConflictSpec, apps_of
from models.catalogue.spec.enums import RequestKind
from models.catalogue.spec.references import access_ref
from models.errors import Conflicting
from models.lifecycle import redraw
from models.policy import Conflict, Holding, HoldingState, Question, block_sentence, find_conflicts
from models.registry import catalogue_entries
from models.registry.directory import names_of
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.base import Json, is_a
from models.tables.grants import LIVE_OF, Direction, Grant
from models.tables.people import Person
from models.tables.requests import PENDING_OF_BENEFICIARY, Request
from models.tables.states import GrantState

_HOW = {
    GrantState.SCHEDULED: HoldingState.SCHEDULED,
    GrantState.GRANTING: HoldingState.COMING,
    GrantState.ACTIVE: HoldingState.HAS,
    GrantState.REVOKING: HoldingState.GOING,
    GrantState.FAILED: HoldingState.GOING,
}


def grants_of(case: Case, person_id: str) -> list[Grant]:
    """Everything that somebody has, or will have: what could not be given is not among it.

    What could not be taken is, since it may still be there; and what failed before and is being tried again.
    """
    live = case.all(LIVE_OF, person_id)
    return [one for one in live if one.failing is not Direction.GIVE or one.state is not GrantState.FAILED]


def asked_by(case: Case, person_id: str, besides: int | None = None) -> list[Request]:
    """Everything that waits to be decided for somebody, but the request with this id.

    Not more time for what they have.
    """
    pending = case.all(PENDING_OF_BENEFICIARY, person_id)
    return [one for one in pending if one.kind is not RequestKind.EXTEND and one.id != besides]


def holding_of_grant(grant: Grant) -> Holding:
    """A grant, as the policy sees it."""
    at = grant.starts_at if grant.state is GrantState.SCHEDULED else grant.ends_at
    return Holding(access_ref(grant.app_key, grant.access_key), access_title(grant), _HOW[grant.state], at)


def holding_of_request(request: Request) -> Holding:
    """A pending request, as the policy sees it."""
    return Holding(
        access_ref(request.app_key, request.access_key), access_title(request), HoldingState.PENDING
    )


def access_title(row: Grant | Request) -> str:
    """How people call an access: "Payments, Enter"."""
    return f"{row.app_name}, {row.access_name}"


def holdings_of_person(case: Case, person_id: str, besides: int | None = None) -> tuple[Holding, ...]:
    """All of it. `besides` is the request that it is looked at for."""
    return (
        *(holding_of_grant(one) for one in grants_of(case, person_id)),
        *(holding_of_request(one) for one in asked_by(case, person_id, besides)),
    )


def concerning(case: Case, ref: str) -> tuple[ConflictSpec, ...]:
    """The conflicts that name this access, as they stand now."""
    return tuple(one for one in catalogue_entries.every(case, CONFLICT) if one.concerns(ref))


def looked_at(case: Case, question: Question, chosen: Iterable[Holding] = ()) -> Question:
    """The question with the conflicts that concern it, and with what the one has who would get it.

    `chosen` is asked for in the same submission.
    """
    conflicts = concerning(case, question.ref)
    if not conflicts:
        return question
    has = (*holdings_of_person(case, question.beneficiary), *chosen)
    return replace(question, conflicts=conflicts, holdings=has)


def stages_for(case: Case, app: AppSpec) -> list[StageSpec]:
    """The stages that conflicts may ask for, for something of this app."""
    concerned = [one for one in catalogue_entries.every(case, CONFLICT) if app.key in apps_of(one)]
    return [one.stage for one in concerned if one.stage is not None]


def of_request(case: Case, request: Request) -> tuple[Conflict, ...]:
    """What a request conflicts with, as things stand now."""
    conflicts = concerning(case, access_ref(request.app_key, request.access_key))
    return _of_request(case, request, conflicts) if conflicts else ()


def at_click(case: Case, request: Request) -> tuple[Conflict, ...]:
    """The same, with others kept from giving this person anything that conflicts until the commit."""
    conflicts = hold(case, request)
    return _of_request(case, request, conflicts) if conflicts else ()


def hold(case: Case, request: Request) -> tuple[ConflictSpec, ...]:
    """Of two accesses of one person that conflict, whoever approves the second sees the first.

    Returns the conflicts that concern the request.
    """
    conflicts = concerning(case, access_ref(request.app_key, request.access_key))
    if conflicts:
        case.lock(Person, request.beneficiary_id)
    return conflicts


def in_the_way(found: Sequence[Conflict], name: str) -> str | None:
    """Why a request cannot be approved now, in words; None where it can.

    What is asked for too is in nobody's way before it is approved itself.
    """
    return block_sentence(
        [conflict for conflict in found if conflict.holding.state is not HoldingState.PENDING], name
    )


def refuse(case: Case, request: Request, found: Sequence[Conflict]) -> None:
    """Raises Conflicting where a conflict that blocks has come up."""
    if not found:
        return
    name = names_of(case, {request.beneficiary_id})[request.beneficiary_id]
    if said := in_the_way(found, name):
        raise Conflicting(f"{request.ref} cannot be approved now. {said}", field="comment")


def obstacle(case: Case, grant: Grant, name: str) -> str | None:
    """Why an approved access must not be given to somebody of this name; None if it may.

    Of two that were approved, the first is given. What could not be given at its time waits for all others.
    """
    conflicts = concerning(case, access_ref(grant.app_key, grant.access_key))
    if not conflicts:
        return None
    others = [one for one in grants_of(case, grant.person_id) if _first(one, grant)]
    said = block_sentence(_conflicts_of(grant, [holding_of_grant(one) for one in others], conflicts), name)
    return f"{said} Nothing was given." if said else None


def moved(out: Outcome, *rows: Grant | Request) -> None:
    """Accesses of one person came or went, or were asked for: what they ask for shows what conflicts now."""
    refs = [access_ref(row.app_key, row.access_key) for row in rows]
    conflicts = [
        one for one in catalogue_entries.every(out.case, CONFLICT) if any(one.concerns(ref) for ref in refs)
    ]
    if not conflicts:
        return
    for request in out.case.all(PENDING_OF_BENEFICIARY, _holder(rows[0])):
        if any(one.concerns(access_ref(request.app_key, request.access_key)) for one in conflicts):
            redraw.redraw_request(out, request)


def stored(found: Iterable[Conflict]) -> list[Json]:
    """Conflicts for the record: which rule, what it does, and the other access."""
    return [
        {
            "key": conflict.spec.key,
            "rule": conflict.spec.name,
            "action": conflict.action.value,
            "access": conflict.holding.access,
            "title": conflict.holding.title,
            "how": conflict.holding.state.value,
        }
        for conflict in found
    ]


def _of_request(case: Case, request: Request, conflicts: Sequence[ConflictSpec]) -> tuple[Conflict, ...]:
    has = holdings_of_person(case, request.beneficiary_id, besides=request.id)
    return _conflicts_of(request, has, conflicts)


def _conflicts_of(
    row: Request | Grant, has: Iterable[Holding], conflicts: Iterable[ConflictSpec]
) -> tuple[Conflict, ...]:
    return find_conflicts(access_ref(row.app_key, row.access_key), access_title(row), has, conflicts)


def _holder(row: Grant | Request) -> str:
    return row.person_id if is_a(row, Grant) else cast("Request", row).beneficiary_id


def _first(other: Grant, grant: Grant) -> bool:
    """Whether another grant of the same person goes before this one."""
    there = other.state in (GrantState.ACTIVE, GrantState.REVOKING, GrantState.FAILED)
    return other.id != grant.id and (there or other.id < grant.id or grant.failing is Direction.GIVE)
