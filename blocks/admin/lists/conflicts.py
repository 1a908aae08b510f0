"""The list of conflicts, with the buttons that change them."""

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.admin.ids import AdminAction, AdminScreen
from blocks.admin.lists.layout import delete_button
from blocks.kit import Block, View
from blocks.kit.text import cut, esc
from models.catalogue.file.value_words import format_stage
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import ConflictAction, ConflictSpec
from models.catalogue.spec.references import ALL, access_ref, app_of

PAGE = 38
"""Conflicts in the list, at two blocks each; a modal holds a hundred."""
ACTION_TEXTS = {
    ConflictAction.BLOCK: "Requesting both is blocked",
    ConflictAction.FLAG: "Approvers see a warning",
    ConflictAction.STAGE: "One more stage",
}


def build(conflicts: Sequence[ConflictSpec], titles: Mapping[str, str], above: Sequence[Block] = ()) -> View:
    """The list, with the buttons that change each conflict. `titles` are the accesses' by reference."""
    add = kit.button("Add a conflict", AdminAction.ADD_CONFLICT, style="primary")
    head = kit.section("Access that nobody should hold together.", accessory=add)
    rows = [block for conflict in conflicts[:PAGE] for block in _row(conflict, titles)]
    hidden = len(conflicts) - PAGE
    rest = [kit.context(f"{hidden} more in the catalogue file.")] if hidden > 0 else []
    blocks = [*above, head, *(rows or [kit.section("None yet.")]), *rest]
    return kit.modal("Conflicts", blocks, callback_id=AdminScreen.CONFLICTS, close="Back")


def access_titles(app: AppSpec) -> dict[str, str]:
    """The titles of an app's accesses, and of all of them together, by reference."""
    titles = {access_ref(app.key, access.key): f"{app.name} · {access.name}" for access in app.access}
    return titles | {access_ref(app.key, ALL): f"{app.name} · all access"}


def _row(conflict: ConflictSpec, titles: Mapping[str, str]) -> list[Block]:
    arrow = "→" if conflict.one_way else "↔"
    sides = [
        ", ".join(esc(titles.get(ref, ref)) for ref in refs) for refs in (conflict.these, conflict.those)
    ]
    stage = f": {esc(conflict.stage.name)} ({esc(format_stage(conflict.stage))})" if conflict.stage else ""
    why = f"\n{esc(conflict.why)}" if conflict.why else ""
    text = f"*{esc(conflict.name)}*\n{f' {arrow} '.join(sides)}\n{ACTION_TEXTS[conflict.action]}{stage}{why}"
    delete = delete_button(
        AdminAction.DELETE_CONFLICT,
        conflict.key,
        f"Delete {conflict.name}?"[:90],
        "Both can be requested together from now on.",
    )
    edit = kit.button("Edit", AdminAction.EDIT_CONFLICT, conflict.key)
    return [kit.section(cut(text, 2900)), kit.actions([edit, delete])]


def app_keys(conflicts: Sequence[ConflictSpec]) -> set[str]:
    """The keys of the apps in these conflicts."""
    return {app_of(ref) for conflict in conflicts for ref in (*conflict.these, *conflict.those)}
