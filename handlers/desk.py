"""What every listener works with, put together once by the composition root."""

from collections.abc import Sequence
from dataclasses import dataclass

from blocks.admin.connectors import ConnectorKind
from handlers.catalogue import CatalogueCache
from handlers.whois import WhoIs
from models.clock import Clock
from models.rate_limits import USUAL, Limits
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
    limits: Limits = USUAL
    """How much one person may ask for and say."""
