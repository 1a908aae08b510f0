"""The admins' screens, drawn from the catalogue and from what Slack knows, and drawn anew after a change."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from sqlalchemy.orm import Session

from blocks.admin import access, basics, listing, overview, pages, stage, times, words
from blocks.admin.field import Known
from blocks.admin.ids import Place, Screen
from blocks.kit import Block, View
from handlers.incoming import Incoming
from handlers.whois import TODAY
from models.catalogue.approvers import PersonRef, Role, parse_approver
from models.catalogue.spec import AppSpec
from models.configuring import Entry, Overtaken
from models.directory import Directory

log = structlog.get_logger("keyturn.admin")

PATIENCE = 1.5
"""Seconds to wait for Slack to redraw what lies below, within an answer that has to be given in three."""


def place_of(incoming: Incoming) -> Place:
    """Where in the catalogue the modal is that this came from."""
    return Place.read(incoming.carries)


async def apps(incoming: Incoming, first: int = 0) -> View:
    """A page of the list of all apps."""
    shelf = await incoming.desk.catalogue.shelf()
    first = pages.first_of(first, len(shelf), listing.PAGE)
    found = shelf.search_all("", first + listing.PAGE)[first:]
    return listing.build(found, len(shelf), Place(first_app=first))


async def one_app(incoming: Incoming, entry: Entry, place: Place, above: Sequence[Block] = ()) -> View:
    """An app with all its parts."""
    here = replace(place, app=entry.app.key, version=entry.version, part="")
    known = Known(groups=await _groups(incoming, entry.app))
    kinds = incoming.desk.connectors
    return overview.build(entry.app, here, known, kinds, notes=entry.notes, above=above)


async def form(
    incoming: Incoming,
    screen: Screen,
    entry: Entry,
    place: Place,
    *,
    connector: str = "",
    above: Sequence[Block] = (),
) -> View:
    """The form for one part of an app (`place.part`), with the kind of connector just chosen in it."""
    app, here = entry.app, replace(place, app=entry.app.key, version=entry.version)
    known = await _known(incoming, app)
    if screen is Screen.ACCESS:
        kinds = incoming.desk.connectors
        return access.build(app, here, known, kinds, connector=connector, above=above)
    build = {Screen.BASICS: basics.build, Screen.TIMES: times.build, Screen.STAGE: stage.build}[screen]
    return build(app, here, known, above)


async def again(incoming: Incoming, overtaken: Overtaken) -> View:
    """The screen that this came from as it is now, with who changed what in the meantime."""
    above = words.overtaken(overtaken.by, overtaken.changes)
    place, screen = place_of(incoming), Screen(str(incoming.view.get("callback_id")))
    if screen is Screen.APP:
        return await one_app(incoming, overtaken.entry, place, above)
    return await form(incoming, screen, overtaken.entry, place, above=above)


async def refresh_below(incoming: Incoming, entry: Entry) -> None:
    """Draw anew what lies below a form: the app, and the list below that."""
    await _refresh(incoming, entry, str(incoming.view.get("previous_view_id") or ""))


async def refresh_here(incoming: Incoming, entry: Entry) -> None:
    """Draw an app anew in its own modal, and the list below it."""
    await _refresh(incoming, entry, str(incoming.view.get("id") or ""))


async def refresh_list(incoming: Incoming) -> None:
    """Draw the list anew that lies below all."""
    lowest = str(incoming.view.get("root_view_id") or "")
    await _redraw(incoming, {lowest: await apps(incoming, place_of(incoming).first_app)})


async def _refresh(incoming: Incoming, entry: Entry, at: str) -> None:
    lowest, place = str(incoming.view.get("root_view_id") or ""), place_of(incoming)
    views = {lowest: await apps(incoming, place.first_app), at: await one_app(incoming, entry, place)}
    await _redraw(incoming, views)  # an app that was opened by its name lies lowest itself


async def _redraw(incoming: Incoming, views: Mapping[str, View]) -> None:
    await asyncio.gather(*(_redraw_one(incoming, at, view) for at, view in views.items()))


async def _redraw_one(incoming: Incoming, view_id: str, view: View) -> None:
    """What Slack does not take in time stays as it was: the change is saved, and the next look shows it."""
    call = incoming.client.views_update(view_id=view_id, view=dict(view))
    try:
        await asyncio.wait_for(call, PATIENCE)
    except (SlackApiError, TimeoutError, OSError, aiohttp.ClientError) as error:
        log.warning("could not redraw", why=str(error) or type(error).__name__)


async def _known(incoming: Incoming, app: AppSpec) -> Known:
    """Which of the app's people Slack can show in its menus, and what its user groups are called."""
    ids = _people(app)
    groups, _ = await asyncio.gather(_groups(incoming, app), incoming.desk.whois.people(ids, TODAY))

    def there(session: Session) -> frozenset[str]:
        who = Directory(session)
        return frozenset(one for one in ids if (person := who.person(one)) is not None and person.active)

    return Known(await incoming.desk.store.read(there), groups)


async def _groups(incoming: Incoming, app: AppSpec) -> Mapping[str, str]:
    named = [text for stage in app.stage for text in stage.everybody if text.startswith(("S", "@"))]
    given = [one for one in app.access if one.connector.params]
    return await incoming.desk.whois.usergroups.labels() if named or given else {}


def _people(app: AppSpec) -> set[str]:
    named = [*app.owners, *(text for stage in app.stage for text in stage.everybody)]
    refs = [parse_approver(text) for text in named if text not in set(Role)]
    return {ref.id for ref in refs if isinstance(ref, PersonRef) and ref.id}
