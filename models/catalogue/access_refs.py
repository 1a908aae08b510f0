"""Naming accesses of any app, as conflicts do: "payments/enter", or "payments/*" for the whole app."""

import re
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

ALL = "*"
"""Stands for every access of an app, those included that it has later."""
MOST_ACCESSES = 100
_KEY = "[a-z0-9][a-z0-9_-]{0,39}"
_ONE = re.compile(f"{_KEY}/{_KEY}")
_REFERENCE = re.compile(rf"{_KEY}/({_KEY}|\*)")


def access_ref(app: str, access: str) -> str:
    """How an access is named: "payments/enter"."""
    return f"{app}/{access}"


def app_of(ref: str) -> str:
    """The key of the app that a reference is about."""
    return ref.partition("/")[0]


def covers(refs: Iterable[str], ref: str) -> bool:
    """Whether one of these names the access `ref`, by itself or with its whole app."""
    every = access_ref(app_of(ref), ALL)
    return any(one in (ref, every) for one in refs)


def _one(text: str) -> str:
    if not _ONE.fullmatch(text):
        raise ValueError(f"“{text[:80]}” names no access. Write app/access, as in payments/enter")
    return text


def _reference(text: str) -> str:
    if not _REFERENCE.fullmatch(text):
        raise ValueError(
            f"“{text[:80]}” names no access. Write app/access, as in payments/enter, "
            "or payments/* for every access of the app"
        )
    return text


def _once(refs: tuple[str, ...]) -> tuple[str, ...]:
    twice = next((ref for at, ref in enumerate(refs) if covers(refs[:at], ref)), None)
    if twice is not None:
        raise ValueError(f"“{twice}” stands there twice. Take one out")
    return refs


AccessRefs = Annotated[
    tuple[Annotated[str, AfterValidator(_reference)], ...],
    Field(min_length=1, max_length=MOST_ACCESSES),
    AfterValidator(_once),
]
"""Accesses of any apps, each as app/access or app/*."""
SingleRefs = Annotated[
    tuple[Annotated[str, AfterValidator(_one)], ...], Field(max_length=MOST_ACCESSES), AfterValidator(_once)
]
"""Each as app/access."""
