"""Compare two catalogues, in words: "GitHub: Engineering team: risk low → high"."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from models.catalogue.file.value_words import format_stage, format_value
from models.catalogue.spec.entry_kind import EntriesByKind, EntryKind
from models.catalogue.spec.entry_kinds import KINDS
from models.catalogue.spec.fields import Spec
from models.catalogue.spec.specs import AccessSpec, AppSpec, StageSpec

_LABELS = {
    "durations": "presets",
    "max_duration": "longest",
    "indefinite": "without an end",
    "over_max": "over the maximum",
    "decision_comment": "comment with a decision",
    "reassign": "approvers may reassign to",
    "quiet": "quiet approvers",
    "channel_over": "in the channel for more approvers than",
    "request_expiry": "requests expire after",
    "remind_after": "reminders after",
    "remind_wait": "time between reminders by the requester",
    "expiry_warning": "warning before requests expire",
    "on_reject": "one rejection",
    "escalate_after": "alternates are asked after",
    "expiry_notices": "notices before the end",
    "grace": "grace for a pending extension",
    "emergency": "emergency access",
    "self_approve": "self-approval",
    "guests": "open to guests",
    "email": "e-mail",
    "when": "applies",
    "auto_approve": "automatic approval",
    "deny": "refusal",
    "require": "requirement",
    "why": "explanation",
    "two_people": "two-person approval of changes",
}


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """One difference. `app` is the app's key, empty for other entries; `str()` is the sentence."""

    app: str
    text: str
    sign: str = "~"
    """Of entries that are no apps: "+" for a new one, "-" for a removed one, "~" for a change."""

    def __str__(self) -> str:
        return self.text


def diff(old: Iterable[AppSpec], new: Iterable[AppSpec]) -> list[CatalogueChange]:
    """What changes in the apps if `old` becomes `new`. Empty if, and only if, nothing does."""
    before, after = ({app.key: app for app in apps} for apps in (old, new))
    changes = [
        CatalogueChange(key, f"{app.name} is removed") for key, app in before.items() if key not in after
    ]
    for key, app in after.items():
        if key not in before:
            changes.append(CatalogueChange(key, f"new app {app.name}"))
        else:
            changes += [
                CatalogueChange(key, f"{before[key].name}{text}")
                for text in field_differences(before[key], app)
            ]
    if not changes and list(before) != list(after):
        changes.append(CatalogueChange("", "the order of apps is changed"))
    return changes


def field_differences(old: Any, new: Any) -> list[str]:
    """The differences of two entries of one kind, each to follow the entry's name."""
    texts = []
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            texts += _SPECIAL.get(name, _plain)(name, before, after)
    return texts


def _plain(name: str, before: Any, after: Any) -> list[str]:
    label = _LABELS.get(name, name.replace("_", " "))
    return [f": {label} {format_value(before, name)} → {format_value(after, name)}"]


def _name(_: str, _before: str, after: str) -> list[str]:
    return [f" is now called {after}"]


def _enabled(_: str, _before: bool, after: bool) -> list[str]:
    return [f" is switched {'on' if after else 'off'}"]


