"""The ground that every table stands on: naming, time and JSON, the same on SQLite and PostgreSQL."""

import enum
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

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
    """What `encoder.encode` does, in half the time: that makes a new encoder in C for every value."""
    make: Any = getattr(json.encoder, "c_make_encoder", None)
    if make is None:  # an implementation of Python without it
        return encoder.encode
    quote = json.encoder.encode_basestring_ascii if encoder.ensure_ascii else json.encoder.encode_basestring
    options = (encoder.key_separator, encoder.item_separator, encoder.sort_keys)
    encode = make(None, encoder.default, quote, encoder.indent, *options, encoder.skipkeys, encoder.allow_nan)
    return lambda value: "".join(encode(value, 0))


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out. A naive one is a defect and is refused."""

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
    """Marks a table whose rows a transaction holds once it has read them; see `models.store.session`."""
