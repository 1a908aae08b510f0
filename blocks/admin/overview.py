"""One app as admins see it: every part of it, with the buttons that change it."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin import pages, words
from blocks.admin.connectors import ConnectorKind
from blocks.admin.field import Known
from blocks.admin.ids import Do, Place, Screen
from blocks.admin.stage_rows import stage_rows
from blocks.kit import Block, Element, View
from blocks.text import cut
from models.catalogue.spec import AppSpec

PAGE = 20
"""Accesses shown at once: two blocks each, of the hundred that a modal can have."""


def build(
    app: AppSpec,
    place: Place,
    known: Known,
    kinds: Sequence[ConnectorKind],
    *,
    notes: Sequence[str] = (),
    above: Sequence[Block] = (),
) -> View:
    """The app. `notes` are sentences worth a look; `place` carries its version from here on.

    `above` stands before all of it.
    """
    blocks = [
        *above,
        *words.notes(notes),
        *_basics(app),
        *_times(app, known),
        *_stages(app, known),
        *_accesses(app, place.first_access, kinds, known),
        *_rules(app),
        *_try(app),
    ]
    return kit.modal(app.name, blocks, callback_id=Screen.APP, close="Back", carries=place.carries())


def _basics(app: AppSpec) -> list[Block]:
    status = "People can ask for it." if app.enabled else "*Switched off.* Nobody can ask for it."
    return [
        kit.section(words.about(app), accessory=kit.button("Edit basics", Do.EDIT_BASICS)),
        kit.section(status, accessory=_switch(app)),
    ]


def _switch(app: AppSpec) -> Element:
    if not app.enabled:
        return kit.button("Switch on", Do.SWITCH_ON, style="primary")
    sure = kit.confirm(
        f"Switch off {app.name}?",
        "Nobody can ask for it any more. Who has access keeps it until its end.",
        "Switch off",
        danger=True,
    )
    return kit.button("Switch off", Do.SWITCH_OFF, style="danger", confirm=sure)


def _times(app: AppSpec, known: Known) -> list[Block]:
    edit = kit.button("Edit durations", Do.EDIT_TIMES)
    emergency = kit.button("Edit emergencies", Do.EDIT_EMERGENCY)
    return [
        kit.divider(),
        kit.section(words.times(app), accessory=edit),
        kit.section(words.emergency(app, known), accessory=emergency),
    ]


def _stages(app: AppSpec, known: Known) -> list[Block]:
    said = "One after the other." if app.stage else "There is none, so the owners decide."
    add = kit.button("Add a stage", Do.ADD_STAGE)
    blocks = [kit.divider(), kit.section(f"*Approval stages*\n{said}", accessory=add)]
    return [*blocks, *stage_rows(app.stage, known)]


def _accesses(app: AppSpec, first: int, kinds: Sequence[ConnectorKind], known: Known) -> list[Block]:
    said = "What people can ask for." if app.access else "There is none yet, so nobody can ask for anything."
    add = kit.button("Add an access", Do.ADD_ACCESS)
    blocks = [kit.divider(), kit.section(f"*Accesses*\n{said}", accessory=add)]
    first = pages.first_of(first, len(app.access), PAGE)
    for access in app.access[first : first + PAGE]:
        buttons = [
            kit.button("Edit", Do.EDIT_ACCESS, access.key),
            kit.button("Stages and rules", Do.RULES, access.key),
            _delete_access(access.name, access.key),
        ]
        blocks += [kit.section(words.access(access, kinds, known)), kit.actions(buttons)]
    find = kit.external_select(Do.FIND_ACCESS, placeholder="Find an access")
    ways = (Do.ACCESSES_BACK, Do.ACCESSES_ON)
    return [*blocks, *pages.turning(first, len(app.access), PAGE, ways, find)]


def _rules(app: AppSpec) -> list[Block]:
    lines = words.rule_lines(app) or ["There is none: the stages decide on every request."]
    edit = kit.button("Edit rules", Do.RULES)
    said = cut("\n".join(["*Rules that decide by themselves*", *lines]), 2900)
    return [kit.divider(), kit.section(said, accessory=edit)]


def _try(app: AppSpec) -> list[Block]:
    """Ways to see what the rules do, where there is something that could be asked for."""
    if not app.access:
        return []
    examples = f"Examples ({len(app.example)})" if app.example else "Examples"
    ways = [kit.button("Who would be asked?", Do.WOULD_ASK), kit.button(examples, Do.EXAMPLES)]
    return [kit.divider(), kit.actions(ways)]


def _delete_access(name: str, key: str) -> Element:
    sure = kit.confirm(
        f"Delete {name}?",
        "Nobody can ask for it any more. Who has it keeps it until its end.",
        "Delete",
        danger=True,
    )
    return kit.button("Delete", Do.DELETE_ACCESS, key, confirm=sure)
