from datetime import timedelta

import pytest

from models import jobs
from models.clock import ManualClock
from models.errors import Closed, NotAllowed
from models.jobs import Job, JobState
from models.lifecycle import parked_jobs
from models.lifecycle.grant import give, revoke, tasks
from models.lifecycle.people import app_home
from models.lifecycle.request import cancel, decide, submit
from models.queries.home import Place
from models.queries.my_access import HeldGrant
from models.queries.my_requests import Status
from models.queries.paging import PAGE
from models.registry.by_reference import lock_grant
from models.store.base import Store
from models.store.outcome import Outcome
from models.tables.cards import Home, HomeTab
from models.tables.grants import Direction
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState
from tests.models.company import ADA, ALAN, GRACE, ROOT, found
from tests.models.home_reads import EIGHT_HOURS, MANY, access, ask, hold, look, requests, todo, waits
from tests.models.workflow_steps import statements
from tests.rows import all_of, clear, the

pytestmark = pytest.mark.both_engines


@pytest.fixture(autouse=True)
async def company(store: Store) -> None:
    await store.run(found, MANY)


async def test_my_access_shows_what_is_held_newest_first_and_then_what_was_requested_last(
    store: Store, clock: ManualClock
) -> None:
    refs = await store.run(hold, 1, 3)
    clock.advance(timedelta(hours=1))
    await store.write(lambda out: revoke.mark_ended(out, revoke.give_back(out, refs[1], ADA)))
    tab = await access(store)
    assert [held.grant.ref for held in tab.live] == [refs[2], refs[0]]
    assert [grant.ref for _, grant in tab.recent if grant] == [refs[1]]


async def test_the_last_three_closed_requests_can_be_made_again_whatever_came_of_them(
    store: Store, clock: ManualClock
) -> None:
    refs = await store.run(ask, 1, 6)
    for ref in refs[:4]:
        clock.advance(timedelta(minutes=1))
        await store.run(decide.reject, ref, GRACE)
    clock.advance(timedelta(minutes=1))
    await store.run(cancel.withdraw, refs[4], ADA)
    assert [request.ref for request, _ in (await access(store)).recent] == [refs[4], refs[3], refs[2]]
    await store.run(ask, 5, 5)
    (again,) = await store.run(ask, 3, 3)
    assert [request.ref for request, _ in (await access(store)).recent] == [refs[3], refs[1], refs[0]]
    clock.advance(timedelta(minutes=1))
    await store.run(decide.reject, again, GRACE)
    assert [request.ref for request, _ in (await access(store)).recent] == [again, refs[3], refs[1]]


async def test_my_access_says_who_works_by_hand_and_where_more_time_is_asked_for(store: Store) -> None:
    (ref,) = await store.run(hold, 1, 1)
    more = await store.run(submit.extend, ref, ADA, EIGHT_HOURS, "Not done yet")
    (request,) = await store.run(ask, 2, 2)
    grant = (await store.run(decide.approve, request, GRACE)).grant_id
    await store.write(lambda out: tasks.open_task(out, lock_grant(out.case, f"GR-{grant}"), Direction.GIVE))
    by_hand, active = (await access(store)).live
    assert by_hand.task_workers == (GRACE, ALAN)
    assert active.extension is not None
    assert active.extension.ref == more.ref


async def test_each_grant_stands_on_one_page(store: Store) -> None:
    refs = await store.run(hold, 1, 23)
    pages = [await access(store, page=page) for page in range(2)]
    assert [len(tab.live) for tab in pages] == [PAGE, 3]
    assert [held.grant.ref for tab in pages for held in tab.live] == refs[::-1]


async def test_my_requests_shows_the_open_ones_with_their_stage_and_then_the_history(
    store: Store, clock: ManualClock
) -> None:
    refs = await store.run(ask, 1, 25)
    for ref in refs[:3]:
        clock.advance(timedelta(minutes=1))
        await store.run(decide.reject, ref, GRACE)
    first, second = await requests(store), await requests(store, page=1)
    assert [request.ref for request, _ in (*first.pending, *second.pending)] == refs[3:][::-1]
    assert [request.ref for request in second.closed] == refs[:3][::-1]
    standing = first.pending[0][1]
    assert standing is not None
    assert (standing.stages, standing.stage.tally.waiting) == (1, (ALAN, GRACE))


