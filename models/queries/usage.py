"""Count live grants and pending requests by access: what of the catalogue is in use."""

from dataclasses import dataclass

from sqlalchemy import func, select, text

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
