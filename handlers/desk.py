"""What every listener works with, put together once by the composition root."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from blocks.admin.fields.connector import ConnectorKind
from handlers.catalogue import CatalogueCache
from handlers.limiter import Limiter
from handlers.merged import Merged
from handlers.turned_away import TurnedAway
from handlers.whois import WhoIs
from models.clock import Clock
from models.lifecycle.people import app_home
from models.lifecycle.request.rate_limits import DEFAULT_LIMITS, Limits
from models.store.base import Store


@dataclass(frozen=True)
class Desk:
    """The store, the time, and fresh word of who is who and which apps there are."""

    store: Store
    clock: Clock
    whois: WhoIs
    catalogue: CatalogueCache
    connectors: Sequence[ConnectorKind] = ()
    """The kinds of connector that admins may choose."""
    limits: Limits = DEFAULT_LIMITS
    """How much one person may ask for and say."""
    limiter: Limiter = field(default_factory=Limiter)
    """How many deliveries are handled at once."""

    @cached_property
    def homes_opened(self) -> Merged:
        """Those who opened App Home, with whether Slack had nothing of theirs to show."""
        return Merged(self.store, app_home.open_homes)

    @cached_property
    def turned_away(self) -> TurnedAway:
        """Those who are to be told that what they pressed was not begun."""
        return TurnedAway(self.store, self.clock)
