"""Count what stands out about a pending request (`models.policy.unusual`), from Keyturn's own records.

Four statements, each by an index and with a limit, so they cost the same however much there is. They read as
things stand now: a card that is redrawn while it waits says what is true then.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, exists, func, or_, select, text

from models.catalogue.spec.enums import RequestKind
from models.catalogue.spec.references import person_key
from models.policy import PersonFacts
from models.policy.unusual import (
    EarlierRequest,
    PeersFact,
    RequestFacts,
    peers_fact,
    request_facts,
    time_fact,
)
from models.registry.directory import Directory
from models.registry.directory_overrides import listed_departments
from models.statements import Read, among
from models.store.case import Case
from models.tables.grants import ANSWERED, Cause, Grant
from models.tables.people import Person
from models.tables.requests import Decision, Request, Term

MOST_PEERS = 1000
"""Of a larger department nothing is said: looking through it would cost too much."""
MOST_EARLIER = 50
"""So many of the latest requests for the app are looked at."""
MOST_TIMES = 20
"""So many of the requester's latest closed requests are looked at."""
MOST_ANSWERS = 50
"""So many of the latest answers about the access are looked at."""
_NO_GRANT = -1
"""Stands for the grant that a request extends where it extends none; no row has it."""

_ACCESS = (Grant.app_key == bindparam("app"), Grant.access_key == bindparam("access"))
# The state is literal SQL: with a bound value SQLite passes by partial indexes.
_HOLDS = exists().where(Grant.person_id == Person.id, *_ACCESS, text("grants.state = 'active'"))
_PEERS = (
    select(Person.id, Person.email, Person.department, _HOLDS)
    .where(
        or_(
            Person.department == bindparam("department"),
            among(Person.id, "listed"),
            among(Person.email, "listed_emails"),
        ),
        Person.id != bindparam("person"),
        Person.active,
        Person.bot.is_(False),
        Person.stranger.is_(False),
    )
    .limit(MOST_PEERS + 1)
)
# The grant that a request made, not one that it extended.
_MADE = and_(Grant.id == Request.grant_id, Grant.request_id == Request.id)
_EARLIER = (
    select(
        Request.access_key, Request.asked_term, Request.created_at, Grant.active_at, Grant.cause, Grant.usage
    )
    .outerjoin(Grant, _MADE)
    .where(
        Request.beneficiary_id == bindparam("person"),
        Request.app_key == bindparam("app"),
        Request.id < bindparam("request"),
        Request.kind != RequestKind.EXTEND,
        func.coalesce(Request.grant_id, 0) != bindparam("grant"),
    )
    .order_by(Request.id.desc())
    .limit(MOST_EARLIER)
)
_TIMES = (
    select(Request.created_at)
    .where(Request.requester_id == bindparam("requester"), Request.closed_at.is_not(None))
    .order_by(Request.closed_at.desc())
    .limit(MOST_TIMES)
)
_LAST_ANSWERS = (
    select(Grant.request_id, Grant.usage)
    .where(*_ACCESS, ANSWERED)
    .order_by(Grant.id.desc())
    .limit(MOST_ANSWERS)
    .subquery()
)
_ANSWERS = (
    select(Decision.person_id, _LAST_ANSWERS.c.usage)
    .join(_LAST_ANSWERS, Decision.request_id == _LAST_ANSWERS.c.request_id)
    .where(Decision.approve)
)


def read_facts(case: Case, request: Request) -> RequestFacts:
    """The facts about a pending request."""
    who = Directory(case)
    beneficiary, requester = who.person(request.beneficiary_id), who.person(request.requester_id)
    access = {"app": request.app_key, "access": request.access_key}
    about = {"app": request.app_key, "person": request.beneficiary_id, "request": request.id}
    reads = [
        Read(_EARLIER, about | {"grant": request.grant_id or _NO_GRANT}),
        Read(_TIMES, {"requester": request.requester_id}),
        Read(_ANSWERS, access),
    ]
    listed = listed_departments(case)
    department = beneficiary.department if beneficiary else ""
    if department:
        keys = [key for key, name in listed.items() if name == department]
        named = {"department": department, "listed": keys, "listed_emails": keys}
        reads.append(Read(_PEERS, access | named | {"person": request.beneficiary_id}))
    earlier, times, answers, *peers = case.sql.all_of(reads)
    return request_facts(
        _peers(beneficiary, listed, peers[0]) if beneficiary and peers else None,
        [_earlier(row, request.access_key) for row in earlier],
        # An emergency keeps no hours.
        time_fact(request.created_at, times, requester.zone) if requester and not request.emergency else None,
        _length(Term.from_json(request.term), request.created_at),
        answers,
        extension=request.kind is RequestKind.EXTEND,
    )


def _peers(beneficiary: PersonFacts, listed: Mapping[str, str], rows: Sequence[Any]) -> PeersFact | None:
    """The fact about the department. What the directory table says of somebody wins over their profile."""
    if len(rows) > MOST_PEERS:
        return None

    def listed_department(person_id: str, email: str) -> str:
        return listed.get(person_id) or (listed.get(person_key(email), "") if email else "")

    holders = [
        holds
        for person_id, email, profile, holds in rows
        if (listed_department(person_id, email) or profile) == beneficiary.department
    ]
    in_table = bool(listed_department(beneficiary.id, beneficiary.email))
    return peers_fact(beneficiary.department, len(holders), sum(map(bool, holders)), listed=in_table)


def _earlier(row: Any, access_key: str) -> EarlierRequest:
    access, term, created_at, active_at, cause, usage = row
    return EarlierRequest(
        same=access == access_key,
        length=_length(Term.from_json(term), created_at),
        held=active_at is not None,
        given_back=cause is Cause.REQUESTER,
        usage=usage,
    )


def _length(term: Term, created_at: datetime) -> timedelta | None:
    """How long a term is; None for no end."""
    if term.end is not None:
        return term.end - (term.start or created_at)
    return term.length
