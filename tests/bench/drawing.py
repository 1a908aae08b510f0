"""Cards: plain dicts against the models of slack_sdk, which build the same blocks."""

from collections.abc import Callable
from typing import Any

from slack_sdk.models.blocks import Block

from blocks import cards
from models.tables.cards import CardKind
from tests.bench.measure import Result, in_turns
from tests.blocks import stories

MANY = 200
QUICK = {"MANY": 3}


async def run() -> list[Result]:
    """An approver's card."""
    story = stories.story()
    drawn = cards.draw(CardKind.APPROVAL, story, stories.GRACE)

    def with_models() -> list[dict[str, Any]]:
        return [block.to_dict() for block in Block.parse_all(drawn["blocks"])]

    ours, floor = await in_turns(
        _often(lambda: cards.draw(CardKind.APPROVAL, story, stories.GRACE)), _often(with_models)
    )
    return [Result("A card built", "slack_sdk.models", ours / MANY, floor / MANY, 0.25)]


def _often(work: Callable[[], object]) -> Callable[[], None]:
    def run_it() -> None:
        for _ in range(MANY):
            work()

    return run_it
