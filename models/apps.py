"""The catalogue as it is kept.

One row an app, its whole entry as one document, and a revision that counts changes.
"""

from datetime import datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from models import settings
from models.base import Base, Json
from models.catalogue.file import diff
from models.catalogue.spec import AppSpec
from models.store.tx import Tx

REVISION = "catalogue.revision"


class App(Base):
    """An entry of the catalogue."""

    __tablename__ = "apps"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(75))
    position: Mapped[int]
    """Its place in the catalogue file, so that an export gives the same file back."""
    version: Mapped[int]
    spec: Mapped[Json]
    updated_at: Mapped[datetime]


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


def save(tx: Tx, spec: AppSpec, by: str) -> list[str]:
    """Add or change an app; returns the change in words (empty where nothing changes)."""
    before = find(tx.session, spec.key)
    words = [str(change) for change in diff([before] if before else [], [spec])]
    if before == spec:
        return []
    row = tx.session.get(App, spec.key) or App(key=spec.key, position=_last(tx.session) + 1, version=0)
    row.name, row.spec = spec.name, spec.stored()
    row.version, row.updated_at = row.version + 1, tx.now
    tx.session.add(row)
    tx.record(
        by,
        "app.changed" if before else "app.added",
        f"app:{spec.key}",
        app=spec.key,
        changes=words,
        before=before.stored() if before else None,
        after=row.spec,
    )
    _turn(tx)
    return words


def replace(tx: Tx, specs: list[AppSpec], by: str) -> list[str]:
    """Make the catalogue be exactly these apps, in this order; returns the changes in words."""
    words: list[str] = []
    for gone in {row.key for row in tx.session.scalars(select(App))} - {spec.key for spec in specs}:
        words += remove(tx, gone, by)
    for position, spec in enumerate(specs):
        words += save(tx, spec, by)
        row = tx.session.get_one(App, spec.key)
        row.position = position
    return words


def remove(tx: Tx, key: str, by: str) -> list[str]:
    """Take an app out of the catalogue. Requests and grants keep the copy of it that they were made with."""
    row = tx.session.get_one(App, key)
    words = [str(change) for change in diff([AppSpec.model_validate(row.spec)], [])]
    tx.record(by, "app.removed", f"app:{key}", app=key, before=row.spec, changes=words)
    tx.session.delete(row)
    _turn(tx)
    return words


def _last(session: Session) -> int:
    return max(session.scalars(select(App.position)), default=-1)


def _turn(tx: Tx) -> None:
    tx.session.flush()
    settings.write(tx.session, REVISION, revision(tx.session) + 1)
