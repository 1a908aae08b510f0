"""Base of all tables: naming, times, JSON and groups of rows, the same on SQLite and PostgreSQL."""

import enum
import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from operator import attrgetter
from typing import Any, Generic, TypeGuard, TypeVar

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

Json = dict[str, Any]
JsonList = list[Any]

# Constraints need names so that a migration can change them on both databases.
NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def encode_with(encoder: json.JSONEncoder) -> Callable[[Any], str]:
    """Like `encoder.encode`, in half the time: that makes a new encoder in C for every value."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an implementation of Python without it
        return encoder.encode
    quote = json.encoder.encode_basestring_ascii if encoder.ensure_ascii else json.encoder.encode_basestring
    options = (encoder.key_separator, encoder.item_separator, encoder.sort_keys)
    encode = make(None, encoder.default, quote, encoder.indent, *options, encoder.skipkeys, encoder.allow_nan)
    return lambda value: "".join(encode(value, 0))


def decode(text: str) -> Any:
    """What `json.loads` makes of a text that the store has written: nothing stands around the value."""
    return _raw_decode(text)[0]


_raw_decode = json.JSONDecoder().raw_decode


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out. A naive one is a defect: ValueError."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; times are stored in UTC")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSON_TYPE = JSON().with_variant(JSONB(), "postgresql")
# SQLite counts a key up by itself only where the type is INTEGER.
BIG_KEY = BigInteger().with_variant(Integer(), "sqlite")


def _values(enum_class: type[enum.Enum]) -> list[str]:
    return [str(member.value) for member in enum_class]


class Base(DeclarativeBase):
    """Every table's parent."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it off the class
        datetime: UtcDateTime(),
        Json: JSON_TYPE,
        JsonList: JSON_TYPE,
        enum.Enum: Enum(enum.Enum, native_enum=False, length=24, values_callable=_values),
    }


class ReadOnce:
    """Marks a table whose rows a transaction keeps once it has read them."""


R = TypeVar("R", bound=Base)


GROUPS: dict[type[Base], "list[Group[Any]]"] = {}


@dataclass(frozen=True, eq=False)
class Group(Generic[R]):
    """The rows of a table that share a value: the stages of a request, the live grants of a person.

    Its conditions are declared once, and apply in SQL and to rows that the unit of work has changed alike.
    """

    table: type[R]
    by: str | None
    """The column that they share; None: all that meet the conditions."""
    where: dict[str, Any]
    """Further conditions by column: a value, several in a tuple, None, or `Not(value)`."""
    order: tuple[str, ...]
    """The columns by which they are ordered, by default their key."""
    of: type[Base] | None
    """The table whose key `by` is: for all its rows in hand the group is read at once."""

    @cached_property
    def asked(self) -> Callable[[R], Any]:
        """Reads the columns that decide a row's group: versions with equal values are in the same one."""
        return _getter(self.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that decide which group a row is in."""
        return (*self.where, self.by) if self.by else tuple(self.where)

    def holds(self, row: R) -> bool:
        """Whether a row meets the conditions."""
        for name, values, within in self._conditions:  # noqa: SIM110 - `all` takes twice, for each change
            if (getattr(row, name) in values) is not within:
                return False
        return True

    @cached_property
    def _conditions(self) -> list[tuple[str, frozenset[Any], bool]]:
        """By column: some values, and whether it has to have one of them or none."""
        return [(name, *_values_of(wanted)) for name, wanted in self.where.items()]

    def key_of(self, row: R) -> Any:
        """The shared value of the group that this row is in."""
        return getattr(row, self.by) if self.by else None

    def sorted(self, rows: Iterable[R]) -> list[R]:
        return sorted(rows, key=self._ordered)

    @cached_property
    def _ordered(self) -> Callable[[R], Any]:
        return attrgetter(*self.order)


@dataclass(frozen=True)
class Not:
    """A condition of a `Group`: anything but this value. `Not(None)`: it is set."""

    value: Any


def group(
    table: type[R],
    *,
    by: str | None = None,
    of: type[Base] | None = None,
    order: str | tuple[str, ...] | None = None,
    **where: Any,
) -> Group[R]:
    """Declare a group, at the top of a module: `group(Asked, by="request_id", of=Request)`."""
    columns = (order,) if isinstance(order, str) else order or keys_of(table)
    made = Group(table, by, where, columns, of)
    GROUPS.setdefault(table, []).append(made)
    _ASKED.pop(table, None)
    return made


def _values_of(wanted: Any) -> tuple[frozenset[Any], bool]:
    if isinstance(wanted, Not):
        return frozenset([wanted.value]), False
    return frozenset(wanted if isinstance(wanted, tuple) else [wanted]), True


@cache
def keys_of(table: type[Base]) -> tuple[str, ...]:
    """The names of a table's key columns."""
    return tuple(column.key for column in table.metadata.tables[table.__tablename__].primary_key.columns)


def key_of(row: Base) -> Any:
    """A row's key: its value, or a tuple of several."""
    return _KEYS[row.__table__](row)


def asked_of(table: type[R]) -> Callable[[R], Any] | None:
    """Reads the columns of a row that decide its groups; None for a table without groups."""
    if table not in _ASKED and table in GROUPS:
        _ASKED[table] = _getter({name for of in GROUPS[table] for name in of.columns})
    return _ASKED.get(table)


def _getter(columns: Collection[str]) -> Callable[[Any], Any]:
    """A function that reads these columns of a row; None for every row where there are no columns."""
    return attrgetter(*columns) if columns else lambda _row: None


_ASKED: dict[type[Base], Callable[[Any], Any]] = {}


def is_a(row: object, table: type[R]) -> TypeGuard[R]:
    """Whether this is a row of that table."""
    return getattr(row, "__table__", None) is table.__table__


def type_of(row: Base) -> type[Base]:
    """The mapped class of a row."""
    return _TABLES[row.__table__]


class _Tables(dict[Any, type[Base]]):
    def __missing__(self, table: Any) -> type[Base]:
        self.update({mapper.class_.__table__: mapper.class_ for mapper in Base.registry.mappers})
        return self[table]


_TABLES = _Tables()


class _Keys(dict[Any, Callable[[Any], Any]]):
    def __missing__(self, table: Any) -> Callable[[Any], Any]:
        self[table] = attrgetter(*keys_of(_TABLES[table]))
        return self[table]


_KEYS = _Keys()
"""What reads the key of a row, by its table: asked for with each row that is read or changed."""
