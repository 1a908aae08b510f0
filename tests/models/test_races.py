"""Everything at once: the first one counts, everybody else is told so, and nothing is lost or done twice.

KEYTURN_RACES=500 races for as many requests as are promised; by default for a few.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from models import audit
from models.audit import AuditEntry
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import Closed, Duplicate, Refusal, Repeated, SentAlready
from models.lifecycle.catalogue import edit_app
from models.lifecycle.grant import reconcile, revoke
from models.lifecycle.people import update_people
from models.lifecycle.request import cancel, comment, decide, submit
from models.lifecycle.request.plan import Draft
from models.lifecycle.request.rate_limits import Limits
from models.registry import apps, directory
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.catalogue import App
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Comment, Decision, Request, Term
from models.tables.states import GrantState, RequestState
from tests.models.workflow_steps import sweep, targets
from tests.rows import all_of, count_of, new_row, row_of, trail_of

pytestmark = pytest.mark.both_engines

ADA, ROOT = "UADA", "UROOT"
DECIDERS = [f"UDECIDER{number}" for number in range(8)]
EIGHT_HOURS = Term(length=timedelta(hours=8))
MANY = int(os.environ.get("KEYTURN_RACES", "20"))
"""How many requests eight people approve and reject at once."""
PLENTY = Limits(open_requests=1000, requests_an_hour=1000)

Verb = Callable[[Outcome], object]


def person(person_id: str, *, active: bool = True) -> Person:
    """Somebody whom Slack has just described."""
    return new_row(Person,
        id=person_id, name=person_id, handle=person_id.lower(), email=f"{person_id.lower()}@example.com",
        title="", department="", timezone="UTC", guest=False, stranger=False, bot=False, active=active,
    )  # fmt: skip


def github(accesses: int = 1, rule: str | int = "any", **fields: Any) -> AppSpec:
    """An app that eight people decide on."""
    return AppSpec.model_validate(
        {
            "key": "github",
            "name": "GitHub",
            "owners": DECIDERS,
            "access": [{"key": f"a{number}", "name": f"Access {number}"} for number in range(accesses)],
            "stage": [{"name": "Owner", "approvers": ["owners"], "rule": rule}],
        }
        | fields
    )


def found(out: Outcome, app: AppSpec) -> None:
    """The company: Ada asks, eight people decide, Root administers."""
    directory.remember_people(out, [person(one) for one in (ADA, ROOT, *DECIDERS)])
    directory.appoint(out, [ROOT], "operator")
    apps.save_app(out, app, ROOT)


async def asked(store: Store, app: AppSpec) -> list[str]:
    """Ada asks for everything that the app has."""
    await store.run(found, app)
    keys = tuple(access.key for access in app.access)
    requests = await store.run(submit.submit, Draft(ADA, ADA, "github", keys, EIGHT_HOURS, "INC-42"), PLENTY)
    return [request.ref for request in requests]


async def held(store: Store, accesses: int, **fields: Any) -> list[str]:
    """Ada holds everything that the app has; the grants' references."""
    refs = await asked(store, github(accesses, **fields))
    for ref in refs:
        await store.write(decision(ref, DECIDERS[0], True))
    await settle(store)
    return [grant.ref for grant in await all_of(store, Grant)]


async def settle(store: Store) -> None:
    """Do by a word what the worker and a connector do."""

    def round_of(out: Outcome) -> None:
        for target in targets(out):
            reconcile.cancel_or_fail_ineligible(out, target)
            found = reconcile.pending_changes(out.case, target)
            done = {change.grant_id: (change.direction, reconcile.Done()) for change in found}
            reconcile.save_outcomes(out, target, done)

    await store.write(round_of)


async def race(store: Store, *racers: Verb | Awaitable[object]) -> list[object]:
    """Start all of these at the same moment; what each came to. Only refusals count as answers."""
    started = [store.write(one) if callable(one) else one for one in racers]
    outcomes = await asyncio.gather(*started, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, Refusal | Repeated):
            raise outcome
    return outcomes


def to(verb: Callable[..., object], *args: object) -> Verb:
    """A racer's verb."""
    return lambda out: verb(out, *args)


def decision(ref: str, by: str, approve: bool) -> Verb:
    return to(decide.approve if approve else decide.reject, ref, by)


async def requests_of(store: Store) -> list[Request]:
    return await all_of(store, Request)


async def outcomes_on_record(store: Store) -> Counter[str]:
    """How often each request's end stands in the trail."""
    ends = [f"request.{state}" for state in RequestState if state is not RequestState.PENDING]
    return Counter(row.subject for row in await trail_of(store) if row.action in ends)


