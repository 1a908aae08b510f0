"""App Home's tabs in tests: their buttons say which is open and how much is in each."""

import re

from bot.sandbox.slack import Person
from bot.sandbox.slack.state.views import View

TABS = ("My access", "My requests", "To do")


def tab_labels(view: View) -> list[str]:
    """The labels of the tabs, with the mark of the open one and the numbers."""
    return [text for text in view.buttons if _name(text) in TABS]


def open_tab_of(view: View) -> str:
    """The name of the tab that is marked as open."""
    (marked,) = (_name(text) for text in tab_labels(view) if text.startswith("● "))
    return marked


async def press_tab(person: Person, name: str) -> None:
    """Press a tab on somebody's App Home."""
    view = person.home
    assert view is not None
    (label,) = (text for text in tab_labels(view) if _name(text) == name)
    outcome = await person.press_home(label)
    assert outcome.ok, outcome


def _name(label: str) -> str:
    return re.sub(r"^● | \d+$", "", label)
