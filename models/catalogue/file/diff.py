"""The difference between two catalogues, in words: "GitHub: Engineering team: risk low → high"."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from models.catalogue.file.value_words import say, stage
from models.catalogue.spec.entry_kind import Kind, Parts
from models.catalogue.spec.entry_kinds import KINDS
from models.catalogue.spec.fields import Spec
from models.catalogue.spec.specs import AccessSpec, AppSpec, StageSpec

_LABELS = {
    "durations": "presets",
    "max_duration": "longest",
    "indefinite": "without an end",
    "over_max": "over the longest",
    "decision_comment": "comment with a decision",
    "reassign": "decisions may be passed on to",
    "quiet": "quiet approvers",
    "channel_over": "in the channel for more people than",
    "request_expiry": "requests expire after",
    "remind_after": "reminders after",
    "remind_wait": "time between reminders by the requester",
    "expiry_warning": "warning before requests expire",
    "on_reject": "one rejection",
    "escalate_after": "alternates are asked after",
    "expiry_notices": "notices before the end",
    "grace": "grace for a pending extension",
    "emergency": "emergency access",
    "self_approve": "deciding on one’s own request",
    "guests": "open to guests",
    "email": "e-mail",
    "when": "applies",
    "auto_approve": "automatic approval",
    "deny": "refusal",
    "require": "requirement",
    "why": "explanation",
    "two_people": "two people for a change",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `app` is the app's key, empty for what is no app; `str()` is the sentence."""

    app: str
    text: str
    sign: str = "~"
    """Of what is no app: "+" for what is new, "-" for what is removed, "~" for what is changed."""

    def __str__(self) -> str:
        return self.text


def diff(old: Iterable[AppSpec], new: Iterable[AppSpec]) -> list[Change]:
    """What would change if `old` became `new`. Empty if, and only if, nothing would."""
    before, after = ({app.key: app for app in apps} for apps in (old, new))
    changes = [Change(key, f"{app.name} is removed") for key, app in before.items() if key not in after]
    for key, app in after.items():
        if key not in before:
            changes.append(Change(key, f"new app {app.name}"))
        else:
            changes += [Change(key, f"{before[key].name}{text}") for text in differences(before[key], app)]
    if not changes and list(before) != list(after):
        changes.append(Change("", "the apps stand in another order"))
    return changes


def differences(old: Any, new: Any) -> list[str]:
    """The differences of two entries of one kind, each to stand after the entry's name."""
    texts = []
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            texts += _SPECIAL.get(name, _plain)(name, before, after)
    return texts


def _plain(name: str, before: Any, after: Any) -> list[str]:
    label = _LABELS.get(name, name.replace("_", " "))
    return [f": {label} {say(before, name)} → {say(after, name)}"]


def _renamed(_: str, _before: str, after: str) -> list[str]:
    return [f" is now called {after}"]


def _switched(_: str, _before: bool, after: bool) -> list[str]:
    return [f" is switched {'on' if after else 'off'}"]


