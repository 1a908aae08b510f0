"""Audit entries about requests and grants: each names the app, and whose access it is about."""

from typing import Any

from models.store.outcome import Outcome
from models.tables.grants import Grant
from models.tables.requests import Request


def of_request(out: Outcome, request: Request, by: str, action: str, /, **data: Any) -> None:
    """Record a step of a request, by this person or by Keyturn; `data` is what JSON can hold."""
    out.record(by, action, request.ref, app=request.app_key, person=request.beneficiary_id, **data)


def of_grant(out: Outcome, grant: Grant, by: str, action: str, /, **data: Any) -> None:
    """Record a step of a grant, in the same way."""
    out.record(by, action, grant.ref, app=grant.app_key, person=grant.person_id, **data)
