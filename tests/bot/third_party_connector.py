"""A connector as another package would provide it (see test_connectors)."""

from bot.connectors.base import Connector, Params
from models.lifecycle.grant.reconcile import ConnectorResult, Done, TargetChange


class ThirdPartyConnector(Connector):
    """Succeed at once, and never know what is there."""

    type = "third_party"
    label = "Third party"

    @classmethod
    def check(cls, _params: Params) -> str | None:
        return None

    async def give(self, change: TargetChange) -> ConnectorResult:
        return Done()

    async def take(self, change: TargetChange) -> ConnectorResult:
        return Done()

    async def holds(self, change: TargetChange) -> bool | None:
        return None
