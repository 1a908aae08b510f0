"""Count live grants and pending requests by access: what of the catalogue is in use."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select, text

from models.catalogue.spec import AppSpec
from models.catalogue.spec.enums import RequestKind
from models.store.case import Case
from models.tables.grants import LIVE, Grant
from models.tables.requests import Request

AccessKey = tuple[str, str]
"""The keys of an app and of one of its accesses."""

_GRANTS = (
    select(Grant.app_key, Grant.access_key, func.count())
    .where(LIVE)
    .group_by(Grant.app_key, Grant.access_key)
)
_REQUESTS = (
    select(Request.app_key, Request.access_key, func.count())
    .where(text("requests.state = 'pending' AND requests.expires_at > '1970-01-01'"))
    .group_by(Request.app_key, Request.access_key)
)


_PENDING = select(Request.id, Request.app_key, Request.access_key).where(
    text("requests.state = 'pending'"), Request.kind != RequestKind.EXTEND
)


@dataclass(frozen=True, slots=True)
class InUse:
    """The numbers of live grants and pending requests."""

    grants: int = 0
    requests: int = 0

    def __add__(self, other: "InUse") -> "InUse":
        return InUse(self.grants + other.grants, self.requests + other.requests)

    def __bool__(self) -> bool:
        return bool(self.grants or self.requests)


def in_use(case: Case) -> dict[AccessKey, InUse]:
    """Every access that is in use, whether the catalogue still has it or not."""
    used = {(app, access): InUse(grants=count) for app, access, count in case.read(_GRANTS)}
    for app, access, count in case.read(_REQUESTS):
        used[app, access] = used.get((app, access), InUse()) + InUse(requests=count)
    return used


def not_offered(case: Case, specs: Iterable[AppSpec]) -> list[Request]:
    """The pending requests that a catalogue of these apps cancels (`cancel_unoffered`), oldest first."""
    offered = {(app.key, access.key) for app in specs for access in app.access}
    ids = sorted(key for key, app, access in case.read(_PENDING) if (app, access) not in offered)
    case.hand(Request, ids)
    return [row for key in ids if (row := case.get(Request, key)) is not None]
