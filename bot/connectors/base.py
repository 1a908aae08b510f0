"""The interface of a connector.

A package brings one of its own by an entry point in the group `keyturn.connectors`: its name is the `type`
that stands in the catalogue, its object a subclass of `Connector`.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import aiohttp

from blocks.admin.fields.connector import ConnectorParam
from bot.errors import RetryAfter, UpstreamUnavailable
from bot.slack.gateway import Gateway
from models.clock import Clock
from models.lifecycle.grant.reconcile import ConnectorFailure, ConnectorResult, Done, TargetChange
from models.tables.grants import Direction

Params = Mapping[str, Any]


@dataclass(frozen=True)
class ConnectorContext:
    """What connectors may use."""

    clock: Clock
    http: aiohttp.ClientSession
    slack: Gateway
    bot_user_id: Callable[[], str]
    """Keyturn's own user id in Slack; empty as long as Slack has not told it."""


class Connector(ABC):
    """Gives and takes access in one kind of target system.

    All methods run outside of any transaction, and never two of them for the same target at once, over all
    processes. They may run again after a crash or a lost answer, so each looks before it acts.
    """

    type: ClassVar[str]
    """Its name in the catalogue."""
    label: ClassVar[str]
    """Its name in the admins' menu."""
    params: ClassVar[tuple[ConnectorParam, ...]] = ()
    """What the admins' form asks for; whatever else a connector takes stands in the catalogue file only."""

    def __init__(self, context: ConnectorContext) -> None:
        self.context = context

    @classmethod
    @abstractmethod
    def check(cls, params: Params) -> str | None:
        """What is wrong with a catalogue entry's parameters, as a sentence, or None. Makes no call."""

    @classmethod
    def identity(cls, params: Params) -> Params | None:
        """Return the parameters that say what is changed, without those that only say how.

        Accesses of one identity are one thing in the target system: they have one writer, and nothing is
        taken from a person that another access still gives them. None: each access is a thing of its own.
        """
        return params

    @abstractmethod
    async def give(self, change: TargetChange) -> ConnectorResult:
        """Give one person the access. Returns Done only when it is so."""

    @abstractmethod
    async def take(self, change: TargetChange) -> ConnectorResult:
        """Take the access from one person. Returns Done only when it is so."""

    @abstractmethod
    async def holds(self, change: TargetChange) -> bool | None:
        """Whether the person has the access in the target system now; None where that cannot be seen."""

    async def probe(self, params: Params) -> str | None:
        """For `keyturn check`: what keeps us from the target system, as a sentence, or None."""
        return None

    async def apply(self, changes: Sequence[TargetChange]) -> Mapping[int, ConnectorResult]:
        """Make these changes of one target; what became of each, by grant id.

        One after the other, each only where it is not so already. A connector whose system takes several
        changes in one call does better.
        """
        return {change.grant_id: await self._apply_one(change) for change in changes}

    async def _apply_one(self, change: TargetChange) -> ConnectorResult:
        giving = change.direction is Direction.GIVE
        try:
            if await self.holds(change) is giving:
                return Done()
            return await (self.give(change) if giving else self.take(change))
        except Exception as error:  # noqa: BLE001 - one person's failure is not the next one's
            return trouble_of(error)


def trouble_of(error: Exception) -> ConnectorFailure:
    """An exception as an outcome: the change is tried again, since it may succeed then."""
    if isinstance(error, RetryAfter):
        return ConnectorFailure(str(error), wait=error.wait)
    if isinstance(error, UpstreamUnavailable):
        return ConnectorFailure(f"The other side does not answer: {error}.")
    return ConnectorFailure(f"{type(error).__name__}: {error}"[:500])
