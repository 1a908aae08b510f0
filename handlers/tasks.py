"""Work by hand: somebody has done it, or says why they cannot."""

from blocks.cards import CardAction
from blocks.forms import task as task_form
from handlers import fresh
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.lifecycle.grant import tasks
from models.queries.stories import task_story

FIELDS = {"comment": task_form.NOTE}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to the buttons of task cards."""
    routes.action(CardAction.TASK_DONE)(listener(desk, Click, done))
    routes.action(CardAction.TASK_CANNOT)(listener(desk, Click, ask_why))
    routes.view(task_form.FORM)(listener(desk, Submission, cannot, FIELDS))


async def done(click: Click) -> None:
    """Mark done was pressed."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(tasks.complete_task, click.value, click.person)


async def ask_why(click: Click) -> None:
    """I can't was pressed."""
    task = await click.check(tasks.may_complete, click.value, click.person)
    await click.open(task_form.build(await click.read(task_story, task.ref)))


async def cannot(sent: Submission) -> None:
    """Somebody has said why they cannot."""
    ref, note = sent.carries.get("ref", ""), task_form.parse(sent.values)
    await fresh.for_action(sent.desk, ref, sent.person)
    await sent.run(tasks.refuse_task, ref, sent.person, note)
