"""The connector for what only a person can do: the app's owners get a task, and say when it is done."""

from bot.connectors.base import Connector, Params
from models.catalogue.spec.connectors import BY_HAND
from models.lifecycle.grant.reconcile import ByHand, ConnectorResult, Done, TargetChange


class Manual(Connector):
    """Gives and takes nothing by itself."""

    type = BY_HAND
    label = "By hand, by the owners"

    @classmethod
    def check(cls, params: Params) -> str | None:
        return f"takes nothing but its type, and has {', '.join(sorted(params))}" if params else None

    @classmethod
    def identity(cls, params: Params) -> None:
        """Owners give each access by itself."""

    async def give(self, change: TargetChange) -> ConnectorResult:
        return ByHand()

    async def take(self, change: TargetChange) -> ConnectorResult:
        """What was never given needs nobody's hand; a task that asked for it is void."""
        return ByHand() if change.was_active else Done()

    async def holds(self, change: TargetChange) -> bool | None:
        return None
