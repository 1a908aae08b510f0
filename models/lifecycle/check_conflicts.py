"""Separation of duties between what a person holds and has requested: when sent, decided and given."""

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
from models.store.prefetch import Lookahead, prefetch
from models.tables.base import Json, is_a
from models.tables.grants import LIVE_OF, Direction, Grant
from models.tables.people import Person
from models.tables.requests import PENDING_OF_BENEFICIARY, Request
from models.tables.states import GrantState

_HOLDS = {
    GrantState.SCHEDULED: HoldingState.SCHEDULED,
    GrantState.GRANTING: HoldingState.COMING,
    GrantState.ACTIVE: HoldingState.HAS,
    GrantState.REVOKING: HoldingState.GOING,
    GrantState.FAILED: HoldingState.GOING,
}


def grants_of(case: Case, person_id: str) -> list[Grant]:
    """The grants of somebody that count: what they have, will have, or may still have.

    One that could not be provisioned does not count until it is tried again; one that was not revoked does.
    """
    return [
        grant
        for grant in case.all(LIVE_OF, person_id)
        if grant.failing is not Direction.GIVE or grant.state is not GrantState.FAILED
    ]


def pending_requests_of(case: Case, person_id: str, besides: int | None = None) -> list[Request]:
    """The pending requests for somebody, without extensions and the request with the id `besides`."""
    return [
        request
        for request in case.all(PENDING_OF_BENEFICIARY, person_id)
        if request.kind is not RequestKind.EXTEND and request.id != besides
    ]


def holding_of_grant(grant: Grant) -> Holding:
    """A grant, as the policy sees it."""
    at = grant.starts_at if grant.state is GrantState.SCHEDULED else grant.ends_at
    return Holding(access_ref(grant.app_key, grant.access_key), access_title(grant), _HOLDS[grant.state], at)


def holding_of_request(request: Request) -> Holding:
    """A pending request, as the policy sees it."""
    return Holding(
        access_ref(request.app_key, request.access_key), access_title(request), HoldingState.PENDING
    )


def access_title(row: Grant | Request) -> str:
    """An access as people call it: "Payments · Enter"."""
    return f"{row.app_name} · {row.access_name}"


def holdings_of_person(case: Case, person_id: str, besides: int | None = None) -> tuple[Holding, ...]:
    """All that somebody holds and has requested, except the request with the id `besides`."""
    return (
        *(holding_of_grant(grant) for grant in grants_of(case, person_id)),
        *(holding_of_request(request) for request in pending_requests_of(case, person_id, besides)),
    )


def conflicts_about(case: Case, ref: str) -> tuple[ConflictSpec, ...]:
    """The conflicts that name this access, as they stand now."""
    conflicts = catalogue_entries.all_entries(case, CONFLICT)
    return tuple(conflict for conflict in conflicts if conflict.concerns(ref))


def with_conflicts(case: Case, question: Question, chosen: Iterable[Holding] = ()) -> Question:
    """The question with the conflicts that concern it, and with what the beneficiary holds.

    `chosen` is requested in the same submission.
    """
    conflicts = conflicts_about(case, question.ref)
    if not conflicts:
        return question
    has = (*holdings_of_person(case, question.beneficiary), *chosen)
    return replace(question, conflicts=conflicts, holdings=has)


def conflict_stages(case: Case, app: AppSpec) -> list[StageSpec]:
    """The stages that conflicts may add to requests for this app."""
    conflicts = catalogue_entries.all_entries(case, CONFLICT)
    return [conflict.stage for conflict in conflicts if conflict.stage and app.key in apps_of(conflict)]


def clashes_of(case: Case, request: Request) -> tuple[Conflict, ...]:
    """What a request conflicts with, as things stand now."""
    conflicts = conflicts_about(case, access_ref(request.app_key, request.access_key))
    return _clashes_of(case, request, conflicts) if conflicts else ()


def read_ahead(case: Case, requests: Iterable[Request]) -> None:
    """Read at once what the beneficiaries of these hold and have requested, where conflicts concern them."""
    people = {
        request.beneficiary_id
        for request in requests
        if conflicts_about(case, access_ref(request.app_key, request.access_key))
    }
    if people:
        prefetch(case, Lookahead([(LIVE_OF, people), (PENDING_OF_BENEFICIARY, people)]))


