"""What the catalogue's directory table says of people, and that guests and contractors always have an end."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from models import audit
from models.catalogue.spec import ExampleSpec, When
from models.catalogue.spec.people import PersonSpec
from models.clock import ManualClock
from models.errors import Invalid
from models.lifecycle.grant import end_dates
from models.lifecycle.people import update_people
from models.lifecycle.request import decide
from models.policy import Company, PersonFacts
from models.policy.conditions import applies
from models.policy.examples import run_example
from models.registry import catalogue_entries, directory
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import Card, CardKind
from models.tables.grants import Grant
from models.tables.people import Person
from models.tables.requests import Term
from models.tables.states import GrantState
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.policy_questions import ANA
from tests.models.policy_questions import ask as question
from tests.models.specs import app
from tests.models.workflow_steps import ask, grant_of, hold, settle
from tests.rows import all_of, new_row, row_of

pytestmark = pytest.mark.both_engines

FOREVER = Term()
ENDLESS = GITHUB.model_copy(update={"indefinite": True, "guests": True})


async def listed(store: Store, entries: Mapping[str, Mapping[str, object]] | None = None) -> None:
    """Put these entries into the table, each by id."""

    def put(out: Outcome) -> None:
        specs = tuple(
            PersonSpec.model_validate({"person": who, **said}) for who, said in (entries or {}).items()
        )
        catalogue_entries.replace_entries(out, {"person": specs}, "operator")
        end_dates.limit_contractors(out)

    await store.write(put)


async def facts(store: Store, person_id: str) -> PersonFacts:
    person = await store.read(lambda case: directory.Directory(case).person(person_id))
    assert person is not None
    return person


async def told(store: Store, ref: str) -> set[str]:
    """Who has a card that the grant has an end now."""
    rows = await all_of(store, Card, kind=CardKind.LIMITED, subject=ref)
    return {row.person_id for row in rows}


def ada_now(**changes: bool) -> Person:
    """Ada, as Slack says of her now."""
    return new_row(Person,
        id=ADA, name="Ada", handle="ada", email="ada@example.com", title="Engineer", department="",
        timezone="UTC", manager_id=None, guest=changes.get("guest", False),
        stranger=False, bot=False, active=True,
    )  # fmt: skip


async def test_the_table_fills_what_slack_leaves_empty_and_wins_where_both_say_something(
    store: Store,
) -> None:
    await store.write(found)
    await store.run(update_people.save_people, [ada_now()])
    await store.run(directory.remember_profile, ADA, manager_id=ALAN, department="Engineering")
    await listed(store, {ADA: {"manager": "Grace@example.com", "title": "Agent"}})
    ada = await facts(store, ADA)
    assert (ada.manager_id, ada.department, ada.title) == (GRACE, "Engineering", "Agent")
    await listed(store)
    ada = await facts(store, ADA)
    assert (ada.manager_id, ada.department, ada.title) == (ALAN, "Engineering", "Engineer")


async def test_an_entry_by_address_counts_as_one_by_id_does(store: Store) -> None:
    await store.write(found)
    await listed(store, {"ADA@example.com": {"contractor": True, "title": "Agent"}, ADA: {"title": "Lead"}})
    ada = await facts(store, ADA)
    assert (ada.temporary, ada.title) == ("a contractor", "Lead")


async def test_a_manager_whom_nobody_knows_is_none_rather_than_another(store: Store) -> None:
    await store.write(found)
    await store.run(directory.remember_profile, ADA, manager_id=ALAN, department="")
    await listed(store, {ADA: {"manager": "gone@example.com"}})
    assert (await facts(store, ADA)).manager_id is None


async def test_a_contractor_cannot_ask_for_access_without_an_end(store: Store) -> None:
    await store.run(found, ENDLESS)
    await listed(store, {ADA: {"contractor": True}})
    with pytest.raises(Invalid, match="Guests and contractors need an end date"):
        await ask(store, FOREVER)


async def test_who_became_a_contractor_while_it_waited_is_not_approved_without_an_end(store: Store) -> None:
    await store.run(found, ENDLESS)
    ref = await ask(store, FOREVER)
    await listed(store, {ADA: {"contractor": True}})
    with pytest.raises(Invalid, match="Ada is now a contractor and needs an end"):
        await store.run(decide.approve, ref, GRACE)


async def test_nothing_without_an_end_is_given_to_who_became_a_contractor(store: Store) -> None:
    await store.run(found, ENDLESS)
    ref = await ask(store, FOREVER)
    await store.run(decide.approve, ref, GRACE)
    await listed(store, {ADA: {"contractor": True}})
    assert await settle(store) == []
    grant = await grant_of(store, ref)
    assert (grant.state, grant.error) == (
        GrantState.FAILED,
        "Ada is now a contractor, and needs an end date for access.",
    )


async def test_who_becomes_a_contractor_gets_an_end_to_what_they_hold_and_everybody_hears(
    store: Store, clock: ManualClock
) -> None:
    await store.run(found, ENDLESS)
    ref = await hold(store, FOREVER)
    await listed(store, {ADA: {"contractor": True}})
    grant = await row_of(store, Grant, int(ref[3:]))
    assert grant.ends_at == grant.due_at == clock.now() + timedelta(days=30)
    assert grant.notice_at == clock.now() + timedelta(days=29)
    assert await told(store, ref) == {ADA, GRACE, ALAN}
    (entry,) = [
        one
        for one in await store.read(lambda case: audit.entries_about(case, [ref]))
        if "limited" in one.action
    ]
    assert (entry.data["because"], entry.data["before"]) == ("a contractor", {"end": None})
    clock.advance(timedelta(days=1))
    await listed(store, {ADA: {"contractor": True, "title": "Agent"}})
    again = await row_of(store, Grant, int(ref[3:]))
    assert again.ends_at == grant.ends_at


@pytest.mark.parametrize(("longest", "days"), [("7d", 7), (None, 30)])
async def test_who_becomes_a_guest_keeps_what_they_hold_for_as_long_as_the_app_allows(
    store: Store, clock: ManualClock, longest: str | None, days: int
) -> None:
    spec = app(owners=[], indefinite=True, guests=True, max_duration=longest, durations=["1h"])
    await store.run(found, spec.model_copy(update={"owners": (GRACE,)}))
    ref = await hold(store, FOREVER)
    await store.run(update_people.save_people, [ada_now()])
    assert (await row_of(store, Grant, int(ref[3:]))).ends_at is None
    await store.run(update_people.save_people, [ada_now(guest=True)])
    grant = await row_of(store, Grant, int(ref[3:]))
    assert grant.ends_at == clock.now() + timedelta(days=days)
    assert await told(store, ref) == {ADA, GRACE}


async def test_where_an_app_has_no_owner_the_admins_hear_of_the_end(store: Store) -> None:
    spec = ENDLESS.model_copy(update={"owners": ()})
    await store.run(found, spec)
    ref = await ask(store, FOREVER)
    await store.run(decide.approve, ref, ROOT)
    await settle(store)
    await listed(store, {ADA: {"contractor": True}})
    assert await told(store, (await grant_of(store, ref)).ref) == {ADA, ROOT}


def test_a_condition_on_contractors_says_why_it_holds() -> None:
    cy = PersonFacts("U0CY", "Cy", contractor=True)
    who = Company([cy, ANA])
    held = applies(When(contractor=True), question(cy), who)
    assert held is not None
    assert held.text == "Required because Cy is a contractor."
    assert applies(When(contractor=True), question(ANA), who) is None
    assert applies(When(guest=True), question(cy), who) is None
    assert applies(When(contractor=False), question(ANA), who) is not None


def test_an_example_can_be_about_a_contractor() -> None:
    asking = {"who": {"contractor": True}, "access": "engineering", "duration": "forever"}
    example = ExampleSpec.model_validate(asking | {"expect": "deny"})
    assert str(example) == "A contractor requests engineering without an end: denied"
    assert run_example(app(indefinite=True), example, Company([])) == ""
    assert "Guests and contractors" in run_example(
        app(indefinite=True), ExampleSpec.model_validate(asking | {"expect": "ask"}), Company([])
    )
