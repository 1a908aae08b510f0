"""Where everything is kept: one interface, `Store`, over SQLite and PostgreSQL.

Domain code is a plain function of a transaction (`Tx`), with no `await` in it. On SQLite one thread writes,
over one connection, and puts the works that wait together into one commit; on PostgreSQL each work is a
transaction of its own over asyncpg. What `write` returned is on disk.
"""

from models.store.base import Store
from models.store.open import open_store
from models.store.tx import Tx

__all__ = ["Store", "Tx", "open_store"]
