"""Every pair of colours that words are drawn in can be read (WCAG: a contrast of at least 4.5)."""

import re
from importlib.resources import files

import pytest

from bot.sandbox.browser.draw import pictures

TOKENS = (files("bot.sandbox.browser") / "static" / "tokens.css").read_text("utf-8")
LIGHT, _, REST = TOKENS.partition("@media")
SYSTEM_DARK, _, CHOSEN_DARK = REST.partition(':root[data-theme="dark"]')
PAIRS = [
    ("ink", "ground"), ("ink", "mine"), ("ink", "side-active"), ("soft", "ground"), ("soft", "side"),
    ("soft", "side-active"), ("soft", "hover"), ("soft", "sunk"), ("soft", "raised"), ("accent", "ground"),
    ("accent", "raised"), ("accent-ink", "accent"), ("danger-ink", "danger"), ("mention-ink", "mention"),
    ("warn-ink", "warn"), ("error-ink", "error"), ("error-ink", "raised"), ("error-ink", "ground"),
    ("good-ink", "good"), ("good-ink", "raised"), ("rail-ink", "rail"), ("rail-ink", "rail-active"),
]  # fmt: skip


def _colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_light(one), _light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("css", [LIGHT, SYSTEM_DARK], ids=["light", "dark"])
def test_words_can_be_read_on_what_they_stand_on(css: str) -> None:
    colours = _colours(css)
    found = {f"{ink} on {ground}": _contrast(colours[ink], colours[ground]) for ink, ground in PAIRS}
    assert {pair: contrast for pair, contrast in found.items() if contrast < 4.5} == {}


def test_dark_is_the_same_whether_the_system_or_the_switch_chooses_it() -> None:
    assert _colours(SYSTEM_DARK) == _colours(CHOSEN_DARK)


def test_initials_can_be_read_on_every_picture() -> None:
    for number in range(20):
        colour = re.search(r'rect [^>]*fill="(#[0-9a-f]{6})"', pictures.avatar("Ada Lovelace", number))
        assert colour is not None
        assert _contrast("#ffffff", colour[1]) >= 4.5
