"""The field for an access's connector: its kind, and what that kind wants to know."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.connectors import ConnectorKind, Entered, Param
from blocks.admin.field import LONGEST, Field, Known, Wrong, sentence
from blocks.admin.fields import TEXT
from blocks.admin.ids import Do
from blocks.answers import Values, picked, typed
from blocks.kit import Block, Element
from blocks.text import clean
from models.catalogue.spec import ConnectorSpec

LONGEST_REFERENCE = 75
"""Of what stands behind an option in a menu. Slack takes 150."""

Shown = tuple[str, tuple[tuple[str, str], ...]]
"""The connector's type, and its parameters by name."""


@dataclass(frozen=True)
class Connector(Field):
    """A menu of kinds, which tells the bot of each change, and below it the parameters of the chosen one.

    A connector that is not among the kinds stays as it is, and so do parameters that are no text.
    """

    kinds: Sequence[ConnectorKind] = ()

    def shown(self, value: Any) -> Shown:
        params = value.params
        return value.type, tuple(
            (one.name, _text(one, params.get(one.name))) for one in self._params(value.type)
        )

    def blocks(self, shown: Any, known: Known) -> list[Block]:
        chosen, filled = shown
        options = [kit.option(kind.label, kind.type) for kind in self.kinds]
        if chosen not in {kind.type for kind in self.kinds}:
            options.append(kit.option(f"{chosen} (stays as it is)", chosen))
        menu = self.input(kit.select(Do.CONNECTOR, options, initial=chosen), dispatch=True)
        params = zip(self._params(chosen), filled, strict=True)
        return [menu, *(self._param(chosen, param, text, known) for param, (_, text) in params)]

    def read(self, values: Values) -> Shown:
        chosen = picked(values, self.id)
        return chosen, tuple((one.name, self._entered(values, chosen, one)) for one in self._params(chosen))

    def stored(self, given: Any, value: Any) -> Any:
        chosen, filled = given
        same = chosen == value.type
        data = value.stored() if same else {"type": chosen}
        before = dict(self.shown(value)[1]) if same else {}
        for param, (name, text) in zip(self._params(chosen), filled, strict=True):
            if text == before.get(name):
                continue
            if not text and not param.optional:
                raise Wrong(self._block(chosen, param), "This is needed.")
            data |= {name: text}
            if not text:
                del data[name]
        self._check(chosen, data)
        return data

    def _check(self, chosen: str, data: dict[str, Any]) -> None:
        kind = self._kind(chosen)
        if kind is None:
            raise Wrong(self.id, "Choose one of these.")
        if said := kind.check(ConnectorSpec.model_validate(data)):
            raise self._wrong(kind, said)

    def _wrong(self, kind: ConnectorKind, said: str) -> Wrong:
        """At the parameter whose name the sentence begins with, or else at the menu."""
        for param in kind.params:
            if said.startswith(f"{param.name} "):
                return Wrong(self._block(kind.type, param), sentence(said.removeprefix(f"{param.name} ")))
        return Wrong(self.id, sentence(said))

    def _param(self, chosen: str, param: Param, text: str, known: Known) -> Block:
        return kit.input_block(
            param.label,
            _element(param, text, known),
            block_id=self._block(chosen, param),
            hint=param.hint,
            optional=param.optional,
        )

    def _entered(self, values: Values, chosen: str, param: Param) -> str:
        read = picked if param.entered is Entered.USER_GROUP else typed
        return read(values, self._block(chosen, param))

    def _block(self, chosen: str, param: Param) -> str:
        return f"{self.id}_{chosen}_{param.name}"

    def _params(self, chosen: str) -> tuple[Param, ...]:
        kind = self._kind(chosen)
        return kind.params if kind else ()

    def _kind(self, chosen: str) -> ConnectorKind | None:
        return next((kind for kind in self.kinds if kind.type == chosen), None)


def _text(param: Param, value: Any) -> str:
    """What the form shows of a parameter: text that fits, and nothing of what is none."""
    most = LONGEST_REFERENCE if param.entered is Entered.USER_GROUP else LONGEST
    return clean(value).strip() if isinstance(value, str) and len(value) <= most else ""


def _element(param: Param, text: str, known: Known) -> Element:
    if param.entered is Entered.USER_GROUP:
        initial = kit.option(known.groups.get(text, text), text) if text else None
        return kit.external_select(Do.USER_GROUP, initial=initial, placeholder="Type to search")
    return kit.text_input(TEXT, initial=text, limit=3000)
