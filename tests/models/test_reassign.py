"""Passing a decision on: who may, and what stays as it was."""

from collections.abc import Sequence

import pytest

from models.catalogue.spec import AppSpec
from models.errors import AlreadyDecided, Closed, Invalid, NotAllowed, NotAnApprover, OwnRequest, Refusal
from models.lifecycle.people import update_people
from models.lifecycle.request import decide, reassign
from models.queries.stories import request_story
from models.registry import directory
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import Card
from models.tables.people import Person
from models.tables.requests import Term
from tests.models.company import ADA, ALAN, GITHUB, GRACE, ROOT, found
from tests.models.workflow_steps import actions, ask, request, waits_for
from tests.rows import all_of, new_row

pytestmark = pytest.mark.both_engines

OTTO, MIA, GUS, BO = "UOTTO", "UMIA", "UGUS", "UBO"
WEEK = Term.from_json({"length": 7 * 86400, "start": None, "end": None})


@pytest.fixture
async def office(store: Store) -> Store:
    """Mia and Otto decide, both; Grace and Alan own, Root is the admin, Gus a guest, Bo nobody in it."""
    await store.run(_people, "anyone")
    return store


def _people(
    out: Outcome,
    to: str,
    rule: str | int = "all",
    quiet: Sequence[str] = (),
    first: Sequence[str] = (),
) -> None:
    stages = [{"name": "Lead", "approvers": [MIA, OTTO], "quiet": list(quiet), "rule": rule}]
    if first:
        stages.insert(0, {"name": "First", "approvers": list(first)})
    found(out, AppSpec.model_validate(GITHUB.stored() | {"stage": stages, "reassign": to}))
    names = {OTTO: "Otto", MIA: "Mia", GUS: "Gus", BO: "Bo"}
    directory.remember_people(
        out,
        [
            new_row(
                Person, id=one, name=name, handle=name, email=f"{name}@x.com", guest=one == GUS, active=True
            )
            for one, name in names.items()
        ],
    )


@pytest.mark.parametrize(
    ("who", "refused"),
    [
        (MIA, None),
        (GRACE, None),
        (ROOT, None),
        (OTTO, Invalid),  # asked too, but Mia's decision is not his to pass on
        (BO, NotAnApprover),
        (GUS, NotAnApprover),
        (ADA, OwnRequest),
    ],
)
async def test_who_may_pass_on_what_mia_has_to_decide(
    office: Store, who: str, refused: type[Refusal] | None
) -> None:
    ref = await ask(office, WEEK)
    if refused is not None:
        with pytest.raises(refused):
            await office.run(reassign.reassign, ref, who, BO, seat=MIA)
        assert await waits_for(office, ref) == {MIA, OTTO}
        return
    await office.run(reassign.reassign, ref, who, BO, seat=MIA)
    assert await waits_for(office, ref) == {BO, OTTO}
    assert "stage.reassigned" in await actions(office, ref)
    with pytest.raises(NotAnApprover):
        await office.run(decide.approve, ref, MIA)


async def test_all_and_numbers_stay_what_they_were(office: Store) -> None:
    ref = await ask(office, WEEK)
    await office.run(reassign.reassign, ref, MIA, BO, seat=MIA)
    await office.run(reassign.reassign, ref, BO, ALAN, seat=BO)
    await office.run(decide.approve, ref, OTTO)
    assert (await request(office, ref)).state == "pending"
    await office.run(decide.approve, ref, ALAN)
    assert (await request(office, ref)).state == "approved"


async def test_it_can_come_back_and_who_has_decided_gets_nothing(office: Store) -> None:
    ref = await ask(office, WEEK)
    await office.run(decide.approve, ref, OTTO)
    with pytest.raises(Invalid, match="Otto has already decided"):
        await office.run(reassign.reassign, ref, MIA, OTTO, seat=MIA)
    await office.run(reassign.reassign, ref, MIA, BO, seat=MIA)
    await office.run(reassign.reassign, ref, BO, MIA, seat=BO)
    assert await waits_for(office, ref) == {MIA}


async def test_who_may_decide_but_was_not_asked_is_asked_when_it_is_passed_to_them(store: Store) -> None:
    await store.run(_people, "eligible", rule="any", quiet=[BO])
    ref = await ask(store, WEEK)
    assert await waits_for(store, ref) == {MIA, OTTO}
    with pytest.raises(Invalid, match="Otto is already asked"):
        await store.run(reassign.reassign, ref, MIA, OTTO, seat=MIA)
    await store.run(reassign.reassign, ref, MIA, BO, seat=MIA, note="You know it better")
    assert await waits_for(store, ref) == {BO, OTTO}
    story = await store.read(lambda case: request_story(case, ref))
    assert story.because(BO) == "reassigned by Mia: You know it better"
    assert await all_of(store, Card, about=ref, person_id=BO)


async def test_where_nobody_is_left_an_admin_names_somebody(store: Store) -> None:
    await store.run(_people, "anyone", rule="any", first=[ROOT])
    ref = await ask(store, WEEK)
    await store.run(decide.approve, ref, ROOT)  # one person counts in one stage only
    for person in (MIA, OTTO, GRACE, ALAN):
        await store.run(_as_guest, person)
    assert await waits_for(store, ref) == set()
    await store.run(reassign.reassign, ref, ROOT, BO, seat="")
    await store.run(decide.approve, ref, BO)
    assert (await request(store, ref)).state == "approved"


async def test_an_admin_who_became_a_guest_names_nobody(store: Store) -> None:
    await store.run(_people, "anyone", rule="any")
    ref = await ask(store, WEEK)
    await store.run(_as_guest, ROOT)
    with pytest.raises(NotAnApprover):
        await store.run(reassign.reassign, ref, ROOT, BO, seat=MIA)


def _as_guest(out: Outcome, person_id: str) -> None:
    known = out.case.get_one(Person, person_id)
    changed = new_row(
        Person, id=known.id, name=known.name, handle="x", email=known.email, guest=True, active=True
    )
    update_people.save_people(out, [changed])


async def test_what_is_closed_or_switched_off_is_not_passed_on(store: Store) -> None:
    await store.run(_people, "nobody")
    ref = await ask(store, WEEK)
    with pytest.raises(NotAllowed, match="doesn't allow approvers to reassign"):
        await store.run(reassign.reassign, ref, MIA, BO, seat=MIA)
    await store.run(decide.reject, ref, OTTO)
    with pytest.raises(Closed):
        await store.run(reassign.reassign, ref, MIA, BO, seat=MIA)
    with pytest.raises((AlreadyDecided, Closed)):
        await store.run(decide.approve, ref, OTTO)
