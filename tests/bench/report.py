"""The results as a table, and as a chart: how far each is from what is asked for."""

from collections.abc import Sequence
from html import escape

from tests.bench.measure import Result

_LEFT, _WIDE, _LINE = 420, 320, 26


def table(results: Sequence[Result]) -> str:
    """A Markdown table."""
    head = "| what | ours | floor | ratio | goal | met |\n| --- | --- | --- | --- | --- | --- |"
    return "\n".join([head, *(_row(one) for one in results)])


def chart(results: Sequence[Result]) -> str:
    """An SVG with one bar a result: how much of what is allowed was used. Up to the line is met."""
    height = _LINE * (len(results) + 1)
    bars = "".join(_bar(one, _LINE * (at + 1)) for at, one in enumerate(results))
    limit = _LEFT + _WIDE // 2
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_LEFT + _WIDE + 60}" height="{height + 10}" '
        'font-family="sans-serif" font-size="13">'
        '<rect width="100%" height="100%" fill="#ffffff"/>'
        f'<text x="{limit}" y="18" text-anchor="middle" fill="#555555">the goal</text>{bars}'
        f'<line x1="{limit}" y1="24" x2="{limit}" y2="{height + 4}" stroke="#555555" stroke-dasharray="4"/>'
        "</svg>"
    )


def _row(one: Result) -> str:
    sign = "at least" if one.at_least else "at most"
    floor = f"{_said(one.floor, one.unit)} ({one.floor_is})"
    return (
        f"| {one.what} | {_said(one.ours, one.unit)} | {floor} | {one.ratio:.2f} "
        f"| {sign} {one.goal:g} | {'yes' if one.met else 'no'} |"
    )


def _said(value: float, unit: str) -> str:
    if unit != "s":
        return f"{value:,.0f} {unit}"
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.2f} ms"


def _bar(one: Result, y: int) -> str:
    used = one.goal / one.ratio if one.at_least and one.ratio else one.ratio / one.goal
    width = max(int(min(used, 2) * _WIDE / 2), 2)
    colour = "#2e7d32" if one.met else "#c62828"
    return (
        f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(one.what)}</text>'
        f'<rect x="{_LEFT}" y="{y + 4}" width="{width}" height="16" fill="{colour}"/>'
        f'<text x="{_LEFT + width + 6}" y="{y + 16}" fill="#555555">{one.ratio:.2f}</text>'
    )
