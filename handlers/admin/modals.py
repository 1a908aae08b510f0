"""Draw the admins' modals from the catalogue and Slack's names, and redraw them after a change."""

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
from handlers.deliveries import SlackDelivery, Submission
from handlers.people.freshness import EVENTS_MAX_AGE
from models.catalogue.mentions import app_refs
from models.catalogue.spec import AppSpec, StageSpec
from models.catalogue.spec.references import GroupRef, PersonRef, parse_approver, parse_person
from models.errors import NotFound
from models.lifecycle.catalogue import edit_app, propose_change
from models.lifecycle.catalogue.edit_app import EditableApp, Superseded
from models.policy.examples import ExampleResult
from models.registry.directory import Directory
from models.store.case import Case

log = structlog.get_logger("keyturn.admin")

_LISTS = (AdminScreen.RULES, AdminScreen.RULE, AdminScreen.EXAMPLES, AdminScreen.EXAMPLE)
"""Lists that open over an app, and the forms that replace them."""
BUILDERS = {
    AdminScreen.BASICS: basics.build,
    AdminScreen.TIMES: durations.build,
    AdminScreen.STAGE: stage.build,
    AdminScreen.EMERGENCY: emergency.build,
    AdminScreen.RULE: rule.build,
    AdminScreen.EXAMPLE: example.build,
}

_NO_MODAL = "This no longer exists. Open it again with /access-admin."
REDRAW_TIMEOUT = 1.5
"""Seconds to wait for Slack to redraw the modals below, of the three in which it waits for an answer."""


def place_of(delivery: SlackDelivery) -> AdminPlace:
    """Return which app and part the modal of this delivery shows."""
    return AdminPlace.read(delivery.metadata)


def screen_of(delivery: SlackDelivery) -> AdminScreen:
    """Return which modal the delivery came from.

    Raises:
        NotFound: None of these.
    """
    name = str(delivery.view.get("callback_id"))
    if name not in frozenset(AdminScreen):
        raise NotFound(_NO_MODAL)
    return AdminScreen(name)


def in_a_list(delivery: SlackDelivery) -> bool:
    """Whether the modal is a list of rules or examples, or a form that has replaced one."""
    screen = screen_of(delivery)
    return screen in _LISTS or (screen is AdminScreen.STAGE and bool(place_of(delivery).access))


async def show_form(delivery: SlackDelivery, form: View) -> None:
    """Open a form over the app, or replace a list that is open over it: Slack stacks three modals."""
    await (delivery.redraw(form) if in_a_list(delivery) else delivery.open(form))


async def load_entry(delivery: SlackDelivery, place: AdminPlace, version: int | None = None) -> EditableApp:
    """Load the app of a modal.

    Raises:
        Superseded: The app has another version than `version`.
    """
    return await delivery.read(edit_app.get_app, place.app, delivery.person, version)


def workspace_changes(case: Case, kind: str, viewer: str) -> list[Block]:
    """Draw the proposed changes of one kind of workspace entry that wait for a second admin."""
    changes = propose_change.open_changes_of_kind(case, kind)
    return layout.pending_workspace_changes(
        changes, viewer, propose_change.waiting_for_sentence(case, viewer)
    )


def _pending_changes(delivery: SlackDelivery, entry: EditableApp) -> list[Block]:
    return layout.pending_app_changes(entry.open_changes, delivery.person, entry.waiting_for)


async def app_list_view(delivery: SlackDelivery, first: int = 0) -> View:
    """Draw a page of the list of all apps."""
    snapshot = await delivery.context.catalogue.snapshot()
    first = layout.page_start(first, len(snapshot), app_list.PAGE)
    apps = snapshot.search_all("", first + app_list.PAGE)[first:]
    return app_list.build(apps, len(snapshot), AdminPlace(first_app=first))


async def app_view(
    delivery: SlackDelivery, entry: EditableApp, place: AdminPlace, above: Sequence[Block] = ()
) -> View:
    """Draw an app with all its parts."""
    here = replace(place, app=entry.app.key, version=entry.version, part="", access="", more="")
    names = SlackNames(groups=await _groups(delivery, entry.app))
    kinds = delivery.context.connectors
    blocks = [*above, *_pending_changes(delivery, entry)]
    return overview.build(entry.app, here, names, kinds, notes=entry.notes, above=blocks)