async def test_what_is_held_or_asked_for_cannot_be_asked_for_again_until_it_is_over(store: Store) -> None:
    (held,) = await store.run(hold, 1, 1)
    (first, other) = await store.run(ask, 2, 3)
    await store.run(decide.reject, first, GRACE)
    await store.run(decide.reject, other, GRACE)
    await store.run(ask, 2, 2)
    tab = await requests(store)
    standing = {one.access_key: tab.unavailable.get(one.id, "free") for one in tab.closed}
    assert isinstance(standing["a01"], HeldGrant)
    assert standing["a01"].grant.ref == held
    assert (standing["a02"], standing["a03"]) == (None, "free")
    await store.write(lambda out: revoke.mark_ended(out, revoke.give_back(out, held, ADA)))
    assert "a01" not in {
        one.access_key for one in tab.closed if one.id in (await requests(store)).unavailable
    }
    assert "a01" in {request.access_key for request, _ in (await access(store)).recent}
    await store.run(ask, 1, 1)
    assert "a01" not in {request.access_key for request, _ in (await access(store)).recent}


async def test_my_requests_can_be_filtered_by_several_statuses_of_request_and_access(store: Store) -> None:
    refs = await store.run(ask, 1, 3)
    await store.run(decide.reject, refs[0], GRACE)
    await store.run(cancel.withdraw, refs[1], ADA)
    await store.run(hold, 4, 4)
    coming = (await store.run(ask, 5, 5))[0]
    await store.run(decide.approve, coming, GRACE)

    async def shown(*statuses: Status) -> list[str]:
        tab = await requests(store, statuses=statuses)
        rows = [*(row for row, _ in tab.pending), *tab.in_progress, *tab.closed]
        assert tab.pages.total == len(rows)
        return sorted(row.access_key for row in rows)

    assert await shown(RequestState.PENDING) == ["a03"]
    assert await shown(RequestState.REJECTED, RequestState.PENDING) == ["a01", "a03"]
    assert await shown(GrantState.ACTIVE) == ["a04"]
    assert await shown(GrantState.GRANTING, RequestState.WITHDRAWN) == ["a02", "a05"]
    assert await shown(RequestState.APPROVED) == ["a04", "a05"]
    assert await shown(RequestState.EXPIRED, GrantState.FAILED) == []
    assert len(await shown()) == 5


async def test_what_is_approved_and_not_there_yet_is_open_and_counts_on_the_tab(store: Store) -> None:
    pending, coming = await store.run(ask, 1, 2)
    grant = lock_grant_ref(await store.run(decide.approve, coming, GRACE))
    page = await look(store, ADA, HomeTab.REQUESTS)
    tab = await requests(store)
    assert page.counts.requests == 2
    assert ([row.ref for row, _ in tab.pending], [row.ref for row in tab.in_progress]) == (
        [pending],
        [coming],
    )
    assert tab.closed == ()
    await store.write(lambda out: give.mark_active(out, lock_grant(out.case, grant)))
    there = await requests(store)
    assert (there.in_progress, [row.ref for row in there.closed]) == ((), [coming])
    assert (await look(store, ADA, HomeTab.REQUESTS)).counts.requests == 1


def lock_grant_ref(request: Request) -> str:
    return f"GR-{request.grant_id}"


async def test_to_do_shows_what_waits_for_a_person_and_nothing_that_does_not(store: Store) -> None:
    refs = await store.run(ask, 1, 3)
    await store.run(decide.approve, refs[0], GRACE)
    graces, adas = await waits(store, GRACE), await waits(store, ADA)
    assert [row.request.ref for row in graces.to_do.to_decide] == [refs[1], refs[2]]
    assert [entry.request.ref for entry in graces.latest] == [refs[0]]
    assert graces.to_do.to_decide[0].progress.because(GRACE) != ""
    assert (adas.to_do.to_decide, adas.latest) == ((), ())


async def test_a_task_waits_for_those_who_are_asked_until_one_has_done_it(store: Store) -> None:
    (ref,) = await store.run(ask, 1, 1)
    grant = (await store.run(decide.approve, ref, GRACE)).grant_id
    task = await store.write(
        lambda out: tasks.open_task(out, lock_grant(out.case, f"GR-{grant}"), Direction.GIVE)
    )
    assert [(t.ref, g.id) for t, g in (await todo(store, ALAN)).tasks] == [(task.ref, grant)]
    assert (await todo(store, ROOT)).tasks == ()
    await store.run(tasks.complete_task, task.ref, ALAN)
    assert (await todo(store, ALAN)).tasks == ()


