"""Work by hand: somebody has done it, or says why they cannot."""

from blocks.cards import CardAction
from blocks.forms import task as task_form
from blocks.home import HomeAction
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.routes import on_click, on_submit
from models.lifecycle import mass_revocation, parked_jobs
from models.lifecycle.grant import revoke as revoke_verbs
from models.lifecycle.grant import tasks
from models.queries.stories import task_story

TASK_FIELDS = {"comment": task_form.NOTE}


@on_click(CardAction.TASK_DONE)
async def done(click: Click) -> None:
    """Mark done was pressed."""
    await refresh.for_action(click.desk.whois, click.value, click.person)
    await click.run(tasks.done, click.value, click.person)


@on_click(CardAction.TASK_CANNOT)
async def ask_why(click: Click) -> None:
    """I can't was pressed."""
    task = await click.check(tasks.may_do, click.value, click.person)
    await click.open(task_form.build(await click.read(task_story, task.ref)))


@on_submit(task_form.FORM, fields=TASK_FIELDS)
async def cannot(sent: Submission) -> None:
    """Somebody has said why they cannot."""
    ref, note = sent.carries.get("ref", ""), task_form.parse(sent.values)
    await refresh.for_action(sent.desk.whois, ref, sent.person)
    await sent.run(tasks.cannot, ref, sent.person, note)


@on_click(CardAction.WAIT)
async def wait(click: Click) -> None:
    """Wait was pressed."""
    await click.desk.whois.people([click.person])
    await click.run(mass_revocation.wait, click.value, click.person)


@on_click(CardAction.REVOKE_PAUSED)
async def revoke(click: Click) -> None:
    """Revoke them now was pressed; Slack has asked "are you sure" already."""
    await click.desk.whois.people([click.person])
    await click.run(mass_revocation.lift, click.value, click.person)


@on_click(CardAction.RETRY)
async def retry(click: Click) -> None:
    """Retry was pressed on what failed."""
    await refresh.for_action(click.desk.whois, click.value, click.person)
    await click.run(revoke_verbs.retry_failed, click.value, click.person)


@on_click(CardAction.CANCEL)
async def cancel(click: Click) -> None:
    """Cancel was pressed on what could not be given."""
    await refresh.for_action(click.desk.whois, click.value, click.person)
    await click.run(revoke_verbs.cancel_failed, click.value, click.person)


@on_click(HomeAction.RUN_AGAIN)
async def run_again(click: Click) -> None:
    """Retry was pressed on a job that was given up."""
    await click.desk.whois.people([click.person])
    await click.run(parked_jobs.run_again, click.value, click.person)
