"""The catalogue as it is kept.

One row an app, its whole entry as one document, and a revision that counts changes.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.catalogue.file import diff
from models.catalogue.spec import AppSpec
from models.store.tx import Tx
from models.tables import settings
from models.tables.catalogue import App

REVISION = "catalogue.revision"


def every(session: Session) -> list[AppSpec]:
    """All apps, in the catalogue's order."""
    rows = session.scalars(select(App).order_by(App.position, App.key))
    return [AppSpec.model_validate(row.spec) for row in rows]


def find(session: Session, key: str) -> AppSpec | None:
    """One app by its key."""
    row = session.get(App, key)
    return None if row is None else AppSpec.model_validate(row.spec)


def revision(session: Session) -> int:
    """A number that grows with every change of the catalogue, for those who keep a copy in memory."""
    return int(settings.read(session, REVISION, 0))


def hold(tx: Tx) -> int:
    """Keep others from changing the catalogue until the commit; returns its revision."""
    revision = int(settings.hold(tx.session, REVISION, 0).value["value"])
    tx.session.info.clear()  # what was read before may have changed while others had the catalogue
    return revision


def save(tx: Tx, spec: AppSpec, by: str, **more: str) -> list[str]:
    """Add or change an app; returns the change in words (empty where nothing changes).

    `more` is recorded with it.
    """
    hold(tx)
    row = tx.session.get(App, spec.key)
    words = _put(tx, row, spec, by, _last(tx.session) + 1 if row is None else row.position, **more)
    if words:
        turn(tx)
    return words


def replace(tx: Tx, specs: list[AppSpec], by: str) -> list[str]:
    """Make the catalogue be exactly these apps, in this order; returns the changes in words."""
    hold(tx)
    # All rows at once: on SQLite nobody else can write as long as this takes, with 10,000 apps as well.
    rows = {row.key: row for row in tx.session.scalars(select(App))}
    words: list[str] = []
    for gone in sorted(rows.keys() - {spec.key for spec in specs}):
        words += _drop(tx, rows[gone], by)
    for position, spec in enumerate(specs):
        words += _put(tx, rows.get(spec.key), spec, by, position)
    if words:
        turn(tx)
    return words


def remove(tx: Tx, key: str, by: str) -> list[str]:
    """Take an app out of the catalogue. Requests and grants keep the copy of it that they were made with."""
    hold(tx)
    words = _drop(tx, tx.session.get_one(App, key), by)
    turn(tx)
    return words


def _put(tx: Tx, row: App | None, spec: AppSpec, by: str, position: int, **more: str) -> list[str]:
    before = None if row is None else AppSpec.model_validate(row.spec)
    if row is None:
        row = App(key=spec.key, version=0)
        tx.session.add(row)
    row.position = position
    if before == spec:
        return []
    words = [str(change) for change in diff([before] if before else [], [spec])]
    old, row.name, row.spec = row.spec, spec.name, spec.stored()
    row.version, row.updated_at = row.version + 1, tx.now
    action = "app.changed" if before else "app.added"
    tx.record(by, action, f"app:{spec.key}", app=spec.key, changes=words, before=old, after=row.spec, **more)
    return words


def _drop(tx: Tx, row: App, by: str) -> list[str]:
    words = [str(change) for change in diff([AppSpec.model_validate(row.spec)], [])]
    tx.record(by, "app.removed", f"app:{row.key}", app=row.key, before=row.spec, changes=words)
    tx.session.delete(row)
    return words


def _last(session: Session) -> int:
    """The last place in the catalogue; -1 in an empty one."""
    last = session.scalar(select(func.max(App.position)))
    return -1 if last is None else last


def turn(tx: Tx) -> None:
    """Count one more change of the catalogue."""
    settings.write(tx.session, REVISION, hold(tx) + 1)
