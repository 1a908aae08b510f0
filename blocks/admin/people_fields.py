"""Fields for people, and for those who decide: chosen in Slack's menus, or written below them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.field import LONGEST, Field, Known, Wrong
from blocks.admin.fields import TEXT
from blocks.admin.ids import Do
from blocks.admin.marks import unmarked
from blocks.answers import Values, all_picked, typed
from blocks.elements import checkboxes, people_chosen, people_select
from blocks.kit import Block
from models.catalogue.spec import GroupRef, PersonRef, Role, parse_approver, parse_person

ROLES: Mapping[str, str] = {
    Role.MANAGER: "Their manager",
    Role.OWNERS: "The app’s owners",
    Role.ADMINS: "Keyturn’s admins",
}


_OTHERS = "_others"


def written(values: Values) -> dict[str, str]:
    """All who are written in such fields of a form, each with the block."""
    plain = unmarked(values)
    blocks = [block for block in plain if block.endswith(_OTHERS)]
    return {one: block for block in blocks for one in _split(typed(plain, block))}


def _split(text: str) -> list[str]:
    return [part for part in re.split(r"[\s,;]+", text) if part]


@dataclass(frozen=True)
class People(Field):
    """People by id in a menu, and by e-mail address (or an id that Slack does not know) below it."""

    others: str = "More, by e-mail address"

    @property
    def others_id(self) -> str:
        """The block of those who are written."""
        return f"{self.id}{_OTHERS}"

    def shown(self, value: Any) -> frozenset[str]:
        return frozenset(_fitting(value))

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        in_menu = sorted(shown & known.people)
        return [
            self.input(people_select("people", initial=in_menu), optional=True),
            self._others(shown - known.people),
        ]

    def read(self, values: Values) -> frozenset[str]:
        return frozenset({*people_chosen(values, self.id), *self._written(values)})

    def stored(self, given: Any, value: Any) -> Any:
        for one in sorted(given - set(value)):
            self._check(one)
        hidden = set(value) - self.shown(value)
        kept = [one for one in value if one in given or one in hidden]
        return kept + sorted(given - set(kept))

    def _written(self, values: Values) -> list[str]:
        return _split(typed(values, self.others_id))

    def _others(self, refs: Iterable[str]) -> Block:
        element = kit.text_input(TEXT, initial=", ".join(sorted(refs)), multiline=True, limit=3000)
        hint = "For those whom Slack does not offer above. Put commas between them."
        return kit.input_block(self.others, element, block_id=self.others_id, optional=True, hint=hint)

    def _check(self, ref: str) -> None:
        try:
            self._parse(ref)
        except ValueError as error:
            raise Wrong(self.others_id, f"{error}.") from None

    def _parse(self, ref: str) -> object:
        return parse_person(ref)


@dataclass(frozen=True)
class Approvers(People):
    """People, user groups, and those who are named by what they are to the request."""

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

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        refs = {one: parse_approver(one) for one in sorted(shown)}
        people = frozenset(one for one, ref in refs.items() if isinstance(ref, PersonRef))
        groups = [one for one, ref in refs.items() if isinstance(ref, GroupRef)]
        menu, written = super().blocks(people, known)
        return [menu, self._groups(groups, known), self._roles(shown), written]

    def read(self, values: Values) -> frozenset[str]:
        return (
            super().read(values).union(all_picked(values, self.groups_id), all_picked(values, self.roles_id))
        )

    def _groups(self, refs: Sequence[str], known: Known) -> Block:
        initial = [kit.option(known.groups.get(one, one), one) for one in refs]
        element = kit.multi_external_select(Do.USER_GROUP, initial=initial, placeholder="Type to search")
        return kit.input_block(self.groups, element, block_id=self.groups_id, optional=True)

    def _roles(self, shown: Any) -> Block:
        options = [kit.option(label, role) for role, label in ROLES.items()]
        element = checkboxes("roles", options, initial=shown)
        return kit.input_block(self.roles, element, block_id=self.roles_id, optional=True)

    def _parse(self, ref: str) -> object:
        return parse_approver(ref)


def _fitting(refs: Sequence[str]) -> Iterable[str]:
    """As many of these, from the first on, as fit in the form wherever each stands."""
    length = 0
    for one in refs:
        length += len(one) + 2
        if length > LONGEST:
            return
        yield one
