"""Open the database, upgrade its schema, and turn its errors into sentences for the operator."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from bot.errors import Failure
from models.clock import SystemClock
from models.store.base import Store, Unavailable
from models.store.open import open_store


class NoSchema(Failure):
    """There is no database yet, or it is empty."""


@dataclass(frozen=True)
class Schema:
    """The revision of a database's schema (None: nothing is in it yet), and the one that Keyturn needs."""

    present: str | None
    newest: str
    known: bool
    """Whether this Keyturn knows the present one; a newer Keyturn's it does not."""

    @property
    def current(self) -> bool:
        return self.present == self.newest

    @property
    def too_new(self) -> str | None:
        """The sentence about a database that a newer Keyturn has worked on."""
        if self.known:
            return None
        return (
            f"The database has the schema {self.present} of a newer Keyturn; this one knows it up to "
            f"{self.newest}. Use the newer one."
        )

    @property
    def unusable(self) -> str | None:
        """Why this Keyturn cannot work with what is there, in a sentence; None if it can."""
        if self.current:
            return None
        older = f"The database has the schema {self.present} of an older Keyturn. Run `keyturn db upgrade`."
        return self.too_new or older


def safe_url(url: str) -> str:
    """The URL without its secrets: no password, and no query, where one can stand too."""
    return make_url(url).set(query={}).render_as_string(hide_password=True)


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database; None on PostgreSQL."""
    parsed = make_url(url)
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


async def schema_of(url: str) -> Schema:
    """Read which schema the database has. A SQLite file that is not there is not created."""
    from models import migrate  # noqa: PLC0415 - Alembic takes a third of a second, and few commands need it

    file = sqlite_file(url)
    present = None if file and not file.exists() else await migrate.check(url)
    return Schema(present, migrate.newest(), migrate.knows(present))


async def upgrade(url: str) -> Schema:
    """Upgrade the schema; returns what it was.

    Raises:
        Failure: A newer Keyturn has upgraded it.
    """
    from models import migrate  # noqa: PLC0415 - see above

    schema = await schema_of(url)
    if schema.too_new:
        raise Failure(schema.too_new)
    if not schema.current:
        await migrate.upgrade(url)
    return schema


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Store]:
    """Open the store, where its schema is the one that this Keyturn works with.

    Raises:
        NoSchema: There is nothing in the database yet.
        Failure: The schema is another one.
    """
    schema = await schema_of(url)
    if schema.present is None:
        raise NoSchema(f"There is nothing in the database yet: {safe_url(url)}")
    if schema.unusable:
        raise Failure(schema.unusable)
    store = open_store(url, SystemClock())
    try:
        yield store
    finally:
        await store.close()


@contextmanager
def explain_errors(url: str) -> Iterator[None]:
    """Raise a Failure, in a sentence, for what the database does not do inside the block.

    Raises:
        Failure: The database cannot be used.
        BrokenPipeError: Whoever reads the command's output has left.
    """
    try:
        yield
    except BrokenPipeError:
        # Whoever reads the command's output has left. The command line itself ends quietly then.
        raise
    except Unavailable as error:
        raise Failure(str(error)) from error
    except (DBAPIError, OSError) as error:
        raise Failure(f"The database {safe_url(url)} cannot be used: {driver_message(error)}.") from error


def driver_message(error: DBAPIError | OSError) -> str:
    """What the driver or the system says, without the statement and SQLAlchemy's own text around it."""
    message = str(error.orig if isinstance(error, DBAPIError) else error)
    # SQLAlchemy's layer over asyncpg puts the class before the words.
    return message.partition(">: ")[2] or message
