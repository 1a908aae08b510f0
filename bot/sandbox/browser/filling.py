"""From what the page sends of a field to the value that the form keeps."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.sandbox.browser import menus
from bot.sandbox.browser.hands import Hands
from bot.sandbox.slack import Outcome, choosing, visible
from bot.sandbox.slack.visible import Placed


def held(hands: Hands, target: Placed) -> Any:
    """What the field holds; None for what holds nothing, as a button."""
    return hands.surface.form.get(target.key) if target.element["type"] != "overflow" else None


async def choose(hands: Hands, target: Placed, value: Any) -> Outcome:
    """Takes an option of a menu; in a menu of several, gives it back where it was taken already."""
    kind = target.element["type"]
    if kind == "overflow":
        return await hands.press_at(target, selected_option=value)
    several = kind.startswith("multi_")
    return await hands.set_at(target, menus.toggled(held(hands, target), value) if several else value)


async def unpick(hands: Hands, target: Placed, index: int) -> Outcome:
    """Takes one choice out, or the only one."""
    values = held(hands, target)
    if not isinstance(values, list):
        return await hands.set_at(target, None)
    return await hands.set_at(target, values[:index] + values[index + 1 :])


async def tick(hands: Hands, target: Placed, on: list[int]) -> Outcome:
    """Exactly these options of checkboxes or radio buttons."""
    options = visible.options(target.element)
    picked = [options[int(index)] for index in on]
    if target.element["type"] == "radio_buttons":
        return await hands.set_at(target, picked[0])
    return await hands.set_at(target, picked)


def moment(hands: Hands, target: Placed, text: str) -> Any:
    """A date, a time, or a local date and time of this person; empty takes it out."""
    if target.element["type"] == "datetimepicker" and text:
        zone = ZoneInfo(hands.client.user.tz)
        return choosing.typed(target.element, datetime.fromisoformat(text).replace(tzinfo=zone))
    return choosing.typed(target.element, text)


def written(target: Placed, text: str) -> Any:
    """Typed text as the form keeps it while it is being typed."""
    return choosing.typed(target.element, text)


def hears(target: Placed, when: str) -> bool:
    """Whether the app asked to be told of typing at this moment."""
    config = target.element.get("dispatch_action_config", {})
    return bool(target.block.get("dispatch_action")) and when in config.get(
        "trigger_actions_on", ["on_enter_pressed"]
    )
