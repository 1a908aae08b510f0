"""The admins' verbs for messages: look at them, word one, go back to the standard words."""

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
    """A message as it stands. `version` is 0 where it never had other words than the standard ones."""

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


def every(case: Case, by: str) -> list[MessageEntry]:
    """All messages, worded or not. Raises NotAllowed."""
    only_admins(case, by)
    return [_entry(case, key) for key in MESSAGES]


def look(case: Case, key: MessageKey, by: str) -> MessageEntry:
    """One message. Raises NotAllowed."""
    only_admins(case, by)
    return _entry(case, key)


def change(out: Outcome, key: MessageKey, words: Mapping[str, str], version: int, by: str) -> str:
    """Let a message that stands at this version say this ("subject", "text"; all standard: none of its own).

    Where that needs two people, returns who else is wanted, else "". Raises NotAllowed, Closed where somebody
    was faster, and Invalid (field "subject" or "text") where a template is broken, with its line.
    """
    only_admins(out.case, by)
    apps.hold(out)
    entry = _entry(out.case, key)
    if entry.version != version:
        raise Closed("Somebody changed this message in the meantime. Close the form and look at it again.")
    wanted = of_words(key, words)
    check(wanted)
    if propose_change.needed(out.case):
        waits = propose_change.propose_message(out, entry.own, wanted, by)
        return f"Nothing is changed yet. {propose_change.second_wanted(out.case, by)}" if waits else ""
    put(out, entry.own, wanted, by)
    propose_change.overtake(out)
    return ""


def of_words(key: MessageKey, words: Mapping[str, str]) -> MessageSpec | None:
    """The catalogue's entry that says this; None where all of it is what the standard says."""
    about = MESSAGES[key]
    own = {name: said for name, said in words.items() if said != (getattr(about, name) or "")}
    return MessageSpec.model_validate({"key": key.value, **own}) if own else None


def check(wanted: MessageSpec | None) -> None:
    """Raises Invalid where a template of it cannot be used."""
    for name, said in template_problems(wanted) if wanted else ():
        raise Invalid(said, field=name)


def put(out: Outcome, present: MessageSpec | None, wanted: MessageSpec | None, by: str, **more: str) -> None:
    """Make the catalogue have this one instead of that one; `more` is recorded with it."""
    if wanted is not None:
        catalogue_entries.save(out, MESSAGE, wanted, by, **more)
    elif present is not None:
        catalogue_entries.remove(out, MESSAGE, present.key.value, by, **more)


def _entry(case: Case, key: MessageKey) -> MessageEntry:
    row = case.get(Part, (MESSAGE.name, key.value))
    if row is None:
        return MessageEntry(key, None, 0)
    return MessageEntry(key, MessageSpec.model_validate(row.spec), row.version)
