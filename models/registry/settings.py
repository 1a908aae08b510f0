"""Read, write and lock the settings of the workspace, by key."""

import secrets
from typing import Any

from sqlalchemy import bindparam, delete, insert

from models.statements import Sql
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.workspace import Setting

_ADD = insert(Setting)
_REMOVE = delete(Setting).where(Setting.key == bindparam("key"))


def read_setting(case: Case, key: str, default: Any = None) -> Any:
    """The value of a setting, or the default where it was never set."""
    row = case.get(Setting, key)
    return default if row is None else row.value["value"]


def write_setting(out: Outcome, key: str, value: Any) -> None:
    """Set a setting; the value is anything that JSON can hold."""
    out.case.lock(Setting, key)
    out.put(Setting, key=key, value={"value": value})


def lock_setting(out: Outcome, key: str, default: Any = None) -> Any:
    """Lock a setting until the commit and return its value; one that was never set is set to the default."""
    row = out.case.lock(Setting, key)
    if row is None:
        row = out.add(Setting, key=key, value={"value": default})
    return row.value["value"]


def check_writable(sql: Sql) -> None:
    """Write a row and remove it again, so that a database which cannot be written to raises its error."""
    key = f"touch.{secrets.token_hex(8)}"  # of its own: a process that froze with it locked blocks nobody
    sql.run(_ADD, [{"key": key, "value": {"value": None}}])
    sql.run(_REMOVE, [{"key": key}])
