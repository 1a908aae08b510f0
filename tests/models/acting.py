"""What happens to requests and grants, in a word each, for tests of the verbs."""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from models.audit import AuditEntry
from models.lifecycle.grant import reconcile
from models.lifecycle.grant.reconcile import Change, Done, Outcome
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.store.tx import Tx
from models.tables.grants import Direction, Grant
from models.tables.requests import Request, Term
from tests.models.company import ADA, GRACE

T = TypeVar("T")
P = ParamSpec("P")


async def do(store: Store, verb: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """Carry out one verb: `decide.approve`, say, with "AR-1" and GRACE."""
    return await store.write(lambda tx: verb(tx, *args, **kwargs))


async def ask(store: Store, term: Term, *accesses: str, app: str = "github", by: str = ADA) -> str:
    """Somebody asks for themselves; the (first) request's reference."""
    draft = Draft(by, by, app, accesses or ("engineering",), term, "INC-42")
    return (await do(store, submit.submit, draft))[0].ref


async def hold(store: Store, term: Term, *accesses: str, app: str = "github", by: str = ADA) -> str:
    """Somebody asks, Grace approves, and the connector gives it; the grant's reference."""
    ref = await ask(store, term, *accesses, app=app, by=by)
    await do(store, decide.approve, ref, GRACE)
    await settle(store)
    return (await grant_of(store, ref)).ref


def obliging(_change: Change) -> Outcome:
    """A target system that does what it is told."""
    return Done()


async def settle(store: Store, system: Callable[[Change], Outcome] = obliging) -> list[Change]:
    """One round at every target, as the worker does it; returns what the target system was asked to do."""
    calls: list[Change] = []

    def outcome(change: Change) -> tuple[Direction, Outcome]:
        if change.kept:
            return change.direction, Done()
        calls.append(change)
        return change.direction, system(change)

    def round_of(tx: Tx) -> None:
        for target in sorted({grant.target for grant in tx.session.query(Grant)}):
            reconcile.guard(tx, target)
            tx.session.flush()
            found = reconcile.changes(tx.session, target, tx.now)
            reconcile.settled(tx, target, {one.grant_id: outcome(one) for one in found})

    await store.write(round_of)
    return calls


async def request(store: Store, ref: str) -> Request:
    """A request as it stands."""
    return await store.read(lambda session: session.get_one(Request, int(ref[3:])))


async def grant(store: Store, ref: str) -> Grant:
    """A grant as it stands."""
    return await store.read(lambda session: session.get_one(Grant, int(ref[3:])))


async def grant_of(store: Store, ref: str) -> Grant:
    """The grant that a request came to."""
    return await grant(store, f"GR-{(await request(store, ref)).grant_id}")


async def actions(store: Store, ref: str) -> list[str]:
    """What the trail tells of a request, a grant or a task, in order."""
    rows = await store.read(
        lambda session: session.query(AuditEntry).filter_by(subject=ref).order_by(AuditEntry.seq).all()
    )
    return [row.action for row in rows]
