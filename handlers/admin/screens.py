"""The admins' screens, drawn from the catalogue and from what Slack knows, and drawn anew after a change."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from blocks import kit
from blocks.admin.fields.base import SlackNames
from blocks.admin.forms import access, basics, durations, emergency, example, rule, stage
from blocks.admin.ids import AdminPlace, AdminScreen
from blocks.admin.lists import apps as app_list
from blocks.admin.lists import examples, layout, overview
from blocks.admin.lists import rules as rule_list
from blocks.kit import Block, View
from blocks.kit.text import cut, esc
from handlers.incoming import Incoming
from handlers.whois import TODAY
from models.catalogue.mentions import named
from models.catalogue.spec import AppSpec, StageSpec
from models.catalogue.spec.references import GroupRef, PersonRef, parse_approver, parse_person
from models.errors import NotFound
from models.lifecycle.catalogue import edit_app
from models.lifecycle.catalogue.edit_app import EditableApp, Superseded
from models.policy.examples import Ran
from models.registry.directory import Directory
from models.store.case import Case

log = structlog.get_logger("keyturn.admin")

_LISTS = (AdminScreen.RULES, AdminScreen.RULE, AdminScreen.EXAMPLES, AdminScreen.EXAMPLE)
"""Lists that lie over an app, and the forms that take their place."""
BUILDERS = {
    AdminScreen.BASICS: basics.build,
    AdminScreen.TIMES: durations.build,
    AdminScreen.STAGE: stage.build,
    AdminScreen.EMERGENCY: emergency.build,
    AdminScreen.RULE: rule.build,
    AdminScreen.EXAMPLE: example.build,
}

_NO_SCREEN = "That is not there any more. Open it again with /access-admin."
PATIENCE = 1.5
"""Seconds to wait for Slack to redraw what lies below, within an answer that has to be given in three."""


def _waiting(incoming: Incoming, entry: EditableApp) -> list[Block]:
    return layout.pending_app_changes(entry.open_changes, incoming.person, entry.waiting_for)


def place_of(incoming: Incoming) -> AdminPlace:
    """Where in the catalogue the modal is that this came from."""
    return AdminPlace.read(incoming.carries)


def screen_of(incoming: Incoming) -> AdminScreen:
    """Which modal it is."""
    name = str(incoming.view.get("callback_id"))
    if name not in frozenset(AdminScreen):
        raise NotFound(_NO_SCREEN)
    return AdminScreen(name)


def in_a_list(incoming: Incoming) -> bool:
    """Whether this is a list of rules or examples, or a form that stands in the place of one."""
    screen = screen_of(incoming)
    return screen in _LISTS or (screen is AdminScreen.STAGE and bool(place_of(incoming).access))


async def put(incoming: Incoming, form: View) -> None:
    """Put a form over the app, or in the place of a list that lies over it: Slack stacks three modals."""
    await (incoming.redraw(form) if in_a_list(incoming) else incoming.open(form))


async def apps(incoming: Incoming, first: int = 0) -> View:
    """A page of the list of all apps."""
    shelf = await incoming.desk.catalogue.shelf()
    first = layout.page_start(first, len(shelf), app_list.PAGE)
    found = shelf.search_all("", first + app_list.PAGE)[first:]
    return app_list.build(found, len(shelf), AdminPlace(first_app=first))


async def one_app(
    incoming: Incoming, entry: EditableApp, place: AdminPlace, above: Sequence[Block] = ()
) -> View:
    """An app with all its parts."""
    here = replace(place, app=entry.app.key, version=entry.version, part="", access="", more="")
    known = SlackNames(groups=await _groups(incoming, entry.app))
    kinds = incoming.desk.connectors
    shown = [*above, *_waiting(incoming, entry)]
    return overview.build(entry.app, here, known, kinds, notes=entry.notes, above=shown)


async def rules(
    incoming: Incoming, entry: EditableApp, place: AdminPlace, above: Sequence[Block] = ()
) -> View:
    """The rules of an app or, with its stages, of an access (`place.access`)."""
    here = replace(place, app=entry.app.key, version=entry.version, part="", more="")
    known = SlackNames(groups=await _groups(incoming, entry.app))
    shown = [*above, *_waiting(incoming, entry)]
    return rule_list.build(entry.app, here, known, notes=entry.notes, above=shown)


def example_list(
    entry: EditableApp, place: AdminPlace, ran: Sequence[Ran] = (), above: Sequence[Block] = ()
) -> View:
    """The examples of an app's policy, with what came of those that were run."""
    here = replace(place, app=entry.app.key, version=entry.version, part="", access="", more="")
    return examples.build(entry.app, here, ran, notes=entry.notes, above=above)


async def the_list(incoming: Incoming, entry: EditableApp, above: Sequence[Block] = ()) -> View:
    """The list that this is, or that the form stands in the place of."""
    if screen_of(incoming) in (AdminScreen.EXAMPLES, AdminScreen.EXAMPLE):
        shown = [*above, *_waiting(incoming, entry)]
        return example_list(entry, place_of(incoming), above=shown)
    return await rules(incoming, entry, place_of(incoming), above)


async def form(
    incoming: Incoming,
    screen: AdminScreen,
    entry: EditableApp,
    place: AdminPlace,
    *,
    connector: str = "",
    above: Sequence[Block] = (),
) -> View:
    """The form for one part of an app (`place.part`), with the kind of connector just chosen in it."""
    app, here = entry.app, replace(place, app=entry.app.key, version=entry.version)
    stages = (*app.stage, *(stage for one in app.access for stage in one.stage or ()))
    looked_up = _known(incoming, app), _channels(incoming, stages if screen is AdminScreen.STAGE else ())
    known, channels = await asyncio.gather(*looked_up)
    known = replace(known, channels=channels)
    if screen is AdminScreen.ACCESS:
        kinds = incoming.desk.connectors
        return access.build(app, here, known, kinds, connector=connector, above=above)
    if screen not in BUILDERS:
        raise NotFound(_NO_SCREEN)
    return BUILDERS[screen](app, here, known, above)


