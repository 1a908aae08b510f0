"""The field types that the catalogue's models are made of, and what each of them refuses."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StringConstraints,
)

from models.catalogue.spec.references import parse_approver, parse_group, parse_person
from models.durations import check, format_duration, parse_duration
from models.text import UNSEEN

T = TypeVar("T")

MAX_PEOPLE = 100
"""How many people or groups a stage, a condition or an app can list."""

MAX_ASKED = 10_000
"""How many people a stage can ask in DMs at the most, before it asks in its channel."""

_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ICON = re.compile(r":[a-z0-9_+'-]{1,80}:|https://\S{1,2900}")
_LINK = re.compile(r"https?://[^\s/]\S{0,2900}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")

Path = tuple[str | int, ...]


class Spec(BaseModel):
    """Base of the catalogue's models: frozen, hashable, and without unknown keys.

    `model_validate` reads what `stored` gives as an equal object.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", serialize_by_alias=True, hide_input_in_errors=True)

    def stored(self) -> dict[str, Any]:
        """As plain JSON with the fields that were set, for a file or the database."""
        return self.model_dump(mode="json", exclude_unset=True)


def _key(text: str) -> str:
    if not _KEY.fullmatch(text):
        raise ValueError(
            f"“{text[:80]}” can't be a key. Use up to 40 small letters, digits, - and _, and start "
            "with a letter or a digit"
        )
    return text


def _prose(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if match := UNSEEN.search(text):
        raise ValueError(f"contains an invisible character (U+{ord(match[0]):04X}). Remove it")
    return text


def _line(text: str) -> str:
    text = _prose(text)
    if "\n" in text or "\t" in text:
        raise ValueError("contains a line break or a tab. Write it in one line")
    return text


def _icon(text: str) -> str:
    if text and not _ICON.fullmatch(text):
        raise ValueError(f"“{text[:80]}” is not an icon. Write an emoji such as :key: or an https:// address")
    return text


def _link(text: str) -> str:
    if text and not _LINK.fullmatch(text):
        raise ValueError(f"“{text[:80]}” is not a link. Write an address that starts with https://")
    return text


def _channel(text: str) -> str:
    if text and not _CHANNEL.fullmatch(text):
        raise ValueError(
            f"“{text[:80]}” is not a channel. Write its id, such as C0123 (at the end of the "
            "channel’s details in Slack)"
        )
    return text


def _people_count(value: object) -> object:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_ASKED:
        raise ValueError(f"is not a number of people. Write one from 0 to {MAX_ASKED}, without quotes")
    return value


def _duration(value: object) -> timedelta:
    if isinstance(value, str):
        return parse_duration(value)
    if isinstance(value, timedelta):
        return check(value)
    raise ValueError('is not a duration. Write it as text, for example "8h"')


def _rule(value: object) -> object:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:6])
    number = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_PEOPLE
    if not number and value not in ("any", "all"):
        raise ValueError(f"is not a rule. Use any, all, or a number from 1 to {MAX_PEOPLE}")
    return value


def _parsed_by(parse: Callable[[str], object]) -> Callable[[str], str]:
    """A validator that keeps the text as it is written, if `parse` can read it."""

    def validate(text: str) -> str:
        parse(text)
        return text

    return validate


def _distinct(values: tuple[T, ...]) -> tuple[T, ...]:
    twice = next((value for at, value in enumerate(values) if value in values[:at]), None)
    if twice is not None:
        text = format_duration(twice) if isinstance(twice, timedelta) else str(twice)
        raise ValueError(f"“{text}” is listed twice. Remove one")
    return values


def refuse_duplicate_keys(items: Sequence[Any]) -> None:
    """Check that no two items have the same `key`.

    Raises:
        ValueError: with a sentence that names the key.
    """
    counts = Counter(item.key for item in items)
    twice = next((key for key, count in counts.items() if count > 1), None)
    if twice is not None:
        raise ValueError(f"the key “{twice}” is used twice. Make each unique")


Key = Annotated[str, AfterValidator(_key)]
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=75), AfterValidator(_line)
]
"""75 is what Slack shows of an option in a menu."""
Label = Annotated[str, StringConstraints(strip_whitespace=True, max_length=75), AfterValidator(_line)]
Description = Annotated[str, StringConstraints(max_length=500), AfterValidator(_prose)]
Instructions = Annotated[str, StringConstraints(max_length=2500), AfterValidator(_prose)]
"""Fits one section of a card, 3,000 characters, with what stands around it after escaping."""
Subject = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_line)
]
Wording = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_prose)]
Icon = Annotated[str, AfterValidator(_icon)]
Link = Annotated[str, AfterValidator(_link)]
Switch = StrictBool
Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(format_duration, return_type=str)]
Durations = Annotated[tuple[Duration, ...], Field(max_length=24), AfterValidator(_distinct)]
People = Annotated[
    tuple[Annotated[str, AfterValidator(_parsed_by(parse_person))], ...],
    Field(max_length=MAX_PEOPLE),
    AfterValidator(_distinct),
]
Groups = Annotated[
    tuple[Annotated[str, AfterValidator(_parsed_by(parse_group))], ...],
    Field(min_length=1, max_length=MAX_PEOPLE),
    AfterValidator(_distinct),
]
_Approver = Annotated[str, AfterValidator(_parsed_by(parse_approver))]
Approvers = Annotated[
    tuple[_Approver, ...], Field(min_length=1, max_length=MAX_PEOPLE), AfterValidator(_distinct)
]
Quiet = Annotated[tuple[_Approver, ...], Field(max_length=MAX_PEOPLE), AfterValidator(_distinct)]
"""Approvers of whom there may be none."""
Alternates = Quiet
Channel = Annotated[str, AfterValidator(_channel)]
PeopleCount = Annotated[int, BeforeValidator(_people_count)]
Rule = Annotated[Literal["any", "all"] | int, BeforeValidator(_rule)]