async def test_a_new_task_refreshes_the_home_of_those_whose_it_is(store: Store) -> None:
    await store.run(app_home.open_home, ALAN)
    (ref,) = await store.run(ask, 1, 1)
    grant = (await store.run(decide.approve, ref, GRACE)).grant_id
    await store.run(clear, Job)
    await store.write(lambda out: tasks.open_task(out, lock_grant(out.case, f"GR-{grant}"), Direction.GIVE))
    assert f"home:{ALAN}" in {job.key for job in await all_of(store, Job)}


async def fail_something(store: Store) -> str:
    """A grant that failed, and a job that was given up; returns the job's reference."""
    (ref,) = await store.run(ask, 1, 1)

    def go_wrong(out: Outcome) -> str:
        grant = lock_grant(out.case, f"GR-{decide.approve(out, ref, GRACE).grant_id}")
        give.mark_failed(out, grant, Direction.GIVE, "The plan does not allow it.")
        job = the(out.case, Job, key="card:77")
        out.change(job, state=JobState.PARKED, error="channel_not_found", attempts=jobs.ATTEMPTS)
        return f"JB-{job.id}"

    await store.run(Outcome.enqueue, "card", "card:77", card=77)
    return await store.write(go_wrong)


async def test_only_admins_see_what_failed_and_what_was_given_up(store: Store) -> None:
    await fail_something(store)
    roots, graces = await todo(store, ROOT), await todo(store, GRACE)
    assert [grant.error for grant in roots.failed] == ["The plan does not allow it."]
    assert [job.error for job in roots.parked] == ["channel_not_found"]
    assert (graces.failed, graces.parked) == ((), ())
    assert (await look(store, ROOT, HomeTab.ACCESS)).counts.waiting == 2


async def test_an_admin_lets_a_parked_job_run_again_once(store: Store) -> None:
    ref = await fail_something(store)
    with pytest.raises(NotAllowed, match="Ask Root"):
        await store.run(parked_jobs.run_parked_job, ref, GRACE)
    await store.run(parked_jobs.run_parked_job, ref, ROOT)
    (job,) = await all_of(store, Job, key="card:77")
    assert (job.state, job.attempts) == (JobState.READY, 0)
    with pytest.raises(Closed):
        await store.run(parked_jobs.run_parked_job, ref, ROOT)


async def test_the_counts_stand_beside_every_tab(store: Store) -> None:
    await store.write(lambda out: (hold(out, 1, 2), ask(out, 3, 5)))
    for tab in HomeTab:
        counts = (await look(store, ADA, tab)).counts
        assert (counts.accesses, counts.requests, counts.waiting) == (2, 3, 0)
        assert (await look(store, GRACE, tab)).counts.waiting == 3


async def test_what_a_person_looks_at_is_kept(store: Store) -> None:
    await store.run(app_home.open_home, ADA)
    await store.run(app_home.show_page, ADA, 3)
    await store.run(app_home.show_tab, ADA, HomeTab.REQUESTS)
    statuses = (RequestState.REJECTED, GrantState.ACTIVE)
    await store.run(app_home.filter_requests, ADA, statuses)
    await store.run(app_home.show_page, ADA, 1)
    await store.run(app_home.open_home, ADA)
    home = await store.read(lambda case: case.get(Home, ADA))
    assert Place.of(home) == Place(HomeTab.REQUESTS, 1, statuses)
    every = (*RequestState, *GrantState)
    await store.run(app_home.filter_requests, ADA, every)
    assert Place.of(await store.read(lambda case: case.get(Home, ADA))).statuses == every


@pytest.mark.parametrize("tab", HomeTab)
async def test_a_page_costs_the_same_however_much_there_is(store: Store, tab: HomeTab) -> None:
    await store.write(lambda out: (hold(out, 1, 1), ask(out, 2, 2)))
    with statements() as few:
        await look(store, ADA, tab)
    await store.write(lambda out: (hold(out, 3, 8), ask(out, 9, 14)))
    with statements() as many:
        await look(store, ADA, tab)
    assert len(many) == len(few) <= 30


async def test_a_home_that_two_processes_published_is_published_once_more(store: Store) -> None:
    await store.run(app_home.open_home, ADA)
    (work,) = await store.write(lambda out: jobs.claim(out.sql, out.now, 1))
    await store.run(app_home.save_published, ADA, "what was true before")
    await store.run(Outcome.finish, work)
    await store.run(app_home.publish_again, work)
    assert [job.key for job in await all_of(store, Job)] == [f"home:{ADA}"]
    assert (await all_of(store, Home))[0].digest == ""
