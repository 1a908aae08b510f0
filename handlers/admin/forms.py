"""The forms of an app's parts: redrawn where a choice brings other fields, and saved."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from blocks.admin import access, basics, stage, times
from blocks.admin.ids import Do, Screen
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from models import configuring
from models.catalogue.spec import AppSpec

Parse = Callable[[AppSpec, str, Submission], AppSpec]
"""Makes the new entry of an app, the part that the form is about, and what was entered."""

PARSERS: dict[Screen, Parse] = {
    Screen.BASICS: lambda app, _, sent: basics.parse(app, sent.values),
    Screen.TIMES: lambda app, _, sent: times.parse(app, sent.values),
    Screen.STAGE: lambda app, part, sent: stage.parse(app, part, sent.values),
    Screen.ACCESS: lambda app, part, sent: access.parse(app, part, sent.values, sent.desk.connectors),
}


async def save(incoming: Submission) -> None:
    """Save what the form says, and show the app with it; the form closes."""
    place, parse = screens.place_of(incoming), PARSERS[Screen(str(incoming.view.get("callback_id")))]
    entry = await incoming.once(
        lambda tx: configuring.change(
            tx, place.app, place.version, lambda app: parse(app, place.part, incoming), incoming.person
        )
    )
    await screens.refresh_below(incoming, entry)


async def choose_connector(incoming: Click) -> None:
    """Another kind of connector was chosen: show the fields that it has."""
    place = screens.place_of(incoming)
    entry = await incoming.desk.store.read(
        lambda session: configuring.look(session, place.app, incoming.person, place.version)
    )
    view = await screens.form(incoming, Screen.ACCESS, entry, place, connector=incoming.value)
    await incoming.redraw(view)


def register(app: AsyncApp, desk: Desk) -> None:
    """Listen for what is done in the forms."""
    for screen in PARSERS:
        app.view(screen)(listener(desk, Submission, admins_only(save)))
    app.action(Do.CONNECTOR)(listener(desk, Click, admins_only(choose_connector)))
