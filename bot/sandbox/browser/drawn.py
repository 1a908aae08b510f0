"""Blocks that look as they did are not drawn again: a window is redrawn at every change."""

from collections import OrderedDict
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from bot.sandbox.browser.draw.canvas import Canvas

KEPT = 2000  # surfaces, the ones looked at last


class Drawn:
    """Draws the blocks of a surface, or remembers them."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._kept: OrderedDict[tuple[str, str], tuple[Any, Markup]] = OrderedDict()

    def __call__(self, canvas: Canvas) -> Markup:
        """The blocks as HTML."""
        key, look = (canvas.reader.user_id, canvas.ref), _look(canvas)
        kept = self._kept.pop(key, None)
        if kept is None or kept[0] != look:
            kept = look, Markup(self._template.render(canvas=canvas))  # noqa: S704  our own template's
        self._kept[key] = kept
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return kept[1]


def _look(canvas: Canvas) -> tuple[Any, ...]:
    """Everything that the HTML depends on; times are told in minutes."""
    marks = canvas.marks
    busy = sorted(key for key in marks.busy if key.startswith(canvas.ref))
    troubles = {key: text for key, text in marks.troubles.items() if key.startswith(canvas.ref)}
    minute = canvas.reader.now.replace(second=0, microsecond=0)
    values = canvas.form.as_json()
    return (
        canvas.blocks,
        values,
        busy,
        troubles,
        dict(canvas.errors),
        minute,
        dict(canvas.people),
        canvas.files,
    )
