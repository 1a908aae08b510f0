"""The list of conflicts, and the form for one: what nobody should have together."""

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.admin.field import Field, Known
from blocks.admin.fields import Choice, Option, Text, Tick
from blocks.admin.form import KEY, form, keyed
from blocks.admin.ids import Do, Place, Screen
from blocks.admin.list_fields import Accesses
from blocks.admin.overlay import Problems, draw, overlay, validated_as
from blocks.admin.people_fields import Approvers
from blocks.admin.stage_fields import Quorum
from blocks.answers import Values
from blocks.cards import change
from blocks.kit import Block, View
from blocks.text import cut, esc
from models.catalogue.access_refs import ALL, access_ref, app_of
from models.catalogue.conflicts import ConflictAction, ConflictSpec
from models.catalogue.spec import AppSpec, StageSpec
from models.catalogue.value_words import stage as stage_words
from models.tables.catalogue_changes import Proposal

PAGE = 38
"""How many conflicts are shown: two blocks each, of the hundred that a modal can have."""
SHOWN = 5
"""Changes that wait; the others stand on App Home."""
ACTIONS = (
    Option("block", "Cannot be sent, nor approved", ConflictAction.BLOCK),
    Option("flag", "The approvers see it, and decide", ConflictAction.FLAG),
    Option("stage", "One more stage has to approve", ConflictAction.STAGE),
)
SAID = {
    ConflictAction.BLOCK: "Asking for both is refused",
    ConflictAction.FLAG: "The approvers see it",
    ConflictAction.STAGE: "One more stage",
}


STAGE_FIELDS: tuple[Field, ...] = (
    Text("name", "The stage’s name", "Only for “One more stage has to approve”.", block="stage_name"),
    Approvers("approvers", "Who decides in it", others="More people, by e-mail address"),
    Quorum("rule", "How many must approve"),
)
_BLANK = ConflictSpec.model_construct(key="", name="", these=(), those=())
_BLANK_STAGE = StageSpec.model_construct(name="", approvers=())


def listing(
    conflicts: Sequence[ConflictSpec], titles: Mapping[str, str], above: Sequence[Block] = ()
) -> View:
    """Every conflict, with the buttons that change it. `titles` says what accesses are called."""
    add = kit.button("Add a conflict", Do.ADD_CONFLICT, style="primary")
    head = kit.section("Accesses that nobody should have together.", accessory=add)
    rows = [block for one in conflicts[:PAGE] for block in _row(one, titles)]
    left = len(conflicts) - PAGE
    more = [kit.context(f"{left} more stand in the catalogue’s file.")] if left > 0 else []
    blocks = [*above, head, *(rows or [kit.section("There is none yet.")]), *more]
    return kit.modal("Conflicts", blocks, callback_id=Screen.CONFLICTS, close="Back")


def build(conflict: ConflictSpec | None, place: Place, titles: Mapping[str, str], known: Known) -> View:
    """The form for a conflict, or (without one) for a new one."""
    title = "Conflict" if conflict else "Add a conflict"
    stage = (conflict and conflict.stage) or _BLANK_STAGE
    blocks = [
        *draw(_fields(new=conflict is None, titles=titles), conflict or _BLANK, known),
        *draw(STAGE_FIELDS, stage, known),
    ]
    return form(Screen.CONFLICT, title, blocks, place)


def parse(conflict: ConflictSpec | None, values: Values) -> ConflictSpec:
    """The conflict as it was filled in. Raises Problems."""
    fields = _fields(new=conflict is None)
    data = overlay(fields, conflict or _BLANK, values, conflict.stored() if conflict else {})
    data.pop("stage", None)
    if data.get("action") == ConflictAction.STAGE:
        data["stage"] = _stage(conflict, values).stored()
    for side in ("these", "those"):
        if not data.get(side):
            raise Problems({side: "Choose at least one access."})
    return validated_as(ConflictSpec, data if conflict else keyed(data), fields)


def options(app: AppSpec) -> dict[str, str]:
    """What an app's accesses, and all of them together, are called, by reference."""
    named = {access_ref(app.key, one.key): f"{app.name}, {one.name}" for one in app.access}
    return named | {access_ref(app.key, ALL): f"{app.name}, everything"}


def waiting(proposals: Sequence[Proposal], viewer: str, second: str) -> list[Block]:
    """The changes that wait for a second admin; nothing where none does."""
    if not proposals:
        return []
    rows = [block for one in proposals[:SHOWN] for block in change.row(one, viewer)]
    return [kit.section(f"*Proposed, not saved.* {esc(second)}"), *rows, kit.divider()]


def _fields(*, new: bool, titles: Mapping[str, str] | None = None) -> tuple[Field, ...]:
    return (
        Text("name", "Name", "As in Payments: enter and approve.", optional=False),
        *([KEY] if new else []),
        Text("why", "Why", "Read by those who ask, and who decide.", limit=500, multiline=True),
        Accesses("these", "Who has one of these", titles=titles or {}),
        Accesses("those", "should not get one of those", titles=titles or {}),
        Tick("one_way", "Direction", sentence="The other way round is fine"),
        Choice("action", "Asking for it all the same", options=ACTIONS),
    )


def _stage(conflict: ConflictSpec | None, values: Values) -> StageSpec:
    before = conflict.stage if conflict else None
    data = overlay(STAGE_FIELDS, before or _BLANK_STAGE, values, before.stored() if before else {})
    if not data.get("approvers"):
        raise Problems({"approvers": "Say who decides in the stage."})
    if not data.get("name"):
        raise Problems({"stage_name": "Give the stage a name."})
    return validated_as(StageSpec, data, STAGE_FIELDS)


def _row(conflict: ConflictSpec, titles: Mapping[str, str]) -> list[Block]:
    arrow = "→" if conflict.one_way else "↔"
    sides = [
        ", ".join(esc(titles.get(ref, ref)) for ref in refs) for refs in (conflict.these, conflict.those)
    ]
    stage = f": {esc(conflict.stage.name)} ({esc(stage_words(conflict.stage))})" if conflict.stage else ""
    why = f"\n{esc(conflict.why)}" if conflict.why else ""
    said = f"*{esc(conflict.name)}*\n{f' {arrow} '.join(sides)}\n{SAID[conflict.action]}{stage}{why}"
    buttons = [kit.button("Edit", Do.EDIT_CONFLICT, conflict.key), _delete(conflict)]
    return [kit.section(cut(said, 2900)), kit.actions(buttons)]


def _delete(conflict: ConflictSpec) -> kit.Element:
    sure = kit.confirm(
        f"Delete {conflict.name}?"[:90], "Both may be asked for together from now on.", "Delete", danger=True
    )
    return kit.button("Delete", Do.DELETE_CONFLICT, conflict.key, confirm=sure)


def apps_named(conflicts: Sequence[ConflictSpec]) -> set[str]:
    """The keys of the apps whose accesses they name."""
    return {app_of(ref) for one in conflicts for ref in (*one.these, *one.those)}