async def rules_view(
    delivery: SlackDelivery, entry: EditableApp, place: AdminPlace, above: Sequence[Block] = ()
) -> View:
    """Draw the rules of an app or, with its stages, of an access (`place.access`)."""
    here = replace(place, app=entry.app.key, version=entry.version, part="", more="")
    names = SlackNames(groups=await _groups(delivery, entry.app))
    blocks = [*above, *_pending_changes(delivery, entry)]
    return rule_list.build(entry.app, here, names, notes=entry.notes, above=blocks)


def examples_view(
    entry: EditableApp, place: AdminPlace, results: Sequence[ExampleResult] = (), above: Sequence[Block] = ()
) -> View:
    """Draw the examples of an app's policy, with the results of those that were run."""
    here = replace(place, app=entry.app.key, version=entry.version, part="", access="", more="")
    return examples.build(entry.app, here, results, notes=entry.notes, above=above)


async def list_view(delivery: SlackDelivery, entry: EditableApp, above: Sequence[Block] = ()) -> View:
    """Draw the list that the modal is, or that the form has replaced."""
    if screen_of(delivery) in (AdminScreen.EXAMPLES, AdminScreen.EXAMPLE):
        blocks = [*above, *_pending_changes(delivery, entry)]
        return examples_view(entry, place_of(delivery), above=blocks)
    return await rules_view(delivery, entry, place_of(delivery), above)


async def part_view(
    delivery: SlackDelivery,
    screen: AdminScreen,
    entry: EditableApp,
    place: AdminPlace,
    *,
    connector: str = "",
    above: Sequence[Block] = (),
) -> View:
    """Draw the form for one part of an app (`place.part`), with the kind of connector just chosen in it.

    Raises:
        NotFound: This modal is no such form.
    """
    app, here = entry.app, replace(place, app=entry.app.key, version=entry.version)
    stages = (*app.stage, *(stage for entry_access in app.access for stage in entry_access.stage or ()))
    stages = stages if screen is AdminScreen.STAGE else ()
    names, channels = await asyncio.gather(_app_names(delivery, app), _channels(delivery, stages))
    names = replace(names, channels=channels)
    if screen is AdminScreen.ACCESS:
        kinds = delivery.context.connectors
        return access.build(app, here, names, kinds, connector=connector, above=above)
    if screen not in BUILDERS:
        raise NotFound(_NO_MODAL)
    return BUILDERS[screen](app, here, names, above)


async def overtaken_view(delivery: SlackDelivery, overtaken: Superseded) -> View:
    """Draw the modal of this delivery as it is now, with who changed what meanwhile."""
    above = layout.overtaken_banner(overtaken.by, overtaken.changes)
    place, screen = place_of(delivery), screen_of(delivery)
    if screen is AdminScreen.APP:
        return await app_view(delivery, overtaken.entry, place, above)
    if screen in (AdminScreen.RULES, AdminScreen.EXAMPLES):
        return await list_view(delivery, overtaken.entry, above)
    return await part_view(delivery, screen, overtaken.entry, place, above=above)


async def unchanged_list_view(delivery: SlackDelivery, why: str) -> View:
    """Draw the list as it is, with why it was not changed."""
    entry = await load_entry(delivery, place_of(delivery))
    return await list_view(delivery, entry, [kit.section(f":warning: {cut(esc(why), 2500)}"), kit.divider()])


async def refresh_below(delivery: SlackDelivery, entry: EditableApp) -> None:
    """Redraw the modals below a form: the app, and the list of apps."""
    await _refresh(delivery, entry, str(delivery.view.get("previous_view_id") or ""))


async def refresh_here(delivery: SlackDelivery, entry: EditableApp) -> None:
    """Redraw the modal of this delivery, an app or a list over it, and all modals below."""
    here = str(delivery.view.get("id") or "")
    if in_a_list(delivery):
        await _redraw(delivery, {here: await list_view(delivery, entry)})
        await refresh_below(delivery, entry)
        return
    await _refresh(delivery, entry, here)


async def refresh_list(delivery: SlackDelivery) -> None:
    """Redraw the list of apps, the lowest modal."""
    lowest = str(delivery.view.get("root_view_id") or "")
    await _redraw(delivery, {lowest: await app_list_view(delivery, place_of(delivery).first_app)})


