"""Run statements: declared in SQLAlchemy Core, compiled once a process, with their types' processors kept.

Core makes a statement's SQL, but running it through an engine costs 53 µs where SQLite needs 5: a connection,
a context, a result and a row object for each. An approval runs some fifteen, so `Made` compiles each once and
speaks to the driver itself. `Core` runs the same statements the plain way; the store's tests hold the two
against each other, so a change inside SQLAlchemy shows as a difference and not as a defect.

Lists are one value (`among`), so that no statement is made anew at each call.
"""

import json
from abc import ABC, abstractmethod
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, TypeVar

from sqlalchemy import Connection, Dialect, Executable, Select, String, Text, bindparam, types
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from models.tables.base import Base, UtcDateTime, encode_with

R = TypeVar("R", bound=Base)

Values = Mapping[str, Any]


@cache
def row_type(table: type[R]) -> type[R]:
    """The named tuple that a row of this table is read as, with the table's properties (`ref`, `open`).

    It is typed as the mapped class, which declares the table for Alembic and mypy and is never made. A row is
    frozen: `Outcome.change` returns the row as it is then.
    """
    names = [column.key for column in table.__table__.columns]
    own = {name: value for name, value in vars(table).items() if isinstance(value, property)}
    body = {"__slots__": (), "__table__": table.__table__, "__doc__": table.__doc__, **own}
    return type(table.__name__, (namedtuple(table.__name__, names),), body)


_encode = encode_with(json.JSONEncoder())


class _Many(types.TypeDecorator[Sequence[Any]]):
    """A list as one value: JSON text on SQLite, an array on PostgreSQL."""

    impl = Text
    cache_ok = True

    def __init__(self, element: types.TypeEngine[Any]) -> None:
        super().__init__()
        self.element = element

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[Any]:
        if dialect.name == "postgresql":
            # A cast to a length would cut off what is longer, where the column refuses it.
            element = String() if type(self.element) is String else self.element
            return dialect.type_descriptor(ARRAY(element, dimensions=1))
        return dialect.type_descriptor(Text())

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        if dialect.name == "postgresql":
            return super().bind_processor(dialect)
        each = self.element.dialect_impl(dialect).bind_processor(dialect)
        if each is None:
            return lambda values: _encode(list(values))
        return lambda values: _encode([each(value) for value in values])


class _Among(FunctionElement[bool]):
    inherit_cache = True
    name = "among"
    # Of a Boolean, SQLite would be asked whether it `= 1`, and pass by the index.
    type: types.TypeEngine[Any] = types.NullType()


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - of compiled parts


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: SQLCompiler, **options: Any) -> str:
    column, values = (compiler.process(one, **options) for one in element.clauses)
    return f"{column} = ANY ({values})"


def among(column: Any, name: str) -> ColumnElement[bool]:
    """`column IN (…)`, where the list is the one value `name`: `among(Asked.person_id, "people")`."""
    expression = column.__clause_element__() if hasattr(column, "__clause_element__") else column
    return _Among(expression, bindparam(name, type_=_Many(expression.type)))


def many(name: str, element: types.TypeEngine[Any]) -> Any:
    """A bind parameter that is a list of this type, as `among` has it."""
    return bindparam(name, type_=_Many(element))


class Read(NamedTuple):
    """A statement that reads, with its values."""

    statement: Any
    values: Values = MappingProxyType({})


class Write(NamedTuple):
    """A statement that writes, with the rows that it is run for."""

    statement: Any
    rows: Sequence[Values]
    check: Callable[[int], None] = lambda _changed: None
    """Is told how many rows were changed, and raises where they are too few."""


