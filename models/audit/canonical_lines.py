"""An entry's canonical JSON, built by the database from the entry's columns.

Byte for byte what `canonical` makes of the entry (`reading.as_record`), in a third of the time: what is read
is one text an entry, and Python neither parses nor encodes anything. Both databases escape texts as Python's
encoder does (backslash, quote, and control characters in small hexadecimal digits).
"""

from typing import Any

from sqlalchemy import ColumnElement, Text, literal_column, types
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from models.tables.audit import AuditEntry, AuditText

_HASHED = ("action", "actor", "app", "at", "data", "person", "seq", "subject")
"""The keys of what is hashed, sorted."""
_WHOLE = ("action", "actor", "app", "at", "data", "hash", "person", "previous", "seq", "subject")
"""The keys of a line of an export, sorted."""


class _Line(FunctionElement[str]):
    type: types.TypeEngine[str] = Text()
    inherit_cache = True
    keys: tuple[str, ...] = _HASHED

    def __init__(self) -> None:
        super().__init__(*(AuditEntry.__table__.c[key] for key in self.keys))


class _WholeLine(_Line):
    inherit_cache = True
    keys = _WHOLE


class _Member(FunctionElement[str]):
    """A text as a member of an object: `"reason":{"salt":"…","text":"…"}`."""

    type: types.TypeEngine[str] = Text()
    inherit_cache = True

    def __init__(self) -> None:
        columns = AuditText.__table__.c
        super().__init__(columns.field, columns.salt, columns.text)


class _Joined(FunctionElement[str]):
    """The texts of many rows as one."""

    type: types.TypeEngine[str] = Text()
    inherit_cache = True


def joined_texts(text: ColumnElement[str], between: str, order: ColumnElement[Any]) -> Any:
    """The texts of many rows as one, in this order, which the rows come in already (SQLite takes it so)."""
    return _Joined(text, literal_column(f"'{between}'"), order)


HASHED: Any = _Line()
"""What follows the previous hash in what is hashed of an entry."""
EXPORTED: Any = _WholeLine()
"""An entry as a line of an export, its previous hash and its own among the keys."""
MEMBER: Any = _Member()


def _columns(element: FunctionElement[str], compiler: SQLCompiler, options: Any) -> list[str]:
    return [compiler.process(column, **options) for column in element.clauses]


@compiles(_Line, "sqlite")
@compiles(_WholeLine, "sqlite")
def _line_on_sqlite(element: _Line, compiler: SQLCompiler, **options: Any) -> str:
    # json_object takes a third of what json_quote takes for each value. What ends before the data ends in a
    # quote, so only the brace is trimmed.
    columns = dict(zip(element.keys, _columns(element, compiler, options), strict=True))
    data = columns.pop("data")
    columns["at"] = f"replace(replace({columns['at']}, '.000000', ''), ' ', 'T') || '+00:00'"
    before = ", ".join(f"'{key}', {columns[key]}" for key in columns if key < "data")
    after = ", ".join(f"'{key}', {columns[key]}" for key in columns if key > "data")
    return (
        f"rtrim(json_object({before}), '}}') || ',\"data\":' || {data} || ',' "
        f"|| ltrim(json_object({after}), '{{')"
    )


@compiles(_Line, "postgresql")
@compiles(_WholeLine, "postgresql")
def _line_on_postgresql(element: _Line, compiler: SQLCompiler, **options: Any) -> str:
    columns = dict(zip(element.keys, _columns(element, compiler, options), strict=True))
    moment = f"to_char({columns['at']} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
    written = {key: f"to_json({column})::text" for key, column in columns.items()}
    written |= {"data": columns["data"], "seq": f"{columns['seq']}::text"}
    written["at"] = f"'\"' || replace({moment}, '.000000', '') || '+00:00\"'"
    members = " || ',' || ".join(f"'\"{key}\":' || {written[key]}" for key in element.keys)
    return f"'{{' || {members} || '}}'"


@compiles(_Member, "sqlite")
def _member_on_sqlite(element: _Member, compiler: SQLCompiler, **options: Any) -> str:
    field, salt, text = _columns(element, compiler, options)
    return f"json_quote({field}) || ':{{\"salt\":' || json_quote({salt}) || ',\"text\":' || {text} || '}}'"


@compiles(_Member, "postgresql")
def _member_on_postgresql(element: _Member, compiler: SQLCompiler, **options: Any) -> str:
    field, salt, text = _columns(element, compiler, options)
    quoted = f"to_json({field})::text", f"to_json({salt})::text"
    return f"{quoted[0]} || ':{{\"salt\":' || {quoted[1]} || ',\"text\":' || {text} || '}}'"


@compiles(_Joined, "sqlite")
def _joined_on_sqlite(element: _Joined, compiler: SQLCompiler, **options: Any) -> str:
    text, between, _ = _columns(element, compiler, options)
    return f"group_concat({text}, {between})"


@compiles(_Joined, "postgresql")
def _joined_on_postgresql(element: _Joined, compiler: SQLCompiler, **options: Any) -> str:
    text, between, order = _columns(element, compiler, options)
    return f"string_agg({text}, {between} ORDER BY {order})"
