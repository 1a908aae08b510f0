"""The forms of an app's parts: redrawn where a choice brings other fields, and saved."""

from collections.abc import Callable

from blocks.admin.forms import access, basics, durations, emergency, example, rule, stage
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from handlers.admin import screens, written
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.catalogue.mentions import named
from models.catalogue.spec import AppSpec
from models.lifecycle.catalogue import edit_app

Parse = Callable[[AppSpec, AdminPlace, Submission], AppSpec]
"""Makes the new entry of an app, what the form is about, and what was entered."""

PARSERS: dict[AdminScreen, Parse] = {
    AdminScreen.BASICS: lambda app, _, sent: basics.parse(app, sent.values),
    AdminScreen.EMERGENCY: lambda app, _, sent: emergency.parse(app, sent.values),
    AdminScreen.TIMES: lambda app, _, sent: durations.parse(app, sent.values),
    AdminScreen.STAGE: lambda app, place, sent: stage.parse(app, place, sent.values),
    AdminScreen.EXAMPLE: lambda app, place, sent: example.parse(app, place, sent.values),
    AdminScreen.RULE: lambda app, place, sent: rule.parse(app, place, sent.values),
    AdminScreen.ACCESS: lambda app, place, sent: access.parse(
        app, place.part, sent.values, sent.desk.connectors
    ),
}


async def save(incoming: Submission) -> None:
    """Save what the form says, and show the app with it; the form closes, or gives way to its list."""
    place, parse = screens.place_of(incoming), PARSERS[screens.screen_of(incoming)]
    await _refuse_unknown(incoming, place)

    def edit(app: AppSpec) -> AppSpec:
        return parse(app, place, incoming)

    entry = await incoming.run(edit_app.change_app, place.app, place.version, edit, incoming.person)
    await screens.refresh_below(incoming, entry)
    if screens.in_a_list(incoming):
        await incoming.answer(response_action="update", view=dict(await screens.the_list(incoming, entry)))


async def _refuse_unknown(incoming: Submission, place: AdminPlace) -> None:
    entry = await incoming.read(edit_app.get_app, place.app, incoming.person)
    await written.refuse_unknown(incoming, {str(ref) for ref, _ in named(entry.app)})


async def choose_connector(incoming: Click) -> None:
    """Another kind of connector was chosen: show the fields that it has."""
    place = screens.place_of(incoming)
    entry = await incoming.read(edit_app.get_app, place.app, incoming.person, place.version)
    view = await screens.form(incoming, AdminScreen.ACCESS, entry, place, connector=incoming.value)
    await incoming.redraw(view)


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done in the forms."""
    for screen in PARSERS:
        routes.view(screen)(listener(desk, Submission, admins_only(save)))
    routes.action(AdminAction.CONNECTOR)(listener(desk, Click, admins_only(choose_connector)))
