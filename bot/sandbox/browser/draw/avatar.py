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
    '<circle cx="{x}" cy="{y}" r="17" fill="#fff" fill-opacity=".13"/>'
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


def avatar(name: str, *, robot: bool = False) -> Markup:
    """An SVG of initials, or of a small machine for an app; the same name always looks the same."""
    seed = zlib.crc32(name.encode())
    colour = _COLOURS[seed % len(_COLOURS)]
    if robot:
        return _APP.format(colour=colour)
    return _SVG.format(
        colour=colour, letters=_initials(name), x=8 + seed // 64 % 26, y=36 - seed // 4096 % 10
    )


def _initials(name: str) -> str:
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()
