"""Who would be asked if somebody asked for something: opening the form, and answering."""

import asyncio

import structlog

from blocks.admin.forms import would_ask
from blocks.admin.ids import AdminAction, AdminScreen
from handlers.admin import modals
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, Incoming, Submission
from handlers.routes import on_click, on_submit
from models.catalogue.spec import AppSpec
from models.lifecycle.catalogue import edit_app
from models.queries.would_ask import Scenario
from models.queries.would_ask import would_ask as policy_says

log = structlog.get_logger("keyturn.admin")


@on_click(AdminAction.WOULD_ASK)
@admins_only
async def open_form(incoming: Click) -> None:
    """Ask for whom, and for what."""
    await incoming.open(would_ask.build(await _app(incoming), modals.place_of(incoming)))


@on_submit(AdminScreen.WOULD_ASK)
@admins_only
async def answer(incoming: Submission) -> None:
    """Show below the form what would become of it, by the rules and the people of now."""
    asked, app = would_ask.parse(incoming.values), await _app(incoming)
    await _look_up(incoming, app, {asked.person, asked.asker or asked.person})
    scenario = Scenario(
        asked.person,
        asked.access,
        asked.length,
        asked.at(incoming.desk.clock.now()),
        asker=asked.asker,
        kind=asked.kind,
        emergency=asked.emergency,
    )
    planned = await incoming.read(policy_says, app, scenario)
    view = would_ask.build(app, modals.place_of(incoming), asked, would_ask.answer_blocks(planned))
    await incoming.answer(response_action="update", view=dict(view))


async def _app(incoming: Incoming) -> AppSpec:
    entry = await incoming.read(edit_app.look, modals.place_of(incoming).app, incoming.person)
    return entry.app


async def _look_up(incoming: Incoming, app: AppSpec, people: set[str]) -> None:
    """Ask Slack who is who now, for as long as there is time. After that, what is known counts."""
    try:
        async with asyncio.timeout(modals.PATIENCE):
            await incoming.desk.whois.for_app(app, people)
    except TimeoutError:
        log.warning("lookup took too long", app=app.key)