def _by_value(name: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    label = _LABELS.get(name, name)
    texts = [f": {label}: {item} is added" for item in after if item not in before]
    texts += [f": {label}: {item} is removed" for item in before if item not in after]
    return texts or [f": order of {label} is changed"]


def _examples(name: str, before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    """An example that was changed counts as a new one."""
    texts = [f": new {name}: {example}" for example in after if example not in before]
    texts += [f": {name} is removed: {example}" for example in before if example not in after]
    return texts or [f": order of {name} is changed"]


def _wording(name: str, before: str | None, after: str | None) -> list[str]:
    """Line by line and uncut: whoever approves the change has to see all that people will read."""
    if before is None or after is None or "\n" not in before + after:
        return [f": {name} {_quoted(before)} → {_quoted(after)}"]
    old, new, texts = before.split("\n"), after.split("\n"), []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            was, now = ("\n".join(lines) or None for lines in (old[a:b], new[c:d]))
            texts.append(f": {name}, line {a + 1}: {_quoted(was, 'nothing')} → {_quoted(now, 'nothing')}")
    return texts


def _quoted(text: str | None, otherwise: str = "the standard text") -> str:
    return otherwise if text is None else f"“{text}”" if text else "nothing"


def _accesses(_: str, before: Sequence[AccessSpec], after: Sequence[AccessSpec]) -> list[str]:
    return _by_key("access", before, after, lambda access: access.key)


def _by_name(name: str, before: Sequence[Any] | None, after: Sequence[Any] | None) -> list[str]:
    lists = [[entry.name for entry in entries or ()] for entries in (before, after)]
    unique = all(len(set(names)) == len(names) for names in lists)
    if before is None or after is None or not unique:
        return _plain(name, before, after)
    return _by_key(_LABELS.get(name, name), before, after, lambda entry: entry.name)


def _stages(name: str, before: Any, after: Any) -> list[str]:
    """The stages of an app or an access, or the one of a conflict."""
    if isinstance(before, StageSpec) and isinstance(after, StageSpec):
        return [f": stage “{before.name}”{text}" for text in field_differences(before, after)]
    if isinstance(before, StageSpec) or isinstance(after, StageSpec):
        was, now = (format_value(spec) if spec else "none" for spec in (before, after))
        return [f": stage {was} → {now}"]
    return _by_name(name, before, after)


def _by_key(word: str, before: Sequence[Any], after: Sequence[Any], key: Callable[[Any], str]) -> list[str]:
    """The differences of two lists of entries that have a key each."""
    old, new = ({key(entry): entry for entry in entries} for entries in (before, after))
    texts = [f": {_called(entry, word)} is removed" for name, entry in old.items() if name not in new]
    for name, entry in new.items():
        if name not in old:
            texts.append(f": new {word} “{entry.name}”{_summary(entry)}")
        else:
            texts += [f": {_called(old[name], word)}{text}" for text in field_differences(old[name], entry)]
    return texts or [f": order of {word} is changed"]


def _called(entry: Any, word: str) -> str:
    return entry.name if isinstance(entry, AccessSpec) else f"{word} “{entry.name}”"


def _summary(entry: Any) -> str:
    return f" ({format_stage(entry)})" if isinstance(entry, StageSpec) else ""


_SPECIAL: dict[str, Callable[[str, Any, Any], list[str]]] = {
    "name": _name,
    "enabled": _enabled,
    "owners": _by_value,
    "approvers": _by_value,
    "quiet": _by_value,
    "alternates": _by_value,
    "access": _accesses,
    "stage": _stages,
    "these": _by_value,
    "those": _by_value,
    "deny": _by_name,
    "require": _by_name,
    "example": _examples,
    "auto_approve": _by_name,
    "subject": _wording,
    "text": _wording,
}


def diff_entries(old: EntriesByKind, new: EntriesByKind) -> list[CatalogueChange]:
    """What changes in the other entries if `old` becomes `new`. Empty if, and only if, nothing does."""
    return [
        change
        for kind in KINDS
        for change in _kind_changes(kind, old.get(kind.name, ()), new.get(kind.name, ()))
    ]


def entry_change(kind: EntryKind[Any], old: Spec | None, new: Spec | None) -> list[CatalogueChange]:
    """What changes in one entry; None where there is none."""
    if kind.single:
        old, new = old or kind.model(), new or kind.model()
    if kind.default and (entry := old or new):
        old, new = old or kind.default(entry), new or kind.default(entry)
    if old is None:
        return (
            []
            if new is None
            else [CatalogueChange("", f"new {_entry_title(kind, new)}{_new_entry_words(new)}", "+")]
        )
    if new is None:
        return [CatalogueChange("", f"{_entry_title(kind, old)} is removed", "-")]
    return [CatalogueChange("", f"{_entry_title(kind, old)}{text}") for text in field_differences(old, new)]


def _kind_changes(
    kind: EntryKind[Any], old: Sequence[Spec], new: Sequence[Spec]
) -> Iterator[CatalogueChange]:
    before, after = ({kind.key(entry): entry for entry in entries} for entries in (old, new))
    changed = False
    for key in dict.fromkeys((*before, *after)):
        for change in entry_change(kind, before.get(key), after.get(key)):
            changed = True
            yield change
    if not changed and before.keys() == after.keys() and list(before) != list(after):
        yield CatalogueChange("", f"the order of the {kind.word} list is changed")


def _entry_title(kind: EntryKind[Any], spec: Spec) -> str:
    return kind.title(spec) if kind.single else f"{kind.word} {kind.title(spec)}"


def _new_entry_words(spec: Spec) -> str:
    """The fields of a new entry that were set, in words that follow its title."""
    words = [
        f"{name.replace('_', ' ')} {format_value(getattr(spec, name), name)}"
        for name in type(spec).model_fields
        if name in spec.model_fields_set and name not in ("key", "name", "person")
    ]
    return f" ({', '.join(words)})" if words else ""
