"""The client's own small pictures, so that nothing depends on the fonts of the machine."""

from markupsafe import Markup

_PATHS = {
    "lock": "M5 9h10v8H5z M7 9V6.5a3 3 0 0 1 6 0V9",
    "reply": "M3 4h14v9H9l-4 4v-4H3z",
    "braces": "M8 3C5 3 7 9 4 10c3 1 1 7 4 7 M12 3c3 0 1 6 4 7-3 1-1 7-4 7",
    "eye": "M2 10c4-7 12-7 16 0-4 7-12 7-16 0z M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "clip": "M14 6l-6.5 6.5a1.5 1.5 0 0 0 2 2L16 8a3 3 0 0 0-4.5-4.5L5 10a4.5 4.5 0 0 0 6.5 6.5L16 12",
    "bolt": "M11 2L4 11h5l-1 7 7-9h-5z",
    "picture": "M3 4h14v12H3z M3 14l4-4 3 3 3-4 4 4 M7 7.500a.5.5 0 1 0 0 .1",
    "theme": "M10 3a7 7 0 1 0 0 14z M10 3a7 7 0 0 1 0 14",
}


def icon(name: str) -> Markup:
    """A picture in the colour of the text around it; it says nothing by itself to a screen reader."""
    return Markup(
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
    ).format(_PATHS[name])
