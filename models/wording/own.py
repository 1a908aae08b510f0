"""The company's own words as a story has them: read as they are kept, and whatever they are worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.catalogue.message_entries import MESSAGE
from models.registry import catalogue_entries
from models.registry.catalogue_entries import subject
from models.store.tx import SYSTEM, Tx
from models.tables import settings
from models.tables.catalogue import Part
from models.wording.messages import MessageKey

UNUSABLE = "message.unusable"
_ALL = select(Part.key, Part.spec).where(Part.kind == MESSAGE.name)


@dataclass(frozen=True)
class Trouble:
    """A template that could not be used, so that the standard words went out."""

    key: MessageKey
    field: str
    error: str


@dataclass(frozen=True)
class OwnWords:
    """The templates by message and field ("subject", "text"); the standard words hold where there is none."""

    templates: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list, compare=False)
    """Filled while cards are drawn; `note` records them."""

    def of(self, key: MessageKey, name: str) -> str | None:
        """The template of this field; None where nobody has written one."""
        found = self.templates.get(key, {}).get(name)
        return found if isinstance(found, str) else None


NONE = OwnWords()
"""Nobody has written any."""


def read(session: Session) -> OwnWords:
    """The workspace's words as they are now."""
    if not catalogue_entries.has_any(session, MESSAGE):
        return NONE
    return OwnWords({row.key: row.spec for row in session.execute(_ALL)})


def note(tx: Tx, words: OwnWords) -> None:
    """Record, once each, what could not be used."""
    for trouble in words.troubles:
        known = f"{UNUSABLE}:{trouble.key}:{trouble.field}"
        if settings.read(tx.session, known) == trouble.error:
            continue
        held = settings.hold(tx.session, known)  # several cards are drawn at the same moment
        if held.value["value"] != trouble.error:
            held.value = {"value": trouble.error}
            about = subject(MESSAGE, trouble.key)
            tx.record(SYSTEM, UNUSABLE, about, field=trouble.field, error=trouble.error)
