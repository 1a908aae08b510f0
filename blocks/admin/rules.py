"""The rules that decide by themselves, of an app or of one of its accesses; an access's stages with them."""

from collections.abc import Iterator, Sequence

from blocks import kit
from blocks.admin import pages, words
from blocks.admin.field import Known
from blocks.admin.ids import Do, Place, Screen
from blocks.admin.stage_rows import stage_rows
from blocks.kit import Block, Element, View
from blocks.text import cut, esc
from models.catalogue import listed
from models.catalogue.edits import access_at
from models.catalogue.spec import AppSpec, RuleSpec

PAGE = 20
"""Rules shown at once: two blocks each."""
GROUPS = {
    "deny": ("Refused", "One of them that applies is enough. Nothing goes before it.", "Add a refusal"),
    "require": ("Required", "All of them must hold, or it is refused.", "Add a requirement"),
    "auto_approve": (
        "Approved without asking",
        "The first that applies approves at once, where nothing refuses.",
        "Add an approval",
    ),
}
"""Of each list of rules: what it is called, how it counts, and the button that adds to it."""


def build(
    app: AppSpec, place: Place, known: Known, *, notes: Sequence[str] = (), above: Sequence[Block] = ()
) -> View:
    """The screen. Raises NotFound where there is no such access any more."""
    title = app.access[access_at(app, place.access)].name if place.access else f"Rules of {app.name}"
    blocks = [
        *above,
        *words.notes(notes),
        *(_access_s_stages(app, place.access, known) if place.access else []),
        *_rules(app, place),
    ]
    return kit.modal(title, blocks, callback_id=Screen.RULES, close="Back", carries=place.carries())


def _access_s_stages(app: AppSpec, key: str, known: Known) -> list[Block]:
    access = app.access[access_at(app, key)]
    name = esc(access.name)
    if access.stage is None:
        said = f"*Approval stages*\n{name} goes through those of {esc(app.name)}:"
        own = kit.button("Give it its own", Do.OWN_STAGES)
        shown = [words.stage(stage, at, known) for at, stage in enumerate(app.stage)]
        return [
            kit.section(said, accessory=own),
            kit.context(cut("\n".join(shown) or "There is none, so the owners decide.", 2900)),
        ]
    how = "One after the other." if access.stage else "There is none, so the owners decide."
    said = f"*Approval stages*, of {name}’s own\n{how}"
    return [
        kit.section(said, accessory=kit.button("Add a stage", Do.ADD_STAGE)),
        *stage_rows(access.stage, known),
        kit.actions([_as_the_app_has_it(app.name, access.name)]),
    ]


def _as_the_app_has_it(app: str, access: str) -> Element:
    sure = kit.confirm(
        f"Go back to the stages of {app}?",
        f"The stages of {access}’s own are deleted. Requests under way go on as they began.",
        "Go back",
        danger=True,
    )
    return kit.button("As the app has it", Do.APP_S_STAGES, confirm=sure)


def _rules(app: AppSpec, place: Place) -> list[Block]:
    every = [
        (name, at, rule)
        for name in listed.RULES
        for at, rule in enumerate(listed.every(app, name, place.access))
    ]
    first = pages.first_of(place.first_rule, len(every), PAGE)
    shown = every[first : first + PAGE]
    blocks: list[Block] = []
    for name in listed.RULES:
        blocks += _heading(name)
        for kind, at, rule in shown:
            if kind == name:
                blocks += _row(kind, at, rule)
    if place.access:
        blocks += _of_the_app(app)
    return [*blocks, *pages.turning(first, len(every), PAGE, (Do.RULES_BACK, Do.RULES_ON))]


def _heading(name: str) -> list[Block]:
    called, how, add = GROUPS[name]
    button = kit.button(add, Do.ADD_RULE, f"{name}:")
    return [kit.divider(), kit.section(f"*{called}*\n{how}", accessory=button)]


def _row(name: str, at: int, rule: RuleSpec) -> list[Block]:
    reference = f"{name}:{at}"
    up = [kit.button("Move up", Do.MOVE_RULE_UP, reference)] if at else []
    sure = kit.confirm(
        f"Delete the rule {rule.name}?",
        "It does not count any more from the next request on. Requests under way go on as they began.",
        "Delete",
        danger=True,
    )
    delete = kit.button("Delete", Do.DELETE_RULE, reference, confirm=sure)
    why = f"\n_{esc(rule.why)}_" if rule.why and "\n" not in rule.why else ""
    return [
        kit.section(f"{words.rule(name, rule)}{cut(why, 600)}"),
        kit.actions([kit.button("Edit", Do.EDIT_RULE, reference), *up, delete]),
    ]


def _of_the_app(app: AppSpec) -> Iterator[Block]:
    if lines := words.rule_lines(app):
        said = "\n".join([f"The rules of {esc(app.name)} hold too:", *lines])
        yield kit.context(cut(said, 2900))