class Plan(NamedTuple):
    """A statement, ready to be run on one kind of database."""

    sql: str
    binds: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    """For each parameter in order: its name, and its type's processor."""
    constants: dict[str, Any]
    """The values of the parameters that need not be given."""
    results: tuple[tuple[int, Callable[[Any], Any]], ...]
    """The columns whose values a type has to process, by their place."""
    make: Callable[[Iterable[Any]], Any]
    """Makes what `all` returns of one row's values: a row of a table, a single value, or a tuple."""
    returns: bool

    def read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        """What `Sql.all` returns of these rows, as the driver has read them."""
        if not self.returns:
            return []
        make = self.make
        if not self.results:
            return [make(row) for row in rows]
        made = []
        for row in rows:
            fields = list(row)
            for place, process in self.results:
                fields[place] = process(fields[place])
            made.append(make(fields))
        return made

    def given(self, values: Values) -> list[Any]:
        """Its parameters in order.

        Raises:
            TypeError: A parameter is missing.
            KeyError: The conversion of a value raises one.
        """
        if self.constants:
            values = {**self.constants, **values}
        try:
            return [
                values[name] if process is None else process(values[name]) for name, process in self.binds
            ]
        except KeyError:
            if missing := [name for name, _ in self.binds if name not in values]:
                raise TypeError(f"the statement wants {missing}: {self.sql}") from None
            raise

    def given_all(self, rows: Sequence[Values]) -> list[list[Any]]:
        """The same for each of these, in half the time where they are many."""
        names = [name for name, _ in self.binds]
        if self.constants or len(rows) == 1 or len(names) == 1 or not all(map(rows[0].__contains__, names)):
            return [self.given(row) for row in rows]
        pick = itemgetter(*names)
        made = [list(pick(row)) for row in rows]
        for place, (_, process) in enumerate(self.binds):
            if process is not None:
                for fields in made:
                    fields[place] = process(fields[place])
        return made


def entity_of(statement: Executable) -> type[Base] | None:
    """The table whose rows a statement reads whole (`select(Request)`), if it does that."""
    described: Any = getattr(statement, "column_descriptions", None) or ()
    if len(described) == 1 and isinstance(described[0]["expr"], type):
        return described[0]["expr"]
    return None


def _columns(statement: Executable) -> list[ColumnElement[Any]]:
    if isinstance(statement, Select) or hasattr(statement, "selected_columns"):
        return list(statement.selected_columns)
    return list(getattr(statement, "_returning", ()))


@cache
def returns(statement: Any) -> bool:
    """Whether a declared statement returns rows."""
    return bool(_columns(statement))


def _plan(statement: Any, dialect: Dialect, keys: frozenset[str] | None) -> Plan:
    table = entity_of(statement)
    if table is not None:
        statement = statement.with_only_columns(*table.__table__.c, maintain_column_froms=True)
    required = _made_optional(statement)
    options: dict[str, Any] = {"compile_kwargs": {"render_postcompile": True}}
    if keys is not None:
        options["column_keys"] = sorted(keys)
    compiled: Any = statement.compile(dialect=dialect, **options)
    names = compiled.positiontup or ()
    binds = tuple((name, _bind(compiled.binds[name].type, dialect)) for name in names)
    given = required | (keys or set())
    constants = {name: compiled.binds[name].value for name in names if name not in given}
    columns = _columns(statement)
    results = tuple(
        (place, process)
        for place, column in enumerate(columns)
        if (process := _result(column.type, dialect)) is not None
    )
    make: Callable[[Iterable[Any]], Any] = tuple
    if table is not None:
        make = row_type(table)._make
    elif len(columns) == 1:
        make = lambda values: next(iter(values))  # noqa: E731
    return Plan(compiled.string, binds, constants, results, make, returns=bool(columns))


def _made_optional(statement: Any) -> set[str]:
    """The names of the parameters that have to be given.

    To be able to write constants out (`literal_execute`, `in_`), the compiler wants a value for each.
    """
    found = [one for one in visitors.iterate(statement) if isinstance(one, BindParameter)]
    named = [one for one in found if not one.unique and one.value is None and one.callable is None]
    for one in named:
        one.required = False
    return {one.key for one in named}


