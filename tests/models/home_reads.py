"""Requests of a person for an app with thirty accesses, and what App Home reads of them."""

from datetime import timedelta
from typing import Any

from models.catalogue.spec import AppSpec
from models.lifecycle.grant import give
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.queries.history import History
from models.queries.home import HomePage, Place, Waits, home_page
from models.queries.my_access import MyAccess
from models.queries.my_requests import MyRequests, Status
from models.queries.to_do import ToDo
from models.registry.by_reference import lock_grant
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import HomeTab
from models.tables.requests import Term
from tests.models.company import ADA, ALAN, GRACE

MANY = AppSpec.model_validate(
    {
        "key": "many",
        "name": "Many",
        "owners": [GRACE, ALAN],
        "access": [{"key": f"a{n:02}", "name": f"Access {n}"} for n in range(1, 31)],
    }
)
EIGHT_HOURS = Term(length=timedelta(hours=8))


def ask(out: Outcome, first: int, last: int, term: Term = EIGHT_HOURS) -> list[str]:
    """Ada asks for the accesses of these numbers."""
    keys = tuple(f"a{n:02}" for n in range(first, last + 1))
    return [one.ref for one in submit.submit(out, Draft(ADA, ADA, "many", keys, term, "INC-42"))]


def hold(out: Outcome, first: int, last: int) -> list[str]:
    """Ada asks for these accesses, Grace approves, and they are given."""
    grants = []
    for ref in ask(out, first, last):
        grant = lock_grant(out.case, f"GR-{decide.approve(out, ref, GRACE).grant_id}")
        give.mark_active(out, grant)
        grants.append(grant.ref)
    return grants


async def look(store: Store, person: str, tab: HomeTab, page: int = 0, **more: Any) -> HomePage:
    return await store.read(lambda case: home_page(case, person, Place(tab, page, **more)))


async def access(store: Store, person: str = ADA, page: int = 0) -> MyAccess:
    content = (await look(store, person, HomeTab.ACCESS, page)).content
    assert isinstance(content, MyAccess)
    return content


async def requests(
    store: Store, person: str = ADA, page: int = 0, statuses: tuple[Status, ...] = ()
) -> MyRequests:
    content = (await look(store, person, HomeTab.REQUESTS, page, statuses=statuses)).content
    assert isinstance(content, MyRequests)
    return content


async def waits(store: Store, person: str, page: int = 0) -> Waits:
    content = (await look(store, person, HomeTab.TODO, page)).content
    assert isinstance(content, Waits)
    return content


async def todo(store: Store, person: str, page: int = 0) -> ToDo:
    return (await waits(store, person, page)).to_do


async def history(store: Store, person: str, page: int = 0) -> History:
    content = (await look(store, person, HomeTab.HISTORY, page)).content
    assert isinstance(content, History)
    return content
