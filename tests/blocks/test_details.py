from datetime import timedelta

import pytest
from hypothesis import given

from blocks.details import PAGE, DetailsAction, details, parse_page
from blocks.kit import View
from blocks.timeline import SENTENCES
from models.audit import TrailEntry
from models.clock import ManualClock
from models.lifecycle.grant import give, revoke, tasks
from models.lifecycle.people import update_people
from models.lifecycle.request import cancel, comment, decide, submit
from models.lifecycle.request.plan import Draft
from models.queries.stories import RequestStory, request_story, timeline
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.grants import Cause, Direction, Grant
from models.tables.people import Person
from models.tables.requests import Request, Term
from tests.blocks.slack_validation import buttons_of, check_view, words_of
from tests.blocks.stories import ADA, ALAN, GRACE, NOON, ROOT, decision, stage, story
from tests.blocks.test_cards import HOSTILE, hostile_stories
from tests.models.company import ADA as ASKING
from tests.models.company import ALAN as OTHER_OWNER
from tests.models.company import GITHUB, found
from tests.models.company import GRACE as OWNER
from tests.models.company import ROOT as ADMIN
from tests.models.workflow_steps import sweep


def entry(number: int, action: str = "comment", **data: object) -> TrailEntry:
    return TrailEntry(
        seq=number,
        at=NOON + timedelta(minutes=number),
        actor=ADA,
        action=action,
        subject="AR-12",
        app="",
        person="",
        data=data,
        previous="",
        hash="",
    )


def checked(view: View) -> str:
    check_view(view)
    return words_of(view["blocks"])


def test_details_say_what_changes_who_decides_and_how_many_are_needed() -> None:
    waits = stage(0, "2", [GRACE, ALAN, ROOT], decision(GRACE, comment="Fine"))
    said = checked(details(story(waits), []))
    assert "<@UADA> requests *GitHub · Engineering team*" in said
    assert "2 approvals needed" in said
    assert "✓ <@UGRACE> approved: “Fine”" in said
    assert "1 of 2 approvals, waiting for <@UALAN> or <@UROOT>" in said
    assert "Asked: <@UROOT> (owner of GitHub)" in said
    assert "by hand" in said


def test_a_long_timeline_is_turned_page_by_page() -> None:
    entries = [entry(number, text=f"word {number}.") for number in range(PAGE * 2 + 1)]
    first, last = details(story(), entries), details(story(), entries, 2)
    assert "word 0." in checked(first)
    assert f"word {PAGE}." not in words_of(first["blocks"])
    assert "Page 1 of 3" in words_of(first["blocks"])
    assert buttons_of(first["blocks"]) == ["Comment", "Later"]
    assert f"word {PAGE * 2}." in checked(last)
    assert buttons_of(last["blocks"]) == ["Comment", "Earlier"]
    assert buttons_of(details(story(), entries, 1)["blocks"]) == ["Comment", "Earlier", "Later"]


def test_a_page_beyond_the_end_shows_the_last() -> None:
    entries = [entry(number, text=f"word {number}.") for number in range(PAGE + 1)]
    assert f"word {PAGE}." in checked(details(story(), entries, 10**6))


@pytest.mark.parametrize(
    ("value", "page"),
    [("AR-12", 0), ("AR-12/3", 3), ("AR-12/x", 0), ("AR-12/-1", 0), ("AR-12/" + "9" * 50, 0)],
)
def test_a_turned_page_is_read_from_its_button(value: str, page: int) -> None:
    assert parse_page(value) == ("AR-12", page)


def test_a_page_button_names_the_request_and_the_page() -> None:
    entries = [entry(number, text="x") for number in range(PAGE * 3)]
    row = details(story(), entries, 1)["blocks"][-1]
    assert [(one["action_id"], one["value"]) for one in row["elements"]] == [
        (DetailsAction.EARLIER, "AR-12/0"),
        (DetailsAction.LATER, "AR-12/2"),
    ]


@given(hostile_stories(), HOSTILE)
def test_slack_takes_the_details_whatever_people_wrote(about: RequestStory, word: str) -> None:
    words = [entry(number, text=word[:2000]) for number in range(PAGE)]
    check_view(details(about, [*words, entry(PAGE, "future.step", text=word)], 0))
    check_view(details(about, [entry(1, word[:48])], 0))


async def _story(store: Store, ref: str) -> tuple[RequestStory, list[TrailEntry]]:
    def read(case: Case) -> tuple[RequestStory, list[TrailEntry]]:
        about = request_story(case, ref)
        return about, timeline(case, about)

    return await store.read(read)


