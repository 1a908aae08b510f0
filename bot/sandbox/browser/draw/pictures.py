"""Pictures as SVG: people by initials, apps, and icons; none depends on the fonts of the machine."""

import zlib

from markupsafe import Markup

# Each is dark enough for white letters (contrast of at least 4.5).
_COLOURS = (
    "#0f766e", "#1d4ed8", "#7c3aed", "#be185d", "#b45309", "#4d7c0f",
    "#0e7490", "#6d28d9", "#b91c1c", "#047857", "#4338ca", "#a21caf",
)  # fmt: skip
_SVG = Markup(
    '<svg class="avatar" viewBox="0 0 40 40" aria-hidden="true" focusable="false">'
    '<rect width="40" height="40" rx="10" fill="{colour}"/>'
    '<circle cx="{x}" cy="31" r="17" fill="#fff" fill-opacity=".13"/>'
    '<text x="20" y="21" fill="#fff" text-anchor="middle" '
    'dominant-baseline="middle">'
    "{letters}</text></svg>"
)
_APP = Markup(
    '<svg class="avatar" viewBox="0 0 40 40" aria-hidden="true" focusable="false">'
    '<rect width="40" height="40" rx="10" fill="{colour}"/>'
    '<rect x="9" y="12" width="22" height="17" rx="5" fill="#fff" fill-opacity=".92"/>'
    '<circle cx="16" cy="20.5" r="2.2" fill="{colour}"/><circle cx="24" cy="20.5" r="2.2" fill="{colour}"/>'
    '<path d="M20 12V7" stroke="#fff" stroke-width="2.4" stroke-linecap="round"/></svg>'
)


def avatar(name: str, number: int) -> Markup:
    """A person's initials; `number`, their place in the workspace, selects the colour."""
    return _SVG.format(
        colour=_COLOURS[number % len(_COLOURS)], letters=_initials(name), x=8 + number * 7 % 26
    )


def app_picture(name: str) -> Markup:
    """An app: a small robot, in a colour that follows from its name."""
    return _APP.format(colour=_COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)])


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


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
    """An icon in the colour of the text around it, hidden from screen readers."""
    return Markup(
        '<svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false"><path d="{}"/></svg>'
    ).format(_PATHS[name])
