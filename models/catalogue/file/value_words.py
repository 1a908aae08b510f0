"""Format the catalogue's values in words, for a list of changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from models.catalogue.spec.condition_words import describe_condition
from models.catalogue.spec.conditions import When
from models.catalogue.spec.connectors import ConnectorSpec
from models.catalogue.spec.enums import DecisionComment, OnReject
from models.catalogue.spec.examples import ExampleSpec
from models.catalogue.spec.specs import EmergencySpec, RuleSpec, StageSpec
from models.durations import duration_words

_NOT_SET = {
    "max_duration": "no limit",
    "grace": "none",
    "emergency": "none",
    "when": "always",
    "manager": "as in Slack",
    "escalate_after": "half of the time that is left",
    "subject": "the standard text",
    "text": "the standard text",
}
_PROSE = frozenset({"description", "instructions", "why", "subject", "text"})
_MAX_LENGTH = 80


def format_value(value: Any, name: str = "") -> str:
    """The value of the field `name` in words, cut to what fits in a line."""
    words = _words(value, name)
    return words if len(words) <= _MAX_LENGTH else f"{words[: _MAX_LENGTH - 1]}…"


def format_stage(spec: StageSpec) -> str:
    """A stage in words, without its name: "any of owners, manager when the risk is high"."""
    veto = ", one rejection ends it" if spec.on_reject is OnReject.VETO else ""
    when = f" when {describe_condition(spec.when)}" if spec.when else ""
    quiet = f", quietly {', '.join(spec.quiet)}" if spec.quiet else ""
    channel = f", in {spec.channel} for more than {spec.channel_over} people" if spec.channel else ""
    return f"{spec.rule} of {', '.join(spec.approvers)}{quiet}{veto}{_alternates(spec)}{channel}{when}"


def _alternates(spec: StageSpec) -> str:
    if not spec.alternates:
        return ""
    after = f" after {duration_words(spec.escalate_after)}" if spec.escalate_after else ""
    return f", alternates{after}: {', '.join(spec.alternates)}"


def _words(value: Any, name: str = "") -> str:
    if value is None:
        return _NOT_SET.get(name, "as set for the app")
    format_kind = next((words for kind, words in _WORDS if isinstance(value, kind)), None)
    if format_kind:
        return format_kind(value)
    return f"“{value}”" if value and name in _PROSE else str(value) or "nothing"


def _emergency(value: EmergencySpec) -> str:
    within = f"reviewed by {', '.join(value.reviewers)}, reminded after {duration_words(value.review_within)}"
    return f"up to {duration_words(value.max)}, {within}"


def _connector(value: ConnectorSpec) -> str:
    return " ".join([value.type, *(f"{key} {inner}" for key, inner in value.params.items())])


_WORDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (bool, lambda value: "yes" if value else "no"),
    (timedelta, duration_words),
    (DecisionComment, lambda value: value.replace("_", " ")),
    (OnReject, lambda value: "ends it" if value is OnReject.VETO else "counts"),
    (When, describe_condition),
    (StageSpec, lambda value: f"“{value.name}” ({format_stage(value)})"),
    (RuleSpec, lambda value: f"“{value.name}”"),
    (ExampleSpec, str),
    (ConnectorSpec, _connector),
    (EmergencySpec, _emergency),
    (tuple, lambda values: ", ".join(map(_words, values)) or "none"),
)
