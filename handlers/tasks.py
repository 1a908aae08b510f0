"""Work by hand: somebody has done it, or says why they cannot."""

from blocks.cards import CardAction
from blocks.forms import task as task_form
from handlers import fresh
from handlers.incoming import Click, Submission
from handlers.routes import on_click, on_submit
from models.lifecycle.grant import tasks
from models.queries.stories import task_story

FIELDS = {"comment": task_form.NOTE}


@on_click(CardAction.TASK_DONE)
async def done(click: Click) -> None:
    """Mark done was pressed."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(tasks.done, click.value, click.person)


@on_click(CardAction.TASK_CANNOT)
async def ask_why(click: Click) -> None:
    """I can't was pressed."""
    task = await click.check(tasks.may_do, click.value, click.person)
    await click.open(task_form.build(await click.read(task_story, task.ref)))


@on_submit(task_form.FORM, fields=FIELDS)
async def cannot(sent: Submission) -> None:
    """Somebody has said why they cannot."""
    ref, note = sent.carries.get("ref", ""), task_form.parse(sent.values)
    await fresh.for_action(sent.desk, ref, sent.person)
    await sent.run(tasks.cannot, ref, sent.person, note)