async def test_eight_approve_and_reject_at_once_and_each_request_has_one_outcome(store: Store) -> None:
    refs = await asked(store, github(MANY))
    racers = [decision(ref, by, number % 2 == 0) for ref in refs for number, by in enumerate(DECIDERS)]
    outcomes = await race(store, *racers)
    assert sum(isinstance(one, Closed) for one in outcomes) == 7 * len(refs)
    assert await outcomes_on_record(store) == dict.fromkeys(refs, 1)
    decisions = await all_of(store, Decision)
    by_request = {f"AR-{one.request_id}": one.approve for one in decisions}
    assert len(decisions) == len(refs)
    grants = await all_of(store, Grant)
    approved = {f"AR-{grant.request_id}" for grant in grants}
    assert approved == {ref for ref, approve in by_request.items() if approve}
    assert len(grants) == len(approved)
    assert (await store.read(audit.verify)).intact


@pytest.mark.parametrize(("rule", "needed"), [("all", 8), (2, 2)])
async def test_approvals_at_once_are_all_counted_and_give_the_access_once(
    store: Store, rule: str | int, needed: int
) -> None:
    refs = await asked(store, github(6, rule))
    await race(store, *(decision(ref, by, True) for ref in refs for by in DECIDERS))
    rows = Counter(one.request_id for one in await all_of(store, Decision))
    assert set(rows.values()) == {needed}
    assert {request.state for request in await requests_of(store)} == {RequestState.APPROVED}
    assert await count_of(store, Grant) == len(refs)


async def test_one_person_who_decides_twice_at_once_is_told_so(store: Store) -> None:
    refs = await asked(store, github(6, "all"))
    outcomes = await race(store, *(decision(ref, DECIDERS[0], True) for ref in refs for _ in range(4)))
    assert sum(isinstance(one, SentAlready) for one in outcomes) == 3 * len(refs)


async def test_withdrawing_and_the_last_approval_at_once_have_one_outcome(store: Store) -> None:
    refs = await asked(store, github(12))
    verbs: list[Verb] = []
    for number, ref in enumerate(refs):
        pair: list[Verb] = [decision(ref, DECIDERS[0], True), partial(cancel.withdraw, ref=ref, by=ADA)]
        verbs += pair if number % 2 else reversed(pair)
    outcomes = await race(store, *verbs)
    assert sum(isinstance(one, Closed) for one in outcomes) == len(refs)
    assert await outcomes_on_record(store) == dict.fromkeys(refs, 1)
    states = {request.ref: request.state for request in await requests_of(store)}
    grants = {f"AR-{g.request_id}" for g in await all_of(store, Grant)}
    assert grants == {ref for ref, state in states.items() if state is RequestState.APPROVED}


async def test_expiry_and_the_last_approval_at_once_have_one_outcome(
    store: Store, clock: ManualClock
) -> None:
    refs = await asked(store, github(12))
    clock.advance(timedelta(hours=48))
    approvals = [decision(ref, DECIDERS[0], True) for ref in refs]
    await race(store, *approvals[:4], sweep(store), *approvals[4:], sweep(store))
    await sweep(store)
    assert await outcomes_on_record(store) == dict.fromkeys(refs, 1)
    states = {request.ref: request.state for request in await requests_of(store)}
    grants = {f"AR-{g.request_id}" for g in await all_of(store, Grant)}
    assert grants == {ref for ref, state in states.items() if state is RequestState.APPROVED}


async def test_the_same_delivery_from_many_at_once_counts_once(store: Store) -> None:
    (ref,) = await asked(store, github())
    outcomes = await asyncio.gather(
        *(store.write(to(comment.comment, ref, ADA, "Hello"), delivery="view:V1:1") for _ in range(16)),
        return_exceptions=True,
    )
    assert sum(isinstance(one, Repeated) for one in outcomes) == 15
    assert await count_of(store, Comment) == 1


async def test_the_same_reply_in_a_thread_is_one_comment_whatever_delivers_it(store: Store) -> None:
    (ref,) = await asked(store, github())
    await race(store, *[lambda out: comment.comment(out, ref, ADA, "Hello", source="D1:1.2")] * 8)
    assert await count_of(store, Comment) == 1


async def test_the_same_access_asked_for_at_once_is_one_request(store: Store) -> None:
    await store.run(found, github())
    draft = Draft(ADA, ADA, "github", ("a0",), EIGHT_HOURS, "INC-42")
    outcomes = await race(store, *[to(submit.submit, draft)] * 8)
    assert sum(isinstance(one, Duplicate) for one in outcomes) == 7
    assert len(await requests_of(store)) == 1


async def test_more_time_asked_for_at_once_is_one_request(store: Store) -> None:
    (grant,) = await held(store, 1)
    outcomes = await race(store, *[to(submit.extend, grant, ADA, EIGHT_HOURS, "More")] * 8)
    assert sum(isinstance(one, Duplicate) for one in outcomes) == 7


