"""The examples of an app's policy, and their results."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import layout
from blocks.kit import Block, View
from blocks.kit.text import cut, esc
from models.catalogue.spec import AppSpec, ExampleSpec
from models.policy.examples import ExampleResult

PAGE = 20
"""Examples on a page, at two blocks each."""
_ABOUT = "Test cases for the rules, run on every save. A change that breaks one is rejected."


def build(
    app: AppSpec,
    place: AdminPlace,
    results: Sequence[ExampleResult] = (),
    *,
    notes: Sequence[str] = (),
    above: Sequence[Block] = (),
) -> View:
    """The list; with `results`, each example has its result, and a summary stands above."""
    first = layout.page_start(place.first_rule, len(app.example), PAGE)
    intro = f"*Examples*\n{_ABOUT if app.example else f'None yet. {_ABOUT}'}"
    run = [kit.button("Run them", AdminAction.RUN_EXAMPLES)] if app.example else []
    buttons = [kit.button("Add an example", AdminAction.ADD_EXAMPLE), *run]
    blocks = [
        *above,
        *layout.note_banner(notes),
        kit.section(intro),
        kit.actions(buttons),
        *_summary(results),
    ]
    for at, example in enumerate(app.example[first : first + PAGE], start=first):
        blocks += _row(example, at, next((result for result in results if result.place == at), None))
    pages = layout.page_buttons(
        first, len(app.example), PAGE, (AdminAction.EXAMPLES_BACK, AdminAction.EXAMPLES_ON)
    )
    return kit.modal(
        f"Examples of {app.name}",
        [*blocks, *pages],
        callback_id=AdminScreen.EXAMPLES,
        close="Back",
        carries=place.carries(),
    )


def _summary(results: Sequence[ExampleResult]) -> list[Block]:
    if not results:
        return []
    broken = sum(not result.met for result in results)
    return [
        kit.section(
            f":x: {broken} of {len(results)} examples fail."
            if broken
            else ":white_check_mark: All examples pass."
        )
    ]


def _row(example: ExampleSpec, at: int, result: ExampleResult | None) -> list[Block]:
    mark = "" if result is None else ":white_check_mark: " if result.met else ":x: "
    lines = [f"{mark}{at + 1}. {cut(esc(str(example)), 1000)}."]
    if result and not result.met:
        lines.append(cut(esc(result.actual), 1000))
    if example.because:
        lines.append(f"Because: {cut(esc(example.because), 700)}")
    edit = kit.button("Edit", AdminAction.EDIT_EXAMPLE, str(at))
    delete = layout.delete_button(
        AdminAction.DELETE_EXAMPLE, str(at), "Delete this example?", "It no longer runs when you save."
    )
    return [kit.section("\n".join(lines)), kit.actions([edit, delete])]
