from datetime import timedelta

import pytest

from models import audit
from models.catalogue.spec import AppSpec
from models.clock import ManualClock
from models.errors import NotAllowed
from models.jobs import Job
from models.lifecycle.grant import give
from models.lifecycle.people import update_people
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.registry import directory
from models.registry.permissions import request_seen_by
from models.store.base import Store
from models.tables.grants import Cause, Grant
from models.tables.people import Person, UserGroup
from models.tables.requests import Asked, Term
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GRACE, NAMES, ROOT, found
from tests.models.workflow_steps import request
from tests.rows import all_of, clear, count_of, edit, new_row, row_of

pytestmark = pytest.mark.both_engines

EIGHT_HOURS = Term(length=timedelta(hours=8))


def app(*approvers: str, rule: str | int = "any") -> AppSpec:
    return AppSpec.model_validate(
        {
            "key": "github",
            "name": "GitHub",
            "owners": [ROOT],
            "access": [{"key": "engineering", "name": "Engineering team"}],
            "stage": [{"name": "Check", "approvers": list(approvers), "rule": rule}],
        }
    )


def person(person_id: str, **changes: object) -> Person:
    """What Slack says of them now."""
    name = NAMES[person_id]
    usual = {"name": name, "handle": name.lower(), "email": f"{name.lower()}@example.com"}
    return new_row(Person, id=person_id, **usual | changes)


def group(*members: str, enabled: bool = True) -> UserGroup:
    return new_row(
        UserGroup, id="S0ONC", handle="oncall", name="On call", enabled=enabled, members=list(members)
    )


async def asked(store: Store, *approvers: str, rule: str | int = "any") -> str:
    """Ada asks for GitHub, which these approvers decide on."""
    await store.run(found, app(*approvers, rule=rule))
    await store.run(directory.remember_group, group(GRACE))
    draft = Draft(ADA, ADA, "github", ("engineering",), EIGHT_HOURS, "INC-42")
    return (await store.run(submit.submit, draft))[0].ref


async def people_asked(store: Store, ref: str) -> set[str]:
    rows = await all_of(store, Asked, request_id=int(ref[3:]))
    return {row.person_id for row in rows}


async def leaves(store: Store, person_id: str) -> None:
    await store.run(update_people.save_people, [person(person_id, active=False)])


async def test_whoever_leaves_loses_what_they_asked_for_and_what_they_held(store: Store) -> None:
    ref = await asked(store, GRACE)
    grant = (await store.run(decide.approve, ref, GRACE)).grant_id
    await store.write(lambda out: give.mark_active(out, out.case.get_one(Grant, grant)))
    await leaves(store, ADA)
    row = await row_of(store, Grant, grant)
    assert (row.state, row.cause) == (GrantState.REVOKING, Cause.OFFBOARDING)
    assert (await store.read(audit.verify)).intact


async def test_a_pending_request_of_somebody_who_leaves_is_cancelled_once(store: Store) -> None:
    ref = await asked(store, GRACE)
    await leaves(store, ADA)
    before = await count_of(store, audit.AuditEntry)
    await leaves(store, ADA)
    row = await request(store, ref)
    assert (row.state, row.closing_note) == (RequestState.CANCELLED, "The person has left.")
    assert await count_of(store, audit.AuditEntry) == before


@pytest.mark.parametrize("change", [{"active": False}, {"guest": True}])
async def test_when_the_only_approver_may_not_decide_any_more_the_owners_are_asked_instead(
    store: Store, change: dict[str, bool]
) -> None:
    ref = await asked(store, GRACE)
    await store.run(update_people.save_people, [person(GRACE, **change)])
    assert await people_asked(store, ref) == {ROOT}


async def test_a_request_that_only_waited_for_somebody_who_left_goes_on(store: Store) -> None:
    ref = await asked(store, GRACE, ALAN, rule="all")
    await store.run(decide.approve, ref, GRACE)
    assert (await request(store, ref)).state is RequestState.PENDING
    await leaves(store, ALAN)
    row = await request(store, ref)
    assert (row.state, row.closed_by) == (RequestState.APPROVED, "keyturn")


async def test_a_new_member_of_a_group_is_asked_and_the_group_may_be_named_by_its_handle(
    store: Store,
) -> None:
    ref = await asked(store, "@oncall")
    assert await people_asked(store, ref) == {GRACE}
    await store.run(update_people.save_group, group(GRACE, ALAN))
    assert await people_asked(store, ref) == {GRACE, ALAN}


async def test_when_a_group_is_switched_off_the_owners_are_asked_instead(store: Store) -> None:
    ref = await asked(store, "S0ONC")
    await store.run(update_people.save_group, group(GRACE, enabled=False))
    assert await people_asked(store, ref) == {ROOT}


async def test_a_group_that_has_not_changed_asks_nobody_again(store: Store) -> None:
    await asked(store, "@oncall")
    await store.run(clear, Job)
    await store.run(update_people.save_group, group(GRACE))
    assert await count_of(store, Job) == 0


async def test_what_a_profile_says_survives_word_of_the_person(store: Store) -> None:
    await asked(store, GRACE)
    await store.run(directory.remember_profile, ADA, manager_id=GRACE, department="Engineering")
    await store.run(update_people.save_people, [person(ADA)])
    row = await row_of(store, Person, ADA)
    assert (row.manager_id, row.department) == (GRACE, "Engineering")


async def test_a_hint_that_somebody_left_is_looked_up_before_it_counts(store: Store) -> None:
    ref = await asked(store, GRACE)
    await store.run(update_people.keep_person, person(ADA, active=False))
    row = await row_of(store, Person, ADA)
    assert row.active
    assert (await request(store, ref)).state is RequestState.PENDING
    assert await count_of(store, Job, key=f"person:{ADA}") == 1


async def test_a_new_name_is_taken_as_it_comes_and_the_same_again_is_no_news(
    store: Store, clock: ManualClock
) -> None:
    await asked(store, GRACE)
    told = person(ADA, name="Ada Lovelace")
    assert await store.read(lambda case: update_people.is_new(case, told))
    await store.run(update_people.keep_person, told)
    again = person(ADA, name="Ada Lovelace")
    assert not await store.read(lambda case: update_people.is_new(case, again))
    assert (await row_of(store, Person, ADA)).checked_at == clock.now()


async def test_an_owner_who_has_left_sees_no_request_any_more(store: Store) -> None:
    await store.run(found, AppSpec.model_validate(app(GRACE).stored() | {"owners": [ALAN]}))
    draft = Draft(ADA, ADA, "github", ("engineering",), EIGHT_HOURS, "INC-42")
    ref = (await store.run(submit.submit, draft))[0].ref
    assert (await store.read(lambda case: request_seen_by(case, ref, ALAN))).ref == ref
    await store.run(edit, Person, ALAN, active=False)
    with pytest.raises(NotAllowed):
        await store.read(lambda case: request_seen_by(case, ref, ALAN))