async def test_more_time_and_its_end_at_once_keep_or_give_anew_and_lose_nothing(
    store: Store, clock: ManualClock
) -> None:
    """Whether the sweep or the approval is first: whoever got more time has a live grant with an end."""
    grants = await held(store, 6)
    more = partial(submit.extend, by=ADA, term=EIGHT_HOURS, reason="Not done yet")
    refs = [(await store.write(partial(more, grant_ref=one))).ref for one in grants]
    clock.advance(timedelta(hours=8))
    await race(store, *(decision(ref, DECIDERS[0], True) for ref in refs), sweep(store))
    await settle(store)
    rows = {grant.id: grant for grant in await all_of(store, Grant)}
    for request in (one for one in await requests_of(store) if one.ref in refs):
        grant = rows[request.grant_id or 0]
        assert (grant.state, request.state) == (GrantState.ACTIVE, RequestState.APPROVED)
        assert grant.ends_at == clock.now() + timedelta(hours=8)


async def test_giving_back_at_the_very_end_ends_each_grant_once(store: Store, clock: ManualClock) -> None:
    grants = await held(store, 6)
    clock.advance(timedelta(hours=8))
    await race(
        store,
        *(to(revoke.give_back, grant, ADA) for grant in grants),
        sweep(store),
        *(to(revoke.revoke, grant, ROOT) for grant in reversed(grants)),
    )
    await asyncio.gather(*(settle(store) for _ in range(4)))
    rows = await all_of(store, Grant)
    assert {row.state for row in rows} <= {GrantState.ENDED, GrantState.REVOKED}
    ends = ("grant.ended", "grant.revoked")
    entries = [one for one in await trail_of(store) if one.action in ends]
    assert Counter(entry.subject for entry in entries) == dict.fromkeys(grants, 1)


async def test_sweeps_of_several_processes_end_each_grant_once(store: Store, clock: ManualClock) -> None:
    await held(store, 6)
    clock.advance(timedelta(hours=8))
    await race(store, *(sweep(store) for _ in range(8)))
    moves = await count_of(store, AuditEntry, action="grant.revoking")
    assert moves == 6


async def test_people_whom_many_look_up_at_once_are_known_once(store: Store) -> None:
    newcomers = [f"UNEW{number}" for number in range(8)]

    def seen(out: Outcome, order: int) -> None:
        update_people.save_people(out, [person(one) for one in newcomers[::order]])
        directory.appoint(out, newcomers, "operator")

    await race(store, *(to(seen, 1 if number % 2 else -1) for number in range(8)))
    assert await count_of(store, Person) == 8
    given = await count_of(store, AuditEntry, action="role.given")
    assert given == 8


async def test_whoever_leaves_while_asking_has_nothing_pending_and_holds_nothing(store: Store) -> None:
    await store.run(found, github(6))
    gone = person(ADA, active=False)

    def ask(key: str, out: Outcome) -> None:
        (request,) = submit.submit(out, Draft(ADA, ADA, "github", (key,), EIGHT_HOURS, "INC-42"))
        if key in ("a0", "a1", "a2"):
            decide.approve(out, request.ref, DECIDERS[0])

    verbs: list[Verb] = [partial(ask, f"a{number}") for number in range(6)]
    await race(store, *verbs[:3], lambda out: update_people.save_people(out, [gone]), *verbs[3:])
    assert RequestState.PENDING not in {request.state for request in await requests_of(store)}
    await settle(store)
    grants = await all_of(store, Grant)
    assert {grant.state for grant in grants} <= {GrantState.REVOKED}


async def test_changes_of_the_catalogue_at_once_are_all_counted(store: Store) -> None:
    await store.run(found, github())
    before = await store.read(apps.revision)
    specs = [github(key=f"app{number}", name=f"App {number}") for number in range(8)]
    await race(store, *(to(edit_app.add_app, spec, ROOT) for spec in specs))
    rows = await all_of(store, App)
    assert await store.read(apps.revision) == before + 8
    assert sorted(row.position for row in rows) == list(range(9))


async def test_one_app_that_two_admins_add_or_change_at_once_is_the_first_ones(store: Store) -> None:
    await store.run(found, github())
    other = github(key="other", name="Other")
    added = await race(store, *[to(edit_app.add_app, other, ROOT)] * 4)
    assert sum(isinstance(one, Duplicate) for one in added) == 3

    def rename(name: str, out: Outcome) -> object:
        return edit_app.change_app(out, "other", 1, lambda app: app.model_copy(update={"name": name}), ROOT)

    def renamed(out: Outcome, name: str) -> None:
        edit_app.change_app(out, "other", 1, lambda app: app.model_copy(update={"name": name}), ROOT)

    changed = await race(store, *(to(renamed, f"Name {number}") for number in range(4)))
    assert sum(isinstance(one, edit_app.Superseded) for one in changed) == 3
    assert (await row_of(store, App, "other")).version == 2
