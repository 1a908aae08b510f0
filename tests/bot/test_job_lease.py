"""What a process holds no longer it does not go on with, however it came to sleep."""

import asyncio

import pytest

from bot.worker.claim import JobLease
from models.jobs import Work

WORK = Work(1, "task", "a", {}, 1, "token")


def now() -> float:
    return asyncio.get_running_loop().time()


async def wait(lease: JobLease, seconds: float, begun: asyncio.Event) -> None:
    """A run that would never end by itself."""
    async with lease.time_limit(seconds):
        begun.set()
        await asyncio.Event().wait()


async def test_a_run_ends_with_its_lease() -> None:
    lease = JobLease(WORK, now() + 0.01)
    with pytest.raises(TimeoutError):
        await wait(lease, 60, asyncio.Event())
    assert lease.expired


async def test_a_run_ends_with_its_time_limit_though_it_is_held_for_longer() -> None:
    lease = JobLease(WORK, now() + 60)
    with pytest.raises(TimeoutError):
        await wait(lease, 0.01, asyncio.Event())
    assert not lease.expired


async def test_a_run_goes_on_while_it_is_renewed_and_is_let_go_once_another_has_the_job() -> None:
    lease, begun = JobLease(WORK, now() + 0.05), asyncio.Event()
    run = asyncio.create_task(wait(lease, 60, begun))
    await begun.wait()
    lease.renew(now() + 60)
    done, _ = await asyncio.wait({run}, timeout=0.1)
    assert not done
    lease.renew(now())
    with pytest.raises(TimeoutError):
        await run


async def test_who_wakes_past_the_lease_sends_nothing_more_though_the_answer_lies_there() -> None:
    lease, answer, sent = JobLease(WORK, now()), asyncio.Event(), list[str]()

    async def run() -> None:
        async with lease.time_limit(60):
            asyncio.get_running_loop().call_soon(answer.set)
            await answer.wait()
            sent.append("more")

    with pytest.raises(TimeoutError):
        await run()
    assert sent == []


async def test_why_a_run_was_ended_is_known_though_it_is_held_again_by_then() -> None:
    lease = JobLease(WORK, now() + 0.01)

    async def run() -> None:
        async with lease.time_limit(60):
            try:
                await asyncio.Event().wait()
            finally:
                lease.renew(now() + 60)

    with pytest.raises(TimeoutError):
        await run()
    assert lease.expired
