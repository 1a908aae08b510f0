"""The automatic rules of an app, or the stages and rules of one of its accesses."""

from collections.abc import Iterator, Sequence

from blocks import kit
from blocks.admin.fields.base import SlackNames
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import layout, summaries
from blocks.admin.lists.layout import stage_rows
from blocks.kit import Block, Element, View
from blocks.kit.text import cut, esc
from models.catalogue import app_edits
from models.catalogue.app_edits import access_index
from models.catalogue.spec import AppSpec, RuleSpec

PAGE = 20
"""Rules on a page, at two blocks each."""
GROUPS = {
    "deny": ("Deny", "Any match denies; deny always wins.", "Add a deny rule"),
    "require": ("Require", "All must hold, or the request is denied.", "Add a requirement"),
    "auto_approve": (
        "Approve automatically",
        "The first match approves, unless a rule denies.",
        "Add an approval rule",
    ),
}
"""For each list of rules: its title, how its rules combine, and the label of its Add button."""


def build(
    app: AppSpec,
    place: AdminPlace,
    names: SlackNames,
    *,
    notes: Sequence[str] = (),
    above: Sequence[Block] = (),
) -> View:
    """The rules of an app, or of the access at `place`.

    Raises:
        NotFound: There is no such access.
    """
    title = app.access[access_index(app, place.access)].name if place.access else f"Rules of {app.name}"
    blocks = [
        *above,
        *layout.note_banner(notes),
        *(_access_stages(app, place.access, names) if place.access else []),
        *_rules(app, place),
    ]
    return kit.modal(title, blocks, callback_id=AdminScreen.RULES, close="Back", carries=place.carries())


def _access_stages(app: AppSpec, key: str, names: SlackNames) -> list[Block]:
    access = app.access[access_index(app, key)]
    name = esc(access.name)
    if access.stage is None:
        intro = f"*Approval stages*\nSame as {esc(app.name)}:"
        own = kit.button("Use its own stages", AdminAction.OWN_STAGES)
        inherited = [summaries.stage(stage, at, names) for at, stage in enumerate(app.stage)]
        return [
            kit.section(intro, accessory=own),
            kit.context(cut("\n".join(inherited) or "None: owners decide.", 2900)),
        ]
    order = "Asked in this order." if access.stage else "None: owners decide."
    intro = f"*Approval stages* of {name}\n{order}"
    return [
        kit.section(intro, accessory=kit.button("Add a stage", AdminAction.ADD_STAGE)),
        *stage_rows(access.stage, names),
        kit.actions([_inherit_button(app.name, access.name)]),
    ]


def _inherit_button(app: str, access: str) -> Element:
    sure = kit.confirm(
        f"Use the stages of {app}?",
        f"The stages of {access} are deleted. Open requests keep theirs.",
        "Use them",
        danger=True,
    )
    return kit.button("Same as the app", AdminAction.APP_S_STAGES, confirm=sure)


def _rules(app: AppSpec, place: AdminPlace) -> list[Block]:
    rules = [
        (name, at, rule)
        for name in app_edits.RULES
        for at, rule in enumerate(app_edits.list_items(app, name, place.access))
    ]
    first = layout.page_start(place.first_rule, len(rules), PAGE)
    page = rules[first : first + PAGE]
    blocks: list[Block] = []
    for name in app_edits.RULES:
        blocks += _heading(name)
        for kind, at, rule in page:
            if kind == name:
                blocks += _row(kind, at, rule)
    if place.access:
        blocks += _app_rules(app)
    return [
        *blocks,
        *layout.page_buttons(first, len(rules), PAGE, (AdminAction.RULES_BACK, AdminAction.RULES_ON)),
    ]


def _heading(name: str) -> list[Block]:
    title, hint, add = GROUPS[name]
    button = kit.button(add, AdminAction.ADD_RULE, f"{name}:")
    return [kit.divider(), kit.section(f"*{title}*\n{hint}", accessory=button)]


def _row(name: str, at: int, rule: RuleSpec) -> list[Block]:
    reference = f"{name}:{at}"
    up = [kit.button("Move up", AdminAction.MOVE_RULE_UP, reference)] if at else []
    delete = layout.delete_button(
        AdminAction.DELETE_RULE,
        reference,
        f"Delete rule {rule.name}?",
        "New requests ignore it. Open requests keep it.",
    )
    why = f"\n_{esc(rule.why)}_" if rule.why and "\n" not in rule.why else ""
    return [
        kit.section(f"{summaries.rule(name, rule)}{cut(why, 600)}"),
        kit.actions([kit.button("Edit", AdminAction.EDIT_RULE, reference), *up, delete]),
    ]


def _app_rules(app: AppSpec) -> Iterator[Block]:
    if lines := summaries.rule_lines(app):
        text = "\n".join([f"Rules of {esc(app.name)} also apply:", *lines])
        yield kit.context(cut(text, 2900))
