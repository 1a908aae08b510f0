"""How a database plans the statements that a query sends: by which indexes, and without a scan."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, column, text

from models.statements import Made
from models.store.case import Case


def explained(case: Case, query: Callable[[], object]) -> list[str]:
    """The plan of every statement that `query` sends; PostgreSQL is told that tables are dear to read."""
    sql: Any = case.sql
    run = Made.all
    postgres = sql.dialect.name == "postgresql"
    if postgres:
        sql.all(text("SET LOCAL enable_seqscan = off"))
    plans: list[str] = []

    def explain(_sql: Made, statement: Select[Any], /, **values: Any) -> list[Any]:
        options = {"literal_binds": True}
        # SQLite takes a list as JSON text, which only the statement's own type makes of it.
        lists = {} if postgres else {key: json.dumps(one) for key, one in values.items() if _is_list(one)}
        sent = str(statement.params(values | lists).compile(dialect=sql.dialect, compile_kwargs=options))
        shown = text(f"EXPLAIN {'' if postgres else 'QUERY PLAN'} {sent}".replace(":", r"\:"))
        names = ["plan"] if postgres else ["id", "parent", "notused", "detail"]
        rows = run(sql, shown.columns(*map(column, names)))
        plans.append("\n".join(row if postgres else row[-1] for row in rows) + "\n")
        return run(sql, statement, **values)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Made, "all", explain)
        query()
    return plans


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)
