"""What every handler of one bot works with, built once by the composition root."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from blocks.admin.fields.connector import ConnectorKind
from handlers.catalogue_cache import CatalogueCache
from handlers.overload import Limiter, OverloadNotices
from handlers.people.lookup import PeopleLookup
from handlers.write_batcher import WriteBatcher
from models.clock import Clock
from models.lifecycle.people import app_home
from models.lifecycle.request.rate_limits import DEFAULT_LIMITS, Limits
from models.store.base import Store


@dataclass(frozen=True)
class Context:
    """The store and the clock of one bot, its lookups of people, and its catalogue in memory."""

    store: Store
    clock: Clock
    people: PeopleLookup
    catalogue: CatalogueCache
    connectors: Sequence[ConnectorKind] = ()
    """The kinds of connector that admins may choose."""
    limits: Limits = DEFAULT_LIMITS
    """How many requests and comments one person may send."""
    limiter: Limiter = field(default_factory=Limiter)
    """How many deliveries are handled at once."""

    @cached_property
    def home_openings(self) -> WriteBatcher:
        """Openings of App Home by person; the flag says that Slack had no view of theirs to show."""
        return WriteBatcher(self.store, app_home.open_homes)

    @cached_property
    def overload_notices(self) -> OverloadNotices:
        """Messages to people whose click was not handled."""
        return OverloadNotices(self.store, self.clock)
