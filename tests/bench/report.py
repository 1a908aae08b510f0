"""The results as a table, and as a chart: how far each is from what is asked for."""

from collections.abc import Sequence
from html import escape

from tests.bench.measure import Result

NOT_THERE_YET = (
    "Approve all, as people see it: two cards for a submission of 1,000 accesses",
    "App Home’s tab Manage with its pages (measured: the admins’ list of apps)",
    "“Did you mean” in the form’s menus (measured: the menus as they are)",
    "One member found in a target of 50,000 members: one call",
    "Drift of a target: at most one call for each 100 members",
)
"""What the goals name and Keyturn does not do yet, so that nothing of it was measured."""
_LEFT, _WIDE, _LINE = 480, 320, 26


def table(results: Sequence[Result]) -> str:
    """A Markdown table."""
    names = ("what", "goal", "floor", "ours", "floor’s", "ratio", "met")
    head = [f"| {' | '.join(names)} |", f"|{' --- |' * len(names)}"]
    return "\n".join([*head, *(_row(result) for result in results)])


def missing() -> str:
    """A Markdown list of what is not there yet."""
    return "\n".join(f"- {what}" for what in NOT_THERE_YET)


def chart(results: Sequence[Result]) -> str:
    """An SVG with one bar a result: how much of what is allowed was used. Up to the line is met."""
    height = _LINE * (len(results) + 1)
    bars = "".join(_bar(result, _LINE * (at + 1)) for at, result in enumerate(results))
    limit = _LEFT + _WIDE // 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 90}" height="{height + 10}" '
        'font-family="sans-serif" font-size="13">'
        '<rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="{limit}" y="18" text-anchor="middle" fill="#555555">the goal</text>{bars}'
        f'<line x1="{limit}" y1="24" x2="{limit}" y2="{height + 4}" stroke="#555555" stroke-dasharray="4"/>'
        "</svg>"
    )


def _row(result: Result) -> str:
    ours, floor = _value(result.ours, result.unit), _value(result.floor, result.unit)
    return (
        f"| {result.what} | {_goal(result)} | {result.floor_is} | {ours} | {floor} "
        f"| {_ratio(result)} | {'yes' if result.met else 'no'} |"
    )


def _goal(result: Result) -> str:
    if result.difference:
        return f"at most {_value(result.goal, result.unit)} more"
    return f"{'at least' if result.at_least else 'at most'} {result.goal:.3g}×"


def _ratio(result: Result) -> str:
    if result.difference:
        sign = "−" if result.ratio < 0 else "+"
        return f"{sign}{_value(abs(result.ratio), result.unit)}"
    return f"{result.ratio:.2f}"


def _value(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:,.0f} {unit}"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.2f} ms"


def _bar(result: Result, y: int) -> str:
    used = result.goal / result.ratio if result.at_least and result.ratio else result.ratio / result.goal
    width = max(int(min(used, 2) * _WIDE / 2), 2)
    colour = "#2e7d32" if result.met else "#c62828"
    return (
        f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(result.what)}</text>'
        f'<rect x="{_LEFT}" y="{y + 4}" width="{width}" height="16" fill="{colour}"/>'
        f'<text x="{_LEFT + width + 6}" y="{y + 16}" fill="#555555">{_ratio(result)}</text>'
    )
