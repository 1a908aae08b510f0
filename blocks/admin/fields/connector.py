"""The field for an access's connector, and the connectors that it offers with their parameters.

The composition root hands in the connectors there are (`handlers.context.Context.connectors`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from blocks import kit
from blocks.admin.fields.base import DISPLAY_LIMIT, Field, InvalidEntry, SlackNames, sentence
from blocks.admin.fields.text import TEXT
from blocks.admin.ids import AdminAction
from blocks.kit import Block, Element
from blocks.kit.inputs import Values, choice_of, text_of
from models.catalogue.spec import ConnectorSpec
from models.text import tidy

REFERENCE_LIMIT = 75
"""Characters of an option's value in a menu. Slack's limit is 150."""
ConnectorValue = tuple[str, tuple[tuple[str, str], ...]]
"""The connector's type, and its parameters by name."""


class ParamInput(StrEnum):
    """The input of a parameter."""

    TEXT = "text"
    USER_GROUP = "user_group"
    """A menu of Slack's user groups; the value is the group's id."""


@dataclass(frozen=True)
class ConnectorParam:
    """A parameter of a connector. Its value in the catalogue is text."""

    name: str
    """Its key in the catalogue's `connector` table."""
    label: str
    hint: str = ""
    optional: bool = False
    input_kind: ParamInput = ParamInput.TEXT


def _no_check(_: ConnectorSpec) -> None:
    return None


@dataclass(frozen=True)
class ConnectorKind:
    """A kind of connector that an admin can choose, with its parameters."""

    type: str
    """Its type in the catalogue."""
    label: str
    """Its label in the menu."""
    params: tuple[ConnectorParam, ...] = ()
    check: Callable[[ConnectorSpec], str | None] = _no_check
    """Returns a problem that reads on after the parameter's name, or None."""


@dataclass(frozen=True)
class ConnectorField(Field):
    """A menu of connectors, which reports each change, with the parameters of the chosen one below.

    A connector that is not offered stays as it is, and so do parameters that are not text.
    """

    kinds: Sequence[ConnectorKind] = ()

    def form_value(self, value: Any) -> ConnectorValue:
        params = value.params
        return value.type, tuple(
            (param.name, _param_text(param, params.get(param.name))) for param in self._params(value.type)
        )

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        kind_type, texts = form_value
        options = [kit.option(kind.label, kind.type) for kind in self.kinds]
        if kind_type not in {kind.type for kind in self.kinds}:
            options.append(kit.option(f"{kind_type} (unchanged)", kind_type))
        menu = self.input(kit.select(AdminAction.CONNECTOR, options, initial=kind_type), dispatch=True)
        params = zip(self._params(kind_type), texts, strict=True)
        return [menu, *(self._param(kind_type, param, text, names) for param, (_, text) in params)]

    def read(self, values: Values) -> ConnectorValue:
        kind_type = choice_of(values, self.id)
        return kind_type, tuple(
            (param.name, self._read_param(values, kind_type, param)) for param in self._params(kind_type)
        )

    def to_data(self, form_value: Any, value: Any) -> Any:
        kind_type, texts = form_value
        same = kind_type == value.type
        data = value.stored() if same else {"type": kind_type}
        before = dict(self.form_value(value)[1]) if same else {}
        for param, (name, text) in zip(self._params(kind_type), texts, strict=True):
            if text == before.get(name):
                continue
            if not text and not param.optional:
                raise InvalidEntry(self._block(kind_type, param), "This is required.")
            data |= {name: text}
            if not text:
                del data[name]
        self._check(kind_type, data)
        return data

    def _check(self, kind_type: str, data: dict[str, Any]) -> None:
        kind = self._kind(kind_type)
        if kind is None:
            raise InvalidEntry(self.id, "Choose an option.")
        if problem := kind.check(ConnectorSpec.model_validate(data)):
            raise self._invalid_param(kind, problem)

    def _invalid_param(self, kind: ConnectorKind, problem: str) -> InvalidEntry:
        """The problem at the parameter that its sentence begins with, or else at the menu."""
        for param in kind.params:
            if problem.startswith(f"{param.name} "):
                return InvalidEntry(
                    self._block(kind.type, param), sentence(problem.removeprefix(f"{param.name} "))
                )
        return InvalidEntry(self.id, sentence(problem))

    def _param(self, kind_type: str, param: ConnectorParam, text: str, names: SlackNames) -> Block:
        return kit.input_block(
            param.label,
            _param_element(param, text, names),
            block_id=self._block(kind_type, param),
            hint=param.hint,
            optional=param.optional,
        )

    def _read_param(self, values: Values, kind_type: str, param: ConnectorParam) -> str:
        read = choice_of if param.input_kind is ParamInput.USER_GROUP else text_of
        return read(values, self._block(kind_type, param))

    def _block(self, kind_type: str, param: ConnectorParam) -> str:
        return f"{self.id}_{kind_type}_{param.name}"

    def _params(self, kind_type: str) -> tuple[ConnectorParam, ...]:
        kind = self._kind(kind_type)
        return kind.params if kind else ()

    def _kind(self, kind_type: str) -> ConnectorKind | None:
        return next((kind for kind in self.kinds if kind.type == kind_type), None)


def _param_text(param: ConnectorParam, value: Any) -> str:
    """The text of a parameter; empty where it is too long or not text."""
    limit = REFERENCE_LIMIT if param.input_kind is ParamInput.USER_GROUP else DISPLAY_LIMIT
    return tidy(value) if isinstance(value, str) and len(value) <= limit else ""


def _param_element(param: ConnectorParam, text: str, names: SlackNames) -> Element:
    if param.input_kind is ParamInput.USER_GROUP:
        initial = kit.option(names.groups.get(text, text), text) if text else None
        return kit.external_select(AdminAction.USER_GROUP, initial=initial, placeholder="Type to search")
    return kit.text_input(TEXT, initial=text, limit=3000)
