"""Answer "who would be asked": an admin describes a request, and sees what the policy makes of it."""

import asyncio

import structlog

from blocks.admin.forms import would_ask
from blocks.admin.ids import AdminAction, AdminScreen
from handlers.admin import modals
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, SlackDelivery, Submission
from handlers.routes import on_click, on_submit
from models.catalogue.spec import AppSpec
from models.queries.would_ask import Scenario
from models.queries.would_ask import would_ask as policy_says

log = structlog.get_logger("keyturn.admin")

LOOKUP_TIMEOUT = 1.5
"""Seconds to wait for Slack, of the three in which it waits for an answer."""


@on_click(AdminAction.WOULD_ASK)
@admins_only
async def open_form(click: Click) -> None:
    """Open the form that describes a request."""
    entry = await modals.load_entry(click, modals.place_of(click))
    await click.open(would_ask.build(entry.app, modals.place_of(click)))


@on_submit(AdminScreen.WOULD_ASK)
@admins_only
async def answer(submission: Submission) -> None:
    """Show below the form what would happen to the request, by today's rules and people."""
    place = modals.place_of(submission)
    form, app = would_ask.parse(submission.values), (await modals.load_entry(submission, place)).app
    await _look_up(submission, app, {form.person, form.asker or form.person})
    scenario = Scenario(
        form.person,
        form.access,
        form.length,
        form.at(submission.context.clock.now()),
        asker=form.asker,
        kind=form.kind,
        emergency=form.emergency,
    )
    result = await submission.read(policy_says, app, scenario)
    view = would_ask.build(app, place, form, would_ask.answer_blocks(result))
    await submission.answer(response_action="update", view=dict(view))


async def _look_up(delivery: SlackDelivery, app: AppSpec, people: set[str]) -> None:
    """Look everybody up on whom the answer depends, within `LOOKUP_TIMEOUT`."""
    try:
        async with asyncio.timeout(LOOKUP_TIMEOUT):
            await delivery.context.people.refresh_for_app(app, people)
    except TimeoutError:
        log.warning("lookup took too long", app=app.key)
