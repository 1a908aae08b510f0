"""Reads an app's answer to block_suggestion.

https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload
"""

from bot.sandbox.slack.ack import Ack
from bot.sandbox.slack.errors import Json
from bot.sandbox.slack.results import Trouble
from bot.sandbox.slack.validate import validate_suggestions


def read(answer: Ack) -> list[Json]:
    """The options offered, groups laid flat; `Trouble` where the menu would show an error."""
    if not answer.ok:
        raise Trouble(f"the menu could not be loaded: {answer.error}")
    problems = validate_suggestions(answer.body)
    if problems:
        raise Trouble("the menu could not be loaded: " + "; ".join(str(each) for each in problems))
    groups = answer.body.get("option_groups")
    found = [option for group in groups for option in group["options"]] if groups else answer.body["options"]
    return list(found)