async def test_every_step_of_a_life_is_told_as_a_sentence(store: Store, clock: ManualClock) -> None:
    def live(out: Outcome) -> str:
        draft = Draft(ASKING, ASKING, "github", ("engineering",), Term(length=timedelta(hours=8)), "INC-42")
        (request,) = submit.submit(out, draft)
        comment.comment(out, request.ref, OWNER, "What for?")
        decide.approve(out, request.ref, OWNER, comment="Fine", term=Term(length=timedelta(hours=4)))
        return request.ref

    def by_hand(out: Outcome, ref: str, direction: Direction) -> None:
        grant = out.case.get_one(Grant, out.case.get_one(Request, int(ref[3:])).grant_id)
        tasks.complete_task(out, tasks.open_task(out, grant, direction).ref, OTHER_OWNER)

    await store.write(found)
    ref = await store.write(live)
    await store.run(by_hand, ref, Direction.GIVE)
    clock.advance(timedelta(hours=3, minutes=30))
    await sweep(store)
    more = await store.run(submit.extend, "GR-1", ASKING, Term(length=timedelta(hours=1)), "Busy")
    await store.run(decide.approve, more.ref, OWNER)
    await store.run(revoke.give_back, "GR-1", ASKING)
    await store.run(by_hand, ref, Direction.TAKE)
    about, entries = await _story(store, ref)
    assert {one.action for one in entries} <= set(SENTENCES)
    said = checked(details(about, entries))
    for words in (
        "<@UADA> requested it (8 hours): “INC-42”",
        "Stage “Owner” opened: waiting for <@UALAN> or <@UGRACE>",
        "<@UGRACE> commented: “What for?”",
        "<@UGRACE> changed the duration: 8 hours → 4 hours",
        "<@UGRACE> approved with 4 hours in “Owner”: “Fine”",
        "*Approved* by <@UGRACE>",
        "Keyturn started to set it up for AR-1",
        "Task for <@UGRACE> or <@UALAN>: assign it by hand",
        "<@UALAN> assigned it by hand",
        "*Active* by <@UALAN>",
        "Keyturn notified the holder that access ends within 1 hour",
        "Extended by AR-2",
        "*Revoking* by <@UADA>",
        "*Revoked* by <@UALAN>",
    ):
        assert words in said, words


def _submit(out: Outcome) -> str:
    draft = Draft(ASKING, ASKING, "github", ("engineering",), Term(length=timedelta(hours=8)), "INC-42")
    return submit.submit(out, draft)[0].ref


async def test_other_endings_are_told_as_sentences_too(store: Store, clock: ManualClock) -> None:
    await store.write(found)

    def refuse(out: Outcome) -> None:
        grant = out.case.get_one(Grant, 1)
        tasks.refuse_task(out, tasks.open_task(out, grant, Direction.GIVE).ref, OWNER, "No licence")
        grant = give.retry(out, out.case.get_one(Grant, 1), ADMIN)
        tasks.open_task(out, grant, Direction.GIVE)
        revoke.revoke_grant(out, grant, ADMIN, Cause.ADMIN)

    approved = await store.write(_submit)
    clock.advance(timedelta(hours=25))
    await sweep(store)
    await store.run(decide.approve, approved, OWNER)
    await store.write(refuse)
    withdrawn = await store.write(_submit)
    await store.run(cancel.withdraw, withdrawn, ASKING)
    said = ""
    for ref in (approved, withdrawn):
        about, entries = await _story(store, ref)
        assert {one.action for one in entries} <= set(SENTENCES)
        said += checked(details(about, entries))
    for words in (
        "Keyturn reminded <@UGRACE> and <@UALAN>",
        "<@UGRACE> couldn't assign it: “No licence”",
        "*Failed* by",
        "Nothing left to do by hand",
        "*Withdrawn* by <@UADA>",
    ):
        assert words in said, words


async def test_what_people_leaving_and_clocks_do_is_told_as_sentences_too(
    store: Store, clock: ManualClock
) -> None:
    def found_with_grace(out: Outcome) -> None:
        found(out, GITHUB.model_copy(update={"grace": timedelta(hours=4)}))

    def all_leave(out: Outcome) -> None:
        out.change(out.case.get_one(Person, OWNER), active=False)
        update_people.offboard(out, OWNER)
        out.change(out.case.get_one(Person, OTHER_OWNER), active=False)
        out.change(out.case.get_one(Person, ADMIN), active=False)
        update_people.offboard(out, OTHER_OWNER)

    def one_comes_back(out: Outcome) -> None:
        out.change(out.case.get_one(Person, OWNER), active=True)
        update_people.recheck_approver(out, OWNER)

    def approve(out: Outcome) -> None:
        request = decide.approve(out, ref, OWNER)
        give.mark_active(out, out.case.get_one(Grant, request.grant_id))

    await store.write(found_with_grace)
    ref = await store.write(_submit)
    for work in (all_leave, one_comes_back, approve):
        await store.write(work)
    clock.advance(-timedelta(hours=1))
    await sweep(store)
    await store.run(submit.extend, "GR-1", ASKING, Term(length=timedelta(hours=1)), "Busy")
    clock.advance(timedelta(hours=8))
    await sweep(store)
    about, entries = await _story(store, ref)
    assert {one.action for one in entries} <= set(SENTENCES)
    said = checked(details(about, entries))
    for words in (
        "Approvers of stage “Owner” changed: <@UGRACE> no longer asked",
        "Admins notified: “Nobody can decide stage “Owner” of GitHub",
        "<@UALAN> no longer asked",
        "Approvers of stage “Owner” changed: <@UGRACE> asked",
        "The clock was set back, so the end moved",
        "Access continues until",
    ):
        assert words in said, words
