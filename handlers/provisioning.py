"""Provisioning that waits for a person: manual tasks, failed access, dead jobs, paused mass revocations."""

from collections.abc import Callable
from typing import Any

from blocks.cards import CardAction
from blocks.forms import task as task_form
from blocks.forms.task import TaskForm
from blocks.home import HomeAction
from blocks.kit import View
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.routes import on_click, on_submit
from models.lifecycle import mass_revocation, parked_jobs
from models.lifecycle.grant import revoke, tasks
from models.queries.stories import TaskStory, task_story
from models.store.outcome import Outcome

TASK_FIELDS = {"comment": task_form.NOTE}


@on_click(CardAction.TASK_DONE)
async def open_done_form(click: Click) -> None:
    """Open the form that marks a manual task as done."""
    await _open_form(click, task_form.done)


@on_submit(TaskForm.DONE, fields=TASK_FIELDS)
async def mark_task_done(submission: Submission) -> None:
    """Mark a manual task as done, with a comment."""
    await _finish(submission, tasks.complete_task)


@on_click(CardAction.TASK_CANNOT)
async def open_cannot_form(click: Click) -> None:
    """Open the form that asks why a task cannot be done."""
    await _open_form(click, task_form.cannot)


@on_submit(TaskForm.CANNOT, fields=TASK_FIELDS)
async def mark_task_impossible(submission: Submission) -> None:
    """Fail a manual task, with the reason."""
    await _finish(submission, tasks.refuse_task)


async def _open_form(click: Click, form: Callable[[TaskStory], View]) -> None:
    task = await click.check(tasks.may_complete, click.value, click.person)
    await click.open(form(await click.read(task_story, task.ref)))


async def _finish(submission: Submission, verb: Callable[[Outcome, str, str, str], Any]) -> None:
    ref, note = submission.metadata.get("ref", ""), task_form.parse(submission.values)
    await refresh.before_action(submission.context.people, ref, submission.person)
    await submission.run(verb, ref, submission.person, note)


@on_click(CardAction.WAIT)
async def keep_pause(click: Click) -> None:
    """Let a paused mass revocation wait."""
    await click.context.people.refresh([click.person])
    await click.run(mass_revocation.keep_pause, click.value, click.person)


@on_click(CardAction.REVOKE_PAUSED)
async def lift_pause(click: Click) -> None:
    """Carry out a paused mass revocation; the button itself has asked for confirmation."""
    await click.context.people.refresh([click.person])
    await click.run(mass_revocation.lift_pause, click.value, click.person)


@on_click(CardAction.RETRY)
async def retry_failed(click: Click) -> None:
    """Try again to provision or revoke an access after a failure."""
    await refresh.before_action(click.context.people, click.value, click.person)
    await click.run(revoke.retry_failed, click.value, click.person)


@on_click(CardAction.CANCEL)
async def cancel_failed(click: Click) -> None:
    """Cancel an access that could not be provisioned."""
    await refresh.before_action(click.context.people, click.value, click.person)
    await click.run(revoke.cancel_failed, click.value, click.person)


@on_click(HomeAction.RUN_AGAIN)
async def retry_dead_job(click: Click) -> None:
    """Run a dead job again."""
    await click.context.people.refresh([click.person])
    await click.run(parked_jobs.run_parked_job, click.value, click.person)
