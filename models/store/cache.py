"""What a transaction on SQLite has read and the next one need not read again.

It holds as long as nobody else commits between the two. So a store on SQLite hands a transaction's cache to
the next one on the same connection, and only where it was committed and `PRAGMA data_version` is what it was:
that number changes with each commit of another connection, be it of this process or of the command line.
Whatever else happens (a rollback, a lost connection), the next transaction begins with an empty cache. On
PostgreSQL each one does, since nothing tells it what other processes have committed.
"""

from dataclasses import dataclass, field
from typing import Any

from models.tables.base import Base, Group
from models.tables.catalogue import Policy
from models.tables.people import Delegation, Role
from models.tables.workspace import Setting

TABLES: tuple[type[Base], ...] = (Setting, Delegation, Role, Policy)
"""Small tables that nearly every verb looks at and few change; a unit of work that changes one drops it."""

MOST = 4096
"""A table of which more rows are known begins anew, so that the cache stays small."""


@dataclass
class Cache:
    """The state of the database as far as it is known at the beginning of a transaction."""

    rows: dict[type[Base], dict[Any, Any]] = field(default_factory=dict)
    """Rows of `TABLES` by their keys; None: there is no such row."""
    groups: dict[tuple[Group[Any], Any], dict[Any, None]] = field(default_factory=dict)
    """The keys of the rows of their groups."""
    numbers: dict[type[Base], int] = field(default_factory=dict)
    """The highest number given in a table, of whichever."""
    head: tuple[int, str] | None = None
    """The number and the hash of the audit trail's last entry."""
