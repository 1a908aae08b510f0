"""What of the catalogue is in use: the grants that somebody holds and the requests that wait, by access."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import LIVE_GRANTS, RequestState

AccessKey = tuple[str, str]
"""The keys of an app and of one of its accesses."""


@dataclass(frozen=True, slots=True)
class InUse:
    """How many live grants and pending requests there are."""

    grants: int = 0
    requests: int = 0

    def __add__(self, other: "InUse") -> "InUse":
        return InUse(self.grants + other.grants, self.requests + other.requests)

    def __bool__(self) -> bool:
        return bool(self.grants or self.requests)


def in_use(session: Session) -> dict[AccessKey, InUse]:
    """Every access that is in use, whether the catalogue still has it or not."""
    grants = select(Grant.app_key, Grant.access_key, func.count()).where(Grant.state.in_(LIVE_GRANTS))
    pending = Request.state == RequestState.PENDING
    requests = select(Request.app_key, Request.access_key, func.count()).where(pending)
    found: dict[AccessKey, InUse] = {}
    for app, access, count in session.execute(grants.group_by(Grant.app_key, Grant.access_key)):
        found[app, access] = InUse(grants=count)
    for app, access, count in session.execute(requests.group_by(Request.app_key, Request.access_key)):
        found[app, access] = found.get((app, access), InUse()) + InUse(requests=count)
    return found
