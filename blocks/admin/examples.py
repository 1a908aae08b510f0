"""The examples of an app's policy, and what comes of them."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin import pages, words
from blocks.admin.ids import Do, Place, Screen
from blocks.kit import Block, View
from blocks.text import cut, esc
from models.catalogue.spec import AppSpec, ExampleSpec
from models.policy.examples import Ran

PAGE = 20
"""Examples shown at once: two blocks each."""
_ABOUT = "What has to come of the rules. They are run at every change; what breaks one is not saved."


def build(
    app: AppSpec,
    place: Place,
    ran: Sequence[Ran] = (),
    *,
    notes: Sequence[str] = (),
    above: Sequence[Block] = (),
) -> View:
    """The screen; with `ran`, what came out stands at each example, and how many are met above them."""
    first = pages.first_of(place.first_rule, len(app.example), PAGE)
    said = f"*Examples*\n{_ABOUT if app.example else f'There is none yet. {_ABOUT}'}"
    run = [kit.button("Run them", Do.RUN_EXAMPLES)] if app.example else []
    buttons = [kit.button("Add an example", Do.ADD_EXAMPLE), *run]
    blocks = [*above, *words.notes(notes), kit.section(said), kit.actions(buttons), *_summary(ran)]
    for at, example in enumerate(app.example[first : first + PAGE], start=first):
        blocks += _row(example, at, next((one for one in ran if one.place == at), None))
    turning = pages.turning(first, len(app.example), PAGE, (Do.EXAMPLES_BACK, Do.EXAMPLES_ON))
    return kit.modal(
        f"Examples of {app.name}",
        [*blocks, *turning],
        callback_id=Screen.EXAMPLES,
        close="Back",
        carries=place.carries(),
    )


def _summary(ran: Sequence[Ran]) -> list[Block]:
    if not ran:
        return []
    broken = sum(not one.met for one in ran)
    return [
        kit.section(
            f":x: {broken} of {len(ran)} come out otherwise."
            if broken
            else ":white_check_mark: All come out as they should."
        )
    ]


def _row(example: ExampleSpec, at: int, ran: Ran | None) -> list[Block]:
    mark = "" if ran is None else ":white_check_mark: " if ran.met else ":x: "
    lines = [f"{mark}{at + 1}. {cut(esc(str(example)), 1000)}."]
    if ran and not ran.met:
        lines.append(cut(esc(ran.instead), 1000))
    if example.because:
        lines.append(f"Because: {cut(esc(example.because), 700)}")
    sure = kit.confirm("Delete this example?", "It is not looked at any more.", "Delete", danger=True)
    edit = kit.button("Edit", Do.EDIT_EXAMPLE, str(at))
    return [
        kit.section("\n".join(lines)),
        kit.actions([edit, kit.button("Delete", Do.DELETE_EXAMPLE, str(at), confirm=sure)]),
    ]
