"""View messages, word one, or go back to the standard words, as an admin."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.catalogue.spec.messages import MESSAGE, MessageSpec, template_problems
from models.errors import Closed, Invalid
from models.lifecycle.catalogue import propose_change
from models.registry import apps, catalogue_entries
from models.registry.permissions import only_admins
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.catalogue import Part
from models.wording.messages import MESSAGES, MessageKey


@dataclass(frozen=True)
class MessageEntry:
    """A message as it stands. `version` is 0 where it never had other words than the standard."""

    key: MessageKey
    own: MessageSpec | None
    version: int

    @property
    def subject(self) -> str:
        """The subject's template, the company's or the standard one."""
        own = self.own.subject if self.own else None
        return (MESSAGES[self.key].subject or "") if own is None else own

    @property
    def text(self) -> str:
        """The text's template, the same way."""
        own = self.own.text if self.own else None
        return MESSAGES[self.key].text if own is None else own


def list_messages(case: Case, by: str) -> list[MessageEntry]:
    """All messages, with own words or not.

    Raises:
        NotAllowed: `by` is no admin.
    """
    only_admins(case, by)
    return [_entry(case, key) for key in MESSAGES]


def get_message(case: Case, key: MessageKey, by: str) -> MessageEntry:
    """One message.

    Raises:
        NotAllowed: `by` is no admin.
    """
    only_admins(case, by)
    return _entry(case, key)


def change_message(out: Outcome, key: MessageKey, words: Mapping[str, str], version: int, by: str) -> str:
    """Change the words of a message that has this version: "subject" and "text".

    Words that are all standard remove its own. Where that needs two people, returns the sentence that says
    who else is, else "".

    Raises:
        NotAllowed: `by` is no admin.
        Closed: Somebody was faster.
        Invalid: A template is broken, with its line; field "subject" or "text".
    """
    only_admins(out.case, by)
    apps.lock_catalogue(out)
    entry = _entry(out.case, key)
    if entry.version != version:
        raise Closed("Someone changed this message in the meantime. Close the form and open it again.")
    wanted = message_of(key, words)
    check_message(wanted)
    if propose_change.needs_second_admin(out.case):
        waits = propose_change.propose_message(out, entry.own, wanted, by)
        return f"Nothing is changed yet. {propose_change.waiting_for_sentence(out.case, by)}" if waits else ""
    save_message(out, entry.own, wanted, by)
    propose_change.mark_superseded(out)
    return ""


def message_of(key: MessageKey, words: Mapping[str, str]) -> MessageSpec | None:
    """The catalogue's entry with these words; None where all of them are standard."""
    about = MESSAGES[key]
    own = {name: text for name, text in words.items() if text != (getattr(about, name) or "")}
    return MessageSpec.model_validate({"key": key.value, **own}) if own else None


def check_message(wanted: MessageSpec | None) -> None:
    """Check the templates of a message.

    Raises:
        Invalid: One is broken, with its line; field "subject" or "text".
    """
    for name, sentence in template_problems(wanted) if wanted else ():
        raise Invalid(sentence, field=name)


def save_message(
    out: Outcome, present: MessageSpec | None, wanted: MessageSpec | None, by: str, **more: str
) -> None:
    """Save `wanted` instead of `present`; `more` stands in the audit entry."""
    if wanted is not None:
        catalogue_entries.save_entry(out, MESSAGE, wanted, by, **more)
    elif present is not None:
        catalogue_entries.remove_entry(out, MESSAGE, present.key.value, by, **more)


def _entry(case: Case, key: MessageKey) -> MessageEntry:
    row = case.get(Part, (MESSAGE.name, key.value))
    if row is None:
        return MessageEntry(key, None, 0)
    return MessageEntry(key, MessageSpec.model_validate(row.spec), row.version)