def _listed(name: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    label = _LABELS.get(name, name)
    texts = [f": {label}: {one} is added" for one in after if one not in before]
    texts += [f": {label}: {one} is removed" for one in before if one not in after]
    return texts or [f": {label} in another order"]


def _examples(name: str, before: Sequence[Any], after: Sequence[Any]) -> list[str]:
    """An example that was changed counts as a new one."""
    texts = [f": new {name}: {one}" for one in after if one not in before]
    texts += [f": {name} is removed: {one}" for one in before if one not in after]
    return texts or [f": {name} in another order"]


def _wording(name: str, before: str | None, after: str | None) -> list[str]:
    """Line by line and whole: whoever approves it has to see all that people will read."""
    if before is None or after is None or "\n" not in before + after:
        return [f": {name} {_quoted(before)} → {_quoted(after)}"]
    old, new, texts = before.split("\n"), after.split("\n"), []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what != "equal":
            was, now = ("\n".join(some) or None for some in (old[a:b], new[c:d]))
            texts.append(f": {name}, line {a + 1}: {_quoted(was, 'nothing')} → {_quoted(now, 'nothing')}")
    return texts


def _quoted(text: str | None, otherwise: str = "the standard words") -> str:
    return otherwise if text is None else f"“{text}”" if text else "nothing"


def _accesses(_: str, before: Sequence[AccessSpec], after: Sequence[AccessSpec]) -> list[str]:
    return _parts("access", before, after, lambda access: access.key)


def _named(name: str, before: Sequence[Any] | None, after: Sequence[Any] | None) -> list[str]:
    names = [[entry.name for entry in entries or ()] for entries in (before, after)]
    clear = all(len(set(some)) == len(some) for some in names)
    if before is None or after is None or not clear:
        return _plain(name, before, after)
    return _parts(_LABELS.get(name, name), before, after, lambda entry: entry.name)


def _stages(name: str, before: Any, after: Any) -> list[str]:
    """The stages of an app or an access, or the one of a conflict."""
    if isinstance(before, StageSpec) and isinstance(after, StageSpec):
        return [f": stage “{before.name}”{text}" for text in differences(before, after)]
    if isinstance(before, StageSpec) or isinstance(after, StageSpec):
        return [f": stage {say(before) if before else 'none'} → {say(after) if after else 'none'}"]
    return _named(name, before, after)


def _parts(word: str, before: Sequence[Any], after: Sequence[Any], key: Callable[[Any], str]) -> list[str]:
    """The differences of two lists of entries that have a key each."""
    old, new = ({key(entry): entry for entry in entries} for entries in (before, after))
    texts = [f": {_called(entry, word)} is removed" for name, entry in old.items() if name not in new]
    for name, entry in new.items():
        if name not in old:
            texts.append(f": new {word} “{entry.name}”{_summary(entry)}")
        else:
            texts += [f": {_called(old[name], word)}{text}" for text in differences(old[name], entry)]
    return texts or [f": {word} in another order"]


def _called(entry: Any, word: str) -> str:
    return entry.name if isinstance(entry, AccessSpec) else f"{word} “{entry.name}”"


def _summary(entry: Any) -> str:
    return f" ({stage(entry)})" if isinstance(entry, StageSpec) else ""


_SPECIAL: dict[str, Callable[[str, Any, Any], list[str]]] = {
    "name": _renamed,
    "enabled": _switched,
    "owners": _listed,
    "approvers": _listed,
    "quiet": _listed,
    "alternates": _listed,
    "access": _accesses,
    "stage": _stages,
    "these": _listed,
    "those": _listed,
    "deny": _named,
    "require": _named,
    "example": _examples,
    "auto_approve": _named,
    "subject": _wording,
    "text": _wording,
}


def diff_parts(old: Parts, new: Parts) -> list[Change]:
    """What would change if `old` became `new`. Empty if, and only if, nothing would."""
    return [
        change for kind in KINDS for change in _of_kind(kind, old.get(kind.name, ()), new.get(kind.name, ()))
    ]


def change_of(kind: Kind[Any], old: Spec | None, new: Spec | None) -> list[Change]:
    """The same for one entry; None where there is none."""
    if kind.single:
        old, new = old or kind.model(), new or kind.model()
    if kind.otherwise and (one := old or new):
        old, new = old or kind.otherwise(one), new or kind.otherwise(one)
    if old is None:
        return [] if new is None else [Change("", f"new {_entry_title(kind, new)}{_said(new)}", "+")]
    if new is None:
        return [Change("", f"{_entry_title(kind, old)} is removed", "-")]
    return [Change("", f"{_entry_title(kind, old)}{text}") for text in differences(old, new)]


def _of_kind(kind: Kind[Any], old: Sequence[Spec], new: Sequence[Spec]) -> Iterator[Change]:
    before, after = ({kind.key(one): one for one in some} for some in (old, new))
    found = False
    for key in dict.fromkeys((*before, *after)):
        for change in change_of(kind, before.get(key), after.get(key)):
            found = True
            yield change
    if not found and before.keys() == after.keys() and list(before) != list(after):
        yield Change("", f"the {kind.word} list stands in another order")


def _entry_title(kind: Kind[Any], spec: Spec) -> str:
    return kind.title(spec) if kind.single else f"{kind.word} {kind.title(spec)}"


def _said(spec: Spec) -> str:
    """What a new entry says, after its title; fields that nobody set are left away."""
    words = [
        f"{name.replace('_', ' ')} {say(getattr(spec, name), name)}"
        for name in type(spec).model_fields
        if name in spec.model_fields_set and name not in ("key", "name", "person")
    ]
    return f" ({', '.join(words)})" if words else ""
