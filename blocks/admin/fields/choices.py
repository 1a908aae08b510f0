"""Fields to choose from: options, a checkbox, user groups, accesses, a channel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from blocks import kit
from blocks.admin.fields.base import Field, InvalidEntry, SlackNames
from blocks.admin.fields.text import TEXT
from blocks.admin.ids import AdminAction
from blocks.kit import Block
from blocks.kit.inputs import Values, channel_of, choice_of, choices_of, text_of
from models.catalogue.spec import RequestKind

CHOICE = "choice"
REQUEST_KINDS = {
    RequestKind.NEW: "A new request",
    RequestKind.RERAISE: "Requested again",
    RequestKind.EXTEND: "An extension",
}
CHANNEL = "channel"
BY_ID = "Shown by id because Slack can’t show it to you. To choose another, clear it, save and reopen."


@dataclass(frozen=True)
class FieldOption:
    """An option: its value in the form, its label, and the data it stands for."""

    word: str
    label: str
    data: Any
    """None leaves the part out of the entry."""


def enum_options(members: Iterable[StrEnum], labels: Mapping[Any, str] | None = None) -> list[FieldOption]:
    """The members of an enum as options, labelled by `labels`, or by their values."""
    return [
        FieldOption(member.value, labels[member] if labels else member.value.capitalize(), member.value)
        for member in members
    ]


@dataclass(frozen=True)
class ChoiceField(Field):
    """One of several options."""

    options: Sequence[FieldOption] = ()

    def form_value(self, value: Any) -> str:
        return next((option.word for option in self.options if option.data == value), "")

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        options = [kit.option(option.label, option.word) for option in self.options]
        return [self.input(kit.select(CHOICE, options, initial=form_value))]

    def read(self, values: Values) -> str:
        return choice_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        for option in self.options:
            if option.word == form_value:
                return option.data
        raise InvalidEntry(self.id, "Choose an option.")


@dataclass(frozen=True)
class MultiChoiceField(Field):
    """Any of several options; none leaves the part out of the entry."""

    options: Sequence[FieldOption] = ()

    def form_value(self, value: Any) -> frozenset[str]:
        return frozenset(option.word for option in self.options if option.data in (value or ()))

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        options = [kit.option(option.label, option.word) for option in self.options]
        return [self.input(kit.checkboxes(CHOICE, options, initial=form_value), optional=True)]

    def read(self, values: Values) -> frozenset[str]:
        return frozenset(choices_of(values, self.id))

    def to_data(self, form_value: Any, value: Any) -> Any:
        return [option.data for option in self.options if option.word in form_value] or None


@dataclass(frozen=True)
class CheckboxField(Field):
    """Yes or no: one checkbox with a sentence beside it."""

    sentence: str = ""

    def form_value(self, value: Any) -> bool:
        return bool(value)

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        box = kit.checkboxes(
            CHOICE, [kit.option(self.sentence, "yes")], initial=["yes"] if form_value else []
        )
        return [self.input(box, optional=True)]

    def read(self, values: Values) -> bool:
        return "yes" in choices_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        return form_value


@dataclass(frozen=True)
class UserGroupsField(Field):
    """Slack user groups; none leaves the part out of the entry."""

    def form_value(self, value: Any) -> frozenset[str]:
        return frozenset(value or ())

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        initial = [kit.option(names.groups.get(ref, ref), ref) for ref in sorted(form_value)]
        element = kit.multi_external_select(
            AdminAction.USER_GROUP, initial=initial, placeholder="Type to search"
        )
        return [self.input(element, optional=True)]

    def read(self, values: Values) -> frozenset[str]:
        return frozenset(choices_of(values, self.id))

    def to_data(self, form_value: Any, value: Any) -> Any:
        remaining: Sequence[str] = [ref for ref in value or () if ref in form_value]
        return [*remaining, *sorted(form_value - set(remaining))] or None


@dataclass(frozen=True)
class AccessesField(Field):
    """Accesses of any apps, in a menu that searches all of them; none leaves the part out of the entry."""

    titles: Mapping[str, str] = field(default_factory=dict)
    """Titles of the chosen accesses, by reference."""
    optional: bool = False

    def form_value(self, value: Any) -> tuple[str, ...]:
        return tuple(value or ())

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        initial = [kit.option(self.titles.get(ref, ref), ref) for ref in form_value]
        menu = kit.multi_external_select(AdminAction.FIND_ANY, initial=initial, placeholder="Type to search")
        return [self.input(menu, optional=self.optional)]

    def read(self, values: Values) -> tuple[str, ...]:
        return choices_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        return list(form_value) or None


class ChannelField(Field):
    """One channel, or none: in Slack's menu, or by id where the menu cannot show it."""

    def form_value(self, value: Any) -> str:
        return str(value or "")

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        if form_value and form_value not in names.channels:
            element = kit.text_input(TEXT, initial=form_value, limit=20)
            return [kit.input_block(self.label, element, block_id=self.id, hint=BY_ID, optional=True)]
        return [self.input(kit.channel_select(CHANNEL, initial=form_value), optional=True)]

    def read(self, values: Values) -> str:
        return channel_of(values, self.id) or text_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        return form_value