async def again(incoming: Incoming, overtaken: Superseded) -> View:
    """The screen that this came from as it is now, with who changed what in the meantime."""
    above = layout.overtaken_banner(overtaken.by, overtaken.changes)
    place, screen = place_of(incoming), screen_of(incoming)
    if screen is AdminScreen.APP:
        return await one_app(incoming, overtaken.entry, place, above)
    if screen in (AdminScreen.RULES, AdminScreen.EXAMPLES):
        return await the_list(incoming, overtaken.entry, above)
    return await form(incoming, screen, overtaken.entry, place, above=above)


async def unchanged(incoming: Incoming, why: str) -> View:
    """The list as it is, with why it was not changed."""
    place = place_of(incoming)
    entry = await incoming.read(edit_app.get_app, place.app, incoming.person)
    return await the_list(incoming, entry, [kit.section(f":warning: {cut(esc(why), 2500)}"), kit.divider()])


async def refresh_below(incoming: Incoming, entry: EditableApp) -> None:
    """Draw anew what lies below a form: the app, and the list below that."""
    await _refresh(incoming, entry, str(incoming.view.get("previous_view_id") or ""))


async def refresh_here(incoming: Incoming, entry: EditableApp) -> None:
    """Draw an app anew in its own modal, and the list below it; or such a list, and all below that."""
    here = str(incoming.view.get("id") or "")
    if in_a_list(incoming):
        await _redraw(incoming, {here: await the_list(incoming, entry)})
        await refresh_below(incoming, entry)
        return
    await _refresh(incoming, entry, here)


async def refresh_list(incoming: Incoming) -> None:
    """Draw the list anew that lies below all."""
    lowest = str(incoming.view.get("root_view_id") or "")
    await _redraw(incoming, {lowest: await apps(incoming, place_of(incoming).first_app)})


async def redraw_view(incoming: Incoming, view_id: str, view: View) -> None:
    """Draw one view anew that lies below."""
    await _redraw_one(incoming, view_id, view)


async def _refresh(incoming: Incoming, entry: EditableApp, at: str) -> None:
    lowest, place = str(incoming.view.get("root_view_id") or ""), place_of(incoming)
    views = {lowest: await apps(incoming, place.first_app), at: await one_app(incoming, entry, place)}
    await _redraw(incoming, views)  # an app that was opened by its name lies lowest itself


async def _redraw(incoming: Incoming, views: Mapping[str, View]) -> None:
    await asyncio.gather(*(_redraw_one(incoming, at, view) for at, view in views.items()))


async def _redraw_one(incoming: Incoming, view_id: str, view: View) -> None:
    """What Slack does not take in time stays as it was: the change is saved, and the next look shows it."""
    if not view_id:
        return
    call = incoming.client.views_update(view_id=view_id, view=dict(view))
    try:
        await asyncio.wait_for(call, PATIENCE)
    except (SlackApiError, TimeoutError, OSError, aiohttp.ClientError) as error:
        log.warning("could not redraw", why=str(error) or type(error).__name__)


async def _known(incoming: Incoming, app: AppSpec) -> SlackNames:
    """Which of the app's people Slack can show in its menus, and what its user groups are called."""
    return await _looked_up(incoming, _people(app), _groups(incoming, app))


async def known(incoming: Incoming, stages: Sequence[StageSpec]) -> SlackNames:
    """The same of those whom stages name that are of no app."""
    refs = [parse_approver(text) for stage in stages for text in stage.everybody]
    people = {ref.id for ref in refs if isinstance(ref, PersonRef) and ref.id}
    groups = any(isinstance(ref, GroupRef) for ref in refs)
    labels = _labels(incoming, wanted=groups)
    looked_up = _looked_up(incoming, people, labels), _channels(incoming, stages)
    found, channels = await asyncio.gather(*looked_up)
    return replace(found, channels=channels)


async def _channels(incoming: Incoming, stages: Sequence[StageSpec]) -> frozenset[str]:
    """Which channels of these stages Slack can show to whoever looks."""
    named = {stage.channel for stage in stages if stage.channel}
    return await incoming.desk.whois.channels(named, incoming.person)


async def _labels(incoming: Incoming, *, wanted: bool) -> Mapping[str, str]:
    """What Slack calls its user groups, where that is wanted."""
    return await incoming.desk.whois.usergroups.labels() if wanted else {}


async def _looked_up(incoming: Incoming, ids: set[str], labels: Awaitable[Mapping[str, str]]) -> SlackNames:
    groups, _ = await asyncio.gather(labels, incoming.desk.whois.people(ids, TODAY))

    def there(case: Case) -> frozenset[str]:
        who = Directory(case)
        return frozenset(one for one in ids if (person := who.person(one)) is not None and person.active)

    return SlackNames(await incoming.read(there), groups=groups)


async def _groups(incoming: Incoming, app: AppSpec) -> Mapping[str, str]:
    given = [one for one in app.access if one.connector.params]
    groups = [ref for ref, _ in named(app) if isinstance(ref, GroupRef)]
    described = [one for one in app.example if one.who.groups]
    return await incoming.desk.whois.usergroups.labels() if given or groups or described else {}


def _people(app: AppSpec) -> set[str]:
    shown = {one.who.person for one in app.example if one.who.person and parse_person(one.who.person).id}
    return {ref.id for ref, _ in named(app) if isinstance(ref, PersonRef) and ref.id} | shown
