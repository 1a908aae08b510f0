"""Pictures of people, drawn here from their name."""

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
    """A person’s initials; `number`, their place in the company, chooses the colour."""
    return _SVG.format(
        colour=_COLOURS[number % len(_COLOURS)], letters=_initials(name), x=8 + number * 7 % 26
    )


def robot(name: str) -> Markup:
    """An app: a small machine, in the colour of its name."""
    return _APP.format(colour=_COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)])


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
