"""Roles x standings x permissions: who may do what, as they become somebody who should not."""

from collections.abc import Callable

import pytest

from models.errors import NotAllowed, Refusal
from models.lifecycle.grant import tasks
from models.lifecycle.people import delegations
from models.lifecycle.request import decide, reassign
from models.registry import directory, permissions
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.grants import Direction, Grant, Task
from models.tables.people import Person
from models.tables.requests import Request
from tests.models.company import ADA, ALAN, GRACE, ROOT
from tests.models.test_verbs_in_memory import asked, held
from tests.models.verbs_in_memory import only, play
from tests.rows import new_row

BEN, OTTO = "UBEN", "UOTTO"

STANDINGS: dict[str, dict[str, bool]] = {
    "member": {},
    "guest": {"guest": True},
    "deactivated": {"active": False},
    "stranger": {"stranger": True},
    "bot": {"bot": True},
}
ROLES = {
    "requester": ADA,
    "owner": ALAN,
    "approver": GRACE,
    "admin": ROOT,
    "worker": OTTO,
    "colleague": BEN,
}

Check = Callable[[Case, str], bool]


def allowed(verb: Callable[..., object], *args: object, **kwargs: object) -> Check:
    """Whether a verb or a look takes this person."""

    def check(case: Case, person_id: str) -> bool:
        try:
            verb(Outcome(case), *(person_id if one is ... else one for one in args), **kwargs)
        except Refusal:
            return False
        return True

    return check


def _only_admins(case: Case, person_id: str) -> bool:
    try:
        permissions.only_admins(case, person_id)
    except NotAllowed:
        return False
    return True


def _stand_in_for(out: Outcome, person_id: str) -> None:
    today = out.now.date()
    delegations.set_delegate(out, GRACE if person_id != GRACE else ALAN, person_id, today, today)


OPEN: dict[str, tuple[Check, set[str], set[str]]] = {
    "configure": (_only_admins, {"admin"}, set()),
    "decide": (allowed(decide.may_decide, "AR-1", ...), {"approver", "owner"}, set()),
    "reassign": (
        lambda case, one: permissions.can_reassign(case, only(case, Request), one),
        {"approver", "owner", "admin"},
        set(),
    ),
    "reassign, by the verb": (
        allowed(lambda out, by: reassign.may_reassign(out.case, "AR-1", by), ...),
        {"approver", "owner", "admin"},
        set(),
    ),
    "see and comment": (
        lambda case, one: permissions.is_involved(case, only(case, Request), one),
        {"requester", "approver", "owner", "admin"},
        {"requester", "approver", "owner"},
    ),
    "stand in": (allowed(_stand_in_for, ...), set(ROLES), set()),
}
"""Of a request that waits: the check, the roles that pass it as members, and those that do as guests."""

ACTIVE: dict[str, tuple[Check, set[str], set[str]]] = {
    "revoke": (
        lambda case, one: permissions.can_manage(case, only(case, Grant), one),
        {"owner", "approver", "admin"},
        set(),
    ),
    "see and comment": (
        lambda case, one: permissions.is_involved(case, only(case, Request), one),
        {"requester", "approver", "owner", "worker", "admin"},
        {"requester", "approver", "owner"},
    ),
    "do the task": (lambda case, one: permissions.can_do(case, only(case, Task), one), {"worker"}, set()),
    "do the task, by the verb": (
        allowed(lambda out, by: tasks.may_complete(out.case, "TK-1", by), ...),
        {"worker"},
        set(),
    ),
}
"""The same, of an access that is held, with a task about it."""


def waiting() -> Case:
    """Ada requests GitHub; Grace and Alan, its owners, are asked; Root is the admin."""
    return _with_others(asked())


def active() -> Case:
    """Ada holds it, and Otto has something to do by hand."""
    case = _with_others(held())
    out = Outcome(case)
    grant = only(case, Grant)
    task = tasks.open_task(out, grant, Direction.TAKE)
    out.change(task, asked=[OTTO])
    return case


def _with_others(case: Case) -> Case:
    people = [new_row(Person, id=one, name=one, handle=one, active=True) for one in (BEN, OTTO)]
    play(directory.remember_people, case, people)
    return case


@pytest.mark.parametrize("standing", STANDINGS)
@pytest.mark.parametrize("role", ROLES)
def test_nobody_keeps_a_right_that_their_standing_takes(role: str, standing: str) -> None:
    wrong = {}
    for make, table in ((waiting, OPEN), (active, ACTIVE)):
        for name, (check, as_member, as_guest) in table.items():
            case, person_id = make(), ROLES[role]
            out = Outcome(case)
            out.change(case.get_one(Person, person_id), **STANDINGS[standing])
            expected = role in {"member": as_member, "guest": as_guest}.get(standing, set())
            if check(case, person_id) is not expected:
                wrong[name] = not expected
    assert wrong == {}


@pytest.mark.parametrize("standing", STANDINGS)
def test_a_grant_is_given_back_by_its_holder_and_nobody_else(standing: str) -> None:
    case = active()
    Outcome(case).change(case.get_one(Person, BEN), **STANDINGS[standing])
    assert permissions.can_use(case, only(case, Grant), ADA)
    assert not permissions.can_use(case, only(case, Grant), BEN)