def lock_and_find_clashes(case: Case, request: Request) -> tuple[Conflict, ...]:
    """The same, with the beneficiary locked: nobody gives them anything that conflicts until the commit."""
    conflicts = lock_for(case, request)
    return _clashes_of(case, request, conflicts) if conflicts else ()


def lock_for(case: Case, request: Request) -> tuple[ConflictSpec, ...]:
    """Lock the beneficiary where conflicts concern the request: the second approval sees the first.

    Returns the conflicts that concern the request.
    """
    conflicts = conflicts_about(case, access_ref(request.app_key, request.access_key))
    if conflicts:
        case.lock(Person, request.beneficiary_id)
    return conflicts


def blocking_sentence(found: Sequence[Conflict], name: str) -> str | None:
    """Why a request of somebody of this name cannot be approved now; None where it can.

    Another pending request blocks nothing before it is approved itself.
    """
    return block_sentence(
        [conflict for conflict in found if conflict.holding.state is not HoldingState.PENDING], name
    )


def refuse_conflict(case: Case, request: Request, found: Sequence[Conflict]) -> None:
    """Refuse an approval where a blocking conflict has come up.

    Raises:
        Conflicting: Says which; field "comment".
    """
    if not found:
        return
    name = names_of(case, {request.beneficiary_id})[request.beneficiary_id]
    if sentence := blocking_sentence(found, name):
        raise Conflicting(f"{request.ref} can't be approved now. {sentence}", field="comment")


def reason_not_to_give(case: Case, grant: Grant, name: str) -> str | None:
    """Why an approved access must not be given to somebody of this name; None where it may.

    Of two that were approved, the first is given. One that failed at its time yields to all others.
    """
    conflicts = conflicts_about(case, access_ref(grant.app_key, grant.access_key))
    if not conflicts:
        return None
    others = [other for other in grants_of(case, grant.person_id) if _goes_first(other, grant)]
    holdings = [holding_of_grant(other) for other in others]
    sentence = block_sentence(_conflicts_of(grant, holdings, conflicts), name)
    return f"{sentence} No access was granted." if sentence else None


def redraw_conflicting(out: Outcome, *rows: Grant | Request) -> None:
    """Redraw the pending requests of a person that conflict with these rows of theirs, which changed."""
    refs = [access_ref(row.app_key, row.access_key) for row in rows]
    conflicts = [
        conflict
        for conflict in catalogue_entries.all_entries(out.case, CONFLICT)
        if any(conflict.concerns(ref) for ref in refs)
    ]
    if not conflicts:
        return
    for request in out.case.all(PENDING_OF_BENEFICIARY, _holder(rows[0])):
        if any(conflict.concerns(access_ref(request.app_key, request.access_key)) for conflict in conflicts):
            redraw.redraw_request(out, request)


def clashes_as_json(found: Iterable[Conflict]) -> list[Json]:
    """Clashes as JSON for the audit trail and the request: the rule, its action, and the other access."""
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


def _clashes_of(case: Case, request: Request, conflicts: Sequence[ConflictSpec]) -> tuple[Conflict, ...]:
    has = holdings_of_person(case, request.beneficiary_id, besides=request.id)
    return _conflicts_of(request, has, conflicts)


def _conflicts_of(
    row: Request | Grant, has: Iterable[Holding], conflicts: Iterable[ConflictSpec]
) -> tuple[Conflict, ...]:
    return find_conflicts(access_ref(row.app_key, row.access_key), access_title(row), has, conflicts)


def _holder(row: Grant | Request) -> str:
    return row.person_id if is_a(row, Grant) else cast("Request", row).beneficiary_id


def _goes_first(other: Grant, grant: Grant) -> bool:
    """Whether another grant of the same person goes before this one."""
    there = other.state in (GrantState.ACTIVE, GrantState.REVOKING, GrantState.FAILED)
    return other.id != grant.id and (there or other.id < grant.id or grant.failing is Direction.GIVE)
