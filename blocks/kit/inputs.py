"""Input elements: text, numbers, menus, checkboxes and pickers. `blocks.kit.state` reads them back."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from blocks.kit import build
from blocks.kit.build import Element, Option, drop_none, plain


def text_input(
    action_id: str,
    *,
    initial: str = "",
    multiline: bool = False,
    limit: int = 2000,
    placeholder: str = "",
    shortest: int = 0,
    live: bool = False,
) -> Element:
    """A field to type in; the most that it takes is 3,000 characters.

    In a block with `dispatch`, the bot is told on Enter, or with `live` while somebody types.
    """
    return {
        "type": "plain_text_input",
        "action_id": action_id,
        "multiline": multiline,
        "max_length": limit,
    } | drop_none(
        initial_value=initial or None,
        min_length=shortest or None,
        placeholder=plain(placeholder, 150) if placeholder else None,
        dispatch_action_config={"trigger_actions_on": ["on_character_entered"]} if live else None,
    )


def select(
    action_id: str, options: Sequence[Option], *, initial: str | None = None, placeholder: str = ""
) -> Element:
    """A menu of at most 100 choices; `initial` is the value of the one that is chosen."""
    selected = next((option for option in options if option["value"] == initial), None)
    return {"type": "static_select", "action_id": action_id, "options": list(options)[:100]} | drop_none(
        initial_option=selected, placeholder=plain(placeholder, 150) if placeholder else None
    )


def external_select(
    action_id: str, *, initial: Option | None = None, placeholder: str = "", shortest: int = 0
) -> Element:
    """A menu whose choices are asked for while somebody types, from `shortest` characters on."""
    return {"type": "external_select", "action_id": action_id, "min_query_length": shortest} | drop_none(
        initial_option=initial, placeholder=plain(placeholder, 150) if placeholder else None
    )


def multi_external_select(
    action_id: str, *, initial: Sequence[Option] = (), placeholder: str = "", max_selected: int | None = None
) -> Element:
    """The same, for several choices."""
    return {"type": "multi_external_select", "action_id": action_id, "min_query_length": 0} | drop_none(
        initial_options=list(initial) or None,
        max_selected_items=max_selected,
        placeholder=plain(placeholder, 150) if placeholder else None,
    )


def datetime_picker(action_id: str, initial: datetime | None = None) -> Element:
    """A moment, chosen in the person's own time zone (not on App Home)."""
    element: Element = {"type": "datetimepicker", "action_id": action_id}
    return element | drop_none(initial_date_time=int(initial.timestamp()) if initial else None)


def number_input(action_id: str, *, initial: str = "", minimum: int, maximum: int) -> Element:
    """A field for a whole number."""
    element: Element = {
        "type": "number_input",
        "action_id": action_id,
        "is_decimal_allowed": False,
        "min_value": str(minimum),
        "max_value": str(maximum),
    }
    return element | ({"initial_value": initial} if initial else {})


def people_select(action_id: str, *, initial: Sequence[str] = ()) -> Element:
    """A menu of everybody in Slack. Slack refuses the modal for an `initial` that it does not know."""
    element: Element = {"type": "multi_users_select", "action_id": action_id}
    return element | ({"initial_users": list(initial)} if initial else {})


def person_select(action_id: str, *, initial: str = "", placeholder: str = "") -> Element:
    """A menu of everybody in Slack, for one of them."""
    element: Element = {"type": "users_select", "action_id": action_id}
    hint = {"placeholder": build.plain(placeholder, 150)} if placeholder else {}
    return element | hint | ({"initial_user": initial} if initial else {})


def channel_select(action_id: str, *, initial: str = "") -> Element:
    """A menu of the channels that whoever looks can see, public and private, for one of them.

    Of several, so that it can be emptied again: Slack has no way to empty a menu for one.
    """
    element: Element = {
        "type": "multi_conversations_select",
        "action_id": action_id,
        "max_selected_items": 1,
        "filter": {"include": ["public", "private"]},
    }
    return element | ({"initial_conversations": [initial]} if initial else {})


def checkboxes(action_id: str, options: Sequence[Option], *, initial: Iterable[str] = ()) -> Element:
    """At most ten boxes to tick; `initial` are the values of those that are."""
    checked = set(initial)
    selected = [option for option in options if option["value"] in checked]
    element: Element = {"type": "checkboxes", "action_id": action_id, "options": list(options)}
    return element | ({"initial_options": selected} if selected else {})


def date_picker(action_id: str, *, initial: date | None = None) -> Element:
    """A day of the calendar."""
    element: Element = {"type": "datepicker", "action_id": action_id}
    return element | ({"initial_date": initial.isoformat()} if initial else {})
