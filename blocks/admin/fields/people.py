"""Fields for people and approvers, chosen in Slack's menus or typed below them, and for how many approve."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.block_id_version import plain_block_ids
from blocks.admin.fields.base import Field, InvalidEntry, SlackNames, prefix_within_limit
from blocks.admin.fields.choices import ChoiceField, FieldOption
from blocks.admin.fields.text import NUMBER, TEXT
from blocks.admin.ids import AdminAction
from blocks.kit import Block
from blocks.kit.inputs import Values, choice_of, choices_of, people_of, text_of
from models.catalogue.spec import ApproverRole, GroupRef, PersonRef, parse_approver, parse_person
from models.catalogue.spec.fields import MAX_PEOPLE

ROLES: Mapping[str, str] = {
    ApproverRole.MANAGER: "Their manager",
    ApproverRole.OWNERS: "The app’s owners",
    ApproverRole.ADMINS: "Keyturn’s admins",
}
QUORUMS = (
    FieldOption("any", "Any one of them", "any"),
    FieldOption("all", "All of them", "all"),
    FieldOption(NUMBER, "A number of them", None),
)
_OTHERS = "_others"


def typed_people(values: Values) -> dict[str, str]:
    """Every person typed (not chosen) in a form's people fields, with its block."""
    plain = plain_block_ids(values)
    blocks = [block for block in plain if block.endswith(_OTHERS)]
    return {ref: block for block in blocks for ref in _split_refs(text_of(plain, block))}


def _split_refs(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;]+", text) if part]


@dataclass(frozen=True)
class PeopleField(Field):
    """People, chosen in a menu, or typed below it as e-mail addresses or ids that the menu does not have."""

    others: str = "More, by e-mail address"

    @property
    def others_id(self) -> str:
        """The block of the typed people."""
        return f"{self.id}{_OTHERS}"

    def form_value(self, value: Any) -> frozenset[str]:
        return frozenset(prefix_within_limit(value, ", "))

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        in_menu = sorted(form_value & names.people)
        return [
            self.input(kit.people_select("people", initial=in_menu), optional=True),
            self._others(form_value - names.people),
        ]

    def read(self, values: Values) -> frozenset[str]:
        typed = _split_refs(text_of(values, self.others_id))
        return frozenset({*people_of(values, self.id), *typed})

    def to_data(self, form_value: Any, value: Any) -> Any:
        for ref in sorted(form_value - set(value)):
            try:
                self._parse(ref)
            except ValueError as error:
                raise InvalidEntry(self.others_id, f"{error}.") from None
        hidden = set(value) - self.form_value(value)
        remaining = [ref for ref in value if ref in form_value or ref in hidden]
        return remaining + sorted(form_value - set(remaining))

    def _others(self, refs: Iterable[str]) -> Block:
        element = kit.text_input(TEXT, initial=", ".join(sorted(refs)), multiline=True, limit=3000)
        hint = "Not in Slack? Enter e-mail addresses, separated by commas."
        return kit.input_block(self.others, element, block_id=self.others_id, optional=True, hint=hint)

    def _parse(self, ref: str) -> object:
        return parse_person(ref)


@dataclass(frozen=True)
class ApproversField(PeopleField):
    """Approvers: people, user groups, and roles relative to the request (manager, owners, admins)."""

    groups: str = "User groups"
    """The label of the groups."""
    roles: str = "Also ask"
    """The label of the roles."""

    @property
    def groups_id(self) -> str:
        """The block of the user groups."""
        return f"{self.id}_groups"

    @property
    def roles_id(self) -> str:
        """The block of the roles."""
        return f"{self.id}_roles"

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        refs = {text: parse_approver(text) for text in sorted(form_value)}
        people = frozenset(text for text, ref in refs.items() if isinstance(ref, PersonRef))
        groups = [text for text, ref in refs.items() if isinstance(ref, GroupRef)]
        menu, typed = super().blocks(people, names)
        return [menu, self._groups(groups, names), self._roles(form_value), typed]

    def read(self, values: Values) -> frozenset[str]:
        return (
            super().read(values).union(choices_of(values, self.groups_id), choices_of(values, self.roles_id))
        )

    def _groups(self, refs: Sequence[str], names: SlackNames) -> Block:
        initial = [kit.option(names.groups.get(ref, ref), ref) for ref in refs]
        element = kit.multi_external_select(
            AdminAction.USER_GROUP, initial=initial, placeholder="Type to search"
        )
        return kit.input_block(self.groups, element, block_id=self.groups_id, optional=True)

    def _roles(self, form_value: Any) -> Block:
        options = [kit.option(label, role) for role, label in ROLES.items()]
        element = kit.checkboxes("roles", options, initial=form_value)
        return kit.input_block(self.roles, element, block_id=self.roles_id, optional=True)

    def _parse(self, ref: str) -> object:
        return parse_approver(ref)


@dataclass(frozen=True)
class QuorumField(Field):
    """A stage's rule: any, all, or a number entered beside it. The content is a pair: ("number", "2")."""

    @property
    def number_id(self) -> str:
        """The block of the number."""
        return f"{self.id}_number"

    def form_value(self, value: Any) -> tuple[str, str]:
        return (value, "") if value in ("any", "all") else (NUMBER, str(value))

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        word, number = form_value
        number_input = kit.number_input(NUMBER, initial=number, minimum=1, maximum=MAX_PEOPLE)
        hint = "Only for “A number of them”."
        beside = kit.input_block("How many", number_input, block_id=self.number_id, optional=True, hint=hint)
        return [*self._choice.blocks(word, names), beside]

    def read(self, values: Values) -> tuple[str, str]:
        word = choice_of(values, self.id)
        return word, text_of(values, self.number_id) if word == NUMBER else ""

    def to_data(self, form_value: Any, value: Any) -> Any:
        word, number = form_value
        if word != NUMBER:
            return self._choice.to_data(word, value)
        if not (number.isascii() and number.isdigit()):
            raise InvalidEntry(self.number_id, "Enter how many must approve.")
        return int(number[:6])

    @property
    def _choice(self) -> ChoiceField:
        return ChoiceField(self.name, self.label, self.hint, self.block, options=QUORUMS)
