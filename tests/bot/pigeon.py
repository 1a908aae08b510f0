"""A connector as another package would bring it (see test_connectors)."""

from bot.connectors.base import Connector, Params
from models.lifecycle.grant.reconcile import ConnectorResult, Done, TargetChange


class Pigeon(Connector):
    """Takes a message there, and believes that it arrived."""

    type = "pigeon"
    label = "Carrier pigeon"

    @classmethod
    def check(cls, _params: Params) -> str | None:
        return None

    async def give(self, change: TargetChange) -> ConnectorResult:
        return Done()

    async def take(self, change: TargetChange) -> ConnectorResult:
        return Done()

    async def holds(self, change: TargetChange) -> bool | None:
        return None
