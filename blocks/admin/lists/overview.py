"""One app as admins see it: every part of it, with the buttons that change it."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.fields.base import SlackNames
from blocks.admin.fields.connector import ConnectorKind
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import layout, summaries
from blocks.admin.lists.layout import stage_rows
from blocks.kit import Block, Element, View
from blocks.kit.text import cut
from models.catalogue.spec import AppSpec

PAGE = 20
"""Accesses on a page, at two blocks each; a modal holds a hundred."""


def build(
    app: AppSpec,
    place: AdminPlace,
    names: SlackNames,
    kinds: Sequence[ConnectorKind],
    *,
    notes: Sequence[str] = (),
    above: Sequence[Block] = (),
) -> View:
    """The app. `notes` are notes on its rules, `place` carries its version, `above` is a banner."""
    blocks = [
        *above,
        *layout.note_banner(notes),
        *_basics(app),
        *_times(app, names),
        *_stages(app, names),
        *_accesses(app, place.first_access, kinds, names),
        *_rules(app),
        *_tools(app),
    ]
    return kit.modal(app.name, blocks, callback_id=AdminScreen.APP, close="Back", carries=place.carries())


def _basics(app: AppSpec) -> list[Block]:
    status = "Can be requested." if app.enabled else "*Switched off:* it can’t be requested."
    return [
        kit.section(summaries.about_app(app), accessory=kit.button("Edit basics", AdminAction.EDIT_BASICS)),
        kit.section(status, accessory=_switch(app)),
    ]


def _switch(app: AppSpec) -> Element:
    if not app.enabled:
        return kit.button("Switch on", AdminAction.SWITCH_ON, style="primary")
    sure = kit.confirm(
        f"Switch off {app.name}?",
        "New requests stop. Existing access runs to its end.",
        "Switch off",
        danger=True,
    )
    return kit.button("Switch off", AdminAction.SWITCH_OFF, style="danger", confirm=sure)


def _times(app: AppSpec, names: SlackNames) -> list[Block]:
    edit = kit.button("Edit durations", AdminAction.EDIT_TIMES)
    emergency = kit.button("Edit emergency access", AdminAction.EDIT_EMERGENCY)
    return [
        kit.divider(),
        kit.section(summaries.durations(app), accessory=edit),
        kit.section(summaries.emergency(app, names), accessory=emergency),
    ]


def _stages(app: AppSpec, names: SlackNames) -> list[Block]:
    hint = "Asked in this order." if app.stage else "None: owners decide."
    add = kit.button("Add a stage", AdminAction.ADD_STAGE)
    blocks = [kit.divider(), kit.section(f"*Approval stages*\n{hint}", accessory=add)]
    return [*blocks, *stage_rows(app.stage, names)]


def _accesses(app: AppSpec, first: int, kinds: Sequence[ConnectorKind], names: SlackNames) -> list[Block]:
    hint = "" if app.access else "\nNo access yet: nobody can request this app."
    add = kit.button("Add an access", AdminAction.ADD_ACCESS)
    blocks = [kit.divider(), kit.section(f"*Accesses*{hint}", accessory=add)]
    first = layout.page_start(first, len(app.access), PAGE)
    for access in app.access[first : first + PAGE]:
        buttons = [
            kit.button("Edit", AdminAction.EDIT_ACCESS, access.key),
            kit.button("Stages and rules", AdminAction.RULES, access.key),
            layout.delete_button(
                AdminAction.DELETE_ACCESS,
                access.key,
                f"Delete {access.name}?",
                "New requests stop. Existing access runs to its end.",
            ),
        ]
        blocks += [kit.section(summaries.access(access, kinds, names)), kit.actions(buttons)]
    find = kit.external_select(AdminAction.FIND_ACCESS, placeholder="Find an access")
    turns = (AdminAction.ACCESSES_BACK, AdminAction.ACCESSES_ON)
    return [*blocks, *layout.page_buttons(first, len(app.access), PAGE, turns, find)]


def _rules(app: AppSpec) -> list[Block]:
    lines = summaries.rule_lines(app) or ["None: the stages decide every request."]
    edit = kit.button("Edit rules", AdminAction.RULES)
    text = cut("\n".join(["*Automatic rules*", *lines]), 2900)
    return [kit.divider(), kit.section(text, accessory=edit)]


def _tools(app: AppSpec) -> list[Block]:
    """Buttons that try the rules, where the app has an access."""
    if not app.access:
        return []
    examples = f"Examples ({len(app.example)})" if app.example else "Examples"
    tools = [
        kit.button("Who would be asked?", AdminAction.WOULD_ASK),
        kit.button(examples, AdminAction.EXAMPLES),
    ]
    return [kit.divider(), kit.actions(tools)]
