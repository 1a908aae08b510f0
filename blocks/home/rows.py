"""What the tabs of App Home share: rows with their buttons, and times in words.

The words are right when App Home is drawn, which is when it is opened and at every change.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from blocks import kit
from blocks.cards import layout, phrases
from blocks.cards.buttons import CardAction
from blocks.home.tabs import HomeAction
from blocks.kit import Block, Element
from blocks.kit.text import date, mention, moment
from models.catalogue.spec import AppSpec
from models.catalogue.spec.enums import RequestKind
from models.durations import time_left_words
from models.tables.grants import Grant
from models.tables.requests import Request

_LONG_AGO = timedelta(days=7)
_MORE = {
    CardAction.COMMENT: "Comment",
    CardAction.DETAILS: "Details",
    CardAction.REASSIGN: "Reassign",
    CardAction.USE_LESS: "Use less",
}
"""The entries of the menus behind ⋯."""


def rows(
    text: str, elements: Sequence[Element], about: str = "", *, accessory: Element | None = None
) -> list[Block]:
    """A paragraph with a row of buttons. `about` is for screen readers (`spoken`)."""
    buttons = [layout.labelled(element, about) for element in elements]
    return [kit.section(text, accessory=accessory), kit.actions(buttons)]


def more(ref: str, *actions: CardAction) -> Element:
    """The menu behind ⋯ of a request (AR-1) or a grant (GR-1); an entry's value is its action and the ref."""
    return kit.overflow(HomeAction.MORE, [kit.option(_MORE[action], f"{action}:{ref}") for action in actions])


def spoken(row: Request | Grant) -> str:
    """What a row's buttons are about, for screen readers."""
    return phrases.spoken_title(row.ref, row, "", {})


def subject(row: Request | Grant, app: AppSpec | None = None) -> str:
    """The app's icon, app and access: ":octopus: GitHub · Admin"; "extension of …" for a request of that."""
    icon = phrases.icon(app) if app is not None else ""
    extension = "extension of " if getattr(row, "kind", None) is RequestKind.EXTEND else ""
    return f"{icon}{extension}{phrases.access_title(row)}"


def people(request: Request) -> str:
    """Who would have it, and who requests it where that is somebody else: "@Mia for @Ada"."""
    beneficiary = mention(request.beneficiary_id)
    if request.beneficiary_id == request.requester_id:
        return beneficiary
    return f"{mention(request.requester_id)} for {beneficiary}"


def expires_in(at: datetime, now: datetime) -> str:
    """When something expires: "expires in 2 days 3 hours (Mon 19:16)"."""
    wait = f"in {time_left_words(at - now).removesuffix(' left')}" if at > now else "now"
    return f"expires {wait} ({moment(at)})"


def waiting(since: datetime, now: datetime) -> str:
    """How long something waits: "waiting 3 hours", "new"."""
    return f"waiting {words}" if (words := _largest_unit(now - since)) else "new"


def ago(at: datetime, now: datetime) -> str:
    """When something was: "3 hours ago", "just now", or the date where that is long ago."""
    if now - at >= _LONG_AGO:
        return date(at)
    return f"{words} ago" if (words := _largest_unit(now - at)) else "just now"


def _largest_unit(duration: timedelta) -> str:
    """The duration in its largest unit, rounded down; empty below a minute."""
    minute = timedelta(minutes=1)
    return " ".join(time_left_words(duration).split()[:2]) if duration >= minute else ""
