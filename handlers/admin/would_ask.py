"""Who would be asked if somebody asked for something: opening the form, and answering."""

import asyncio

import structlog

from blocks.admin.forms import would_ask
from blocks.admin.ids import AdminAction, AdminScreen
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Incoming, Submission
from handlers.routes import Routes
from models.catalogue.spec import AppSpec
from models.lifecycle.catalogue import edit_app
from models.queries.scenario import Scenario
from models.queries.scenario import plan_scenario as policy_says

log = structlog.get_logger("keyturn.admin")


async def open_form(incoming: Click) -> None:
    """Ask for whom, and for what."""
    await incoming.open(would_ask.build(await _app(incoming), screens.place_of(incoming)))


async def answer(incoming: Submission) -> None:
    """Show below the form what would become of it, by the rules and the people of now."""
    asked, app = would_ask.parse(incoming.values), await _app(incoming)
    await _look_up(incoming, app, {asked.person, asked.asker or asked.person})
    scenario = Scenario(
        asked.person,
        asked.access,
        asked.length,
        asked.at(incoming.desk.clock.now()),
        requester=asked.asker,
        kind=asked.kind,
        emergency=asked.emergency,
    )
    planned = await incoming.read(policy_says, app, scenario)
    view = would_ask.build(app, screens.place_of(incoming), asked, would_ask.answer_blocks(planned))
    await incoming.answer(response_action="update", view=dict(view))


def register(routes: Routes, desk: Desk) -> None:
    """Listen for the question."""
    routes.action(AdminAction.WOULD_ASK)(listener(desk, Click, admins_only(open_form)))
    routes.view(AdminScreen.WOULD_ASK)(listener(desk, Submission, admins_only(answer)))


async def _app(incoming: Incoming) -> AppSpec:
    entry = await incoming.read(edit_app.get_app, screens.place_of(incoming).app, incoming.person)
    return entry.app


async def _look_up(incoming: Incoming, app: AppSpec, people: set[str]) -> None:
    """Ask Slack who is who now, for as long as there is time. After that, what is known counts."""
    try:
        async with asyncio.timeout(screens.PATIENCE):
            await incoming.desk.whois.for_app(app, people)
    except TimeoutError:
        log.warning("lookup took too long", app=app.key)