@cache
def _bind(type_: types.TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return _remembering(type_, type_.dialect_impl(dialect).bind_processor(dialect))


@cache
def _result(type_: types.TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return _remembering(type_, type_.dialect_impl(dialect).result_processor(dialect, None))


def _remembering(
    type_: types.TypeEngine[Any], process: Callable[[Any], Any] | None
) -> Callable[[Any], Any] | None:
    """The same; moments, states and flags come again and again, and cannot change: those it makes once."""
    lasting = isinstance(type_, UtcDateTime | types.Enum | types.Boolean)
    return process if process is None or not lasting else lru_cache(maxsize=1000)(process)


class Sql(ABC):
    """Runs statements in one transaction of one database."""

    dialect: Dialect
    errors: tuple[type[BaseException], ...] = (DBAPIError, OSError)
    """What the database's own trouble is raised as."""

    @abstractmethod
    def all(self, statement: Any, /, **values: Any) -> list[Any]:
        """Run it and return what it reads.

        Rows of a table for `select(Request)`, single values for one column, tuples for several.
        """

    @abstractmethod
    def run(self, statement: Any, rows: Sequence[Values]) -> int:
        """Run it once for each of these; returns how many rows it changed (-1: the database does not say)."""

    def first(self, statement: Any, /, **values: Any) -> Any:
        """The first of `all`; None where there is none."""
        found = self.all(statement, **values)
        return found[0] if found else None

    def all_of(self, reads: Sequence[Read]) -> list[list[Any]]:
        """What each of these reads; none of them depends on another."""
        return [self.all(statement, **values) for statement, values in reads]

    def write(self, writes: Iterable[Write], then: Read | None = None) -> list[Any]:
        """Write, in this order; returns what `then` reads after it.

        None of them reads what another writes. Raises what their checks raise.
        """
        for statement, rows, check in writes:
            if rows:
                some = returns(statement)
                check(len(self.all(statement, **rows[0])) if some else self.run(statement, rows))
        return self.all(then.statement, **then.values) if then is not None else []


class Reader(Protocol):
    """Whatever reads by declared statements; a `Case` does."""

    def read(self, statement: Any, /, **values: Any) -> list[Any]: ...


class Core(Sql):
    """The plain way, through an engine's connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self.dialect = connection, connection.dialect

    def all(self, statement: Any, /, **values: Any) -> list[Any]:
        table = entity_of(statement)
        if table is not None:
            statement = statement.with_only_columns(*table.__table__.c, maintain_column_froms=True)
        result = self._connection.execute(statement, values)
        if not result.returns_rows:
            return []
        if table is not None:
            return [row_type(table)._make(row) for row in result]
        rows = [tuple(row) for row in result]
        return [row[0] for row in rows] if len(result.keys()) == 1 else rows

    def run(self, statement: Any, rows: Sequence[Values]) -> int:
        return self._connection.execute(statement, list(rows)).rowcount if rows else 0


class Made(Sql):
    """Statements compiled once a process, given to the driver itself."""

    _plans: dict[tuple[str, int, frozenset[str] | None], tuple[Any, Plan]] = {}  # noqa: RUF012 - shared on purpose

    @abstractmethod
    def _fetch(self, sql: str, values: list[Any]) -> Sequence[Sequence[Any]]: ...

    @abstractmethod
    def _many(self, sql: str, rows: list[list[Any]]) -> int: ...

    def all(self, statement: Any, /, **values: Any) -> list[Any]:
        plan = self.plan(statement)
        return plan.read(self._fetch(plan.sql, plan.given(values)))

    def run(self, statement: Any, rows: Sequence[Values]) -> int:
        if not rows:
            return 0
        plan = self.plan(statement, frozenset(rows[0]) if statement.is_insert else None)
        return self._many(plan.sql, plan.given_all(rows))

    def plan(self, statement: Any, keys: frozenset[str] | None = None) -> Plan:
        """How it is run here; of an INSERT `keys` are the columns that it is given."""
        known = self._plans.get((self.dialect.name, id(statement), keys))
        if known is None:
            known = statement, _plan(statement, self.dialect, keys)  # held, so that its id stays its own
            self._plans[self.dialect.name, id(statement), keys] = known
        return known[1]
