"""What somebody typed in Slack, out of the markup in which an event delivers it."""

import re
from collections.abc import Mapping

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"@([UW][A-Z0-9]+)")


def people_in(text: str) -> set[str]:
    """The ids of the people whom a message mentions."""
    return {found[1] for mark in _MARK.finditer(text) if (found := _PERSON.fullmatch(mark[1]))}


def plainly(text: str, names: Mapping[str, str]) -> str:
    """A message as its writer saw it: mentions by name (from `names`, by id), links as their text."""
    return _unescaped(_MARK.sub(lambda mark: _shown(mark[1], mark[2], names), text))


def _shown(target: str, label: str | None, names: Mapping[str, str]) -> str:
    person = _PERSON.fullmatch(target)
    if person:
        return f"@{label or names.get(person[1], person[1])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return f"@{(label or target[1:].partition('^')[0]).lstrip('@')}"
    return label if label is not None and label in target else " ".join(filter(None, (label, target)))


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