async def redraw_previous(delivery: SlackDelivery, view: View) -> None:
    """Redraw the modal below this one."""
    await _redraw_view(delivery, str(delivery.view.get("previous_view_id") or ""), view)


async def answer_proposed(submission: Submission, sentence: str) -> None:
    """Say instead of the form that its change needs a second admin; an empty sentence just closes it."""
    if sentence:
        await submission.answer(response_action="update", view=dict(kit.notice("Proposed", sentence)))


async def _refresh(delivery: SlackDelivery, entry: EditableApp, app_view_id: str) -> None:
    lowest, place = str(delivery.view.get("root_view_id") or ""), place_of(delivery)
    views = {
        lowest: await app_list_view(delivery, place.first_app),
        app_view_id: await app_view(delivery, entry, place),
    }
    await _redraw(delivery, views)  # an app that was opened by its name is the lowest modal itself


async def _redraw(delivery: SlackDelivery, views: Mapping[str, View]) -> None:
    await asyncio.gather(*(_redraw_view(delivery, view_id, view) for view_id, view in views.items()))


async def _redraw_view(delivery: SlackDelivery, view_id: str, view: View) -> None:
    """Redraw a modal; where Slack does not take it in time, the next opening shows the saved change."""
    if not view_id:
        return
    call = delivery.client.views_update(view_id=view_id, view=dict(view))
    try:
        await asyncio.wait_for(call, REDRAW_TIMEOUT)
    except (SlackApiError, TimeoutError, OSError, aiohttp.ClientError) as error:
        log.warning("could not redraw", why=str(error) or type(error).__name__)


async def _app_names(delivery: SlackDelivery, app: AppSpec) -> SlackNames:
    """Return which of the app's people Slack's menus can show, and the labels of its user groups."""
    return await _look_up(delivery, _people(app), _groups(delivery, app))


async def load_slack_names(delivery: SlackDelivery, stages: Sequence[StageSpec]) -> SlackNames:
    """Return the same, with visible channels, for stages that belong to no app."""
    refs = [parse_approver(text) for stage in stages for text in stage.deciders_and_alternates]
    people = {ref.id for ref in refs if isinstance(ref, PersonRef) and ref.id}
    labels = _labels(delivery, needed=any(isinstance(ref, GroupRef) for ref in refs))
    lookups = _look_up(delivery, people, labels), _channels(delivery, stages)
    names, channels = await asyncio.gather(*lookups)
    return replace(names, channels=channels)


async def _channels(delivery: SlackDelivery, stages: Sequence[StageSpec]) -> frozenset[str]:
    """Return which channels of these stages this admin sees."""
    channels = {stage.channel for stage in stages if stage.channel}
    return await delivery.context.people.visible_channels(channels, delivery.person)


async def _labels(delivery: SlackDelivery, *, needed: bool) -> Mapping[str, str]:
    """Return the labels of all user groups, where they are needed."""
    return await delivery.context.people.usergroups.labels() if needed else {}


async def _look_up(
    delivery: SlackDelivery, ids: set[str], labels: Awaitable[Mapping[str, str]]
) -> SlackNames:
    groups, _ = await asyncio.gather(labels, delivery.context.people.refresh(ids, EVENTS_MAX_AGE))

    def active_people(case: Case) -> frozenset[str]:
        entries = Directory(case)
        rows = {person_id: entries.person(person_id) for person_id in ids}
        return frozenset(person_id for person_id, row in rows.items() if row is not None and row.active)

    return SlackNames(await delivery.read(active_people), groups=groups)


async def _groups(delivery: SlackDelivery, app: AppSpec) -> Mapping[str, str]:
    in_connectors = any(entry_access.connector.params for entry_access in app.access)
    in_rules = any(isinstance(ref, GroupRef) for ref in app_refs(app))
    in_examples = any(case.who.groups for case in app.example)
    return await _labels(delivery, needed=in_connectors or in_rules or in_examples)


def _people(app: AppSpec) -> set[str]:
    people = {ref.id for ref in app_refs(app) if isinstance(ref, PersonRef) and ref.id}
    in_examples = {case.who.person for case in app.example if case.who.person}
    return people | {person for person in in_examples if parse_person(person).id}
