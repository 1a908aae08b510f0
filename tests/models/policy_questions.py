"""A small company and requests to decide on, for the tests of the policy."""

from datetime import UTC, datetime, timedelta
from typing import Any

from models.policy import Company, GroupFacts, PersonFacts, Question
from tests.models.specs import app

NOW = datetime(2030, 5, 6, 12, tzinfo=UTC)  # a Monday

ANA = PersonFacts("U0ANA", "Ana", "ana@example.com", manager_id="U0MAX", department="Sales", title="Seller")
BEN = PersonFacts("U0BEN", "Ben", "ben@example.com", department="Finance", title="Intern")
MAX = PersonFacts("U0MAX", "Max", "max@example.com")
OLA = PersonFacts("U0OLA", "Ola", "ola@example.com")
OLE = PersonFacts("U0OLE", "Ole", "ole@example.com")
ADI = PersonFacts("U0ADI", "Adi", "adi@example.com")
SAM = PersonFacts("U0SAM", "Sam", "sam@example.com")
GUS = PersonFacts("U0GUS", "Gus", guest=True)
DEB = PersonFacts("U0DEB", "Deb", active=False)
ROB = PersonFacts("U0ROB", "Rob", bot=True)
STU = PersonFacts("U0STU", "Stu", stranger=True)
EVERYBODY = (ANA, BEN, MAX, OLA, OLE, ADI, SAM, GUS, DEB, ROB, STU)
ONCALL = GroupFacts("S0ONC", "oncall", "On call", ("U0SAM", "U0OLA", "U0GUS", "U0DEB", "U0ROB", "U0STU"))
COMPANY = Company(EVERYBODY, [ONCALL, GroupFacts("S0NIL", "empty")], admins=["U0ADI"])


def stage(*approvers: str, rule: str | int = "any", name: str = "Check", **more: Any) -> dict[str, Any]:
    return {"name": name, "approvers": list(approvers), "rule": rule, **more}


def ask(
    requester: PersonFacts = ANA,
    *,
    beneficiary: PersonFacts | None = None,
    duration: timedelta | None = timedelta(hours=8),
    at: datetime = NOW,
    emergency: bool = False,
    **fields: Any,
) -> Question:
    """Someone requests the engineering team of GitHub, which has these fields."""
    entry = app(**({"on_behalf": "anyone"} if beneficiary else {}) | fields)
    return Question(
        requester=requester.id,
        beneficiary=(beneficiary or requester).id,
        app=entry,
        access=entry.access[0],
        duration=duration,
        at=at,
        emergency=emergency,
    )
