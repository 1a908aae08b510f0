"""The company's own words as a story has them: read as they are kept, and whatever they are worth."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.catalogue.spec.messages import MESSAGE
from models.registry import catalogue_entries, settings
from models.registry.catalogue_entries import audit_subject
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.wording.messages import MessageKey

UNUSABLE = "message.unusable"


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


def read(case: Case) -> OwnWords:
    """The workspace's words as they are now."""
    templates = catalogue_entries.stored_entries(case, MESSAGE)
    return OwnWords(templates) if templates else NONE


def note(out: Outcome, words: OwnWords) -> None:
    """Record, once each, what could not be used."""
    for trouble in words.troubles:
        known = f"{UNUSABLE}:{trouble.key}:{trouble.field}"
        if settings.read_setting(out.case, known) == trouble.error:
            continue
        if settings.lock_setting(out, known) != trouble.error:  # several cards are drawn at the same moment
            settings.write_setting(out, known, trouble.error)
            about = audit_subject(MESSAGE, trouble.key)
            out.record(SYSTEM, UNUSABLE, about, field=trouble.field, error=trouble.error)
