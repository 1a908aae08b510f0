"""Phrases that the sentences of a timeline share."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from blocks.cards.phrases import inline_quote, term_text
from blocks.kit.text import esc, moment
from models.durations import spoken
from models.tables.base import Json
from models.tables.grants import Direction
from models.tables.requests import Term

TEXT_LIMIT = 2600
"""What is left of a section for somebody's words, with the rest of the line."""

Sentence = Callable[[str, Json], str]
"""Makes a sentence of who did it (a mention) and the entry's data."""


def state(actor: str, data: Json) -> str:
    """What something became."""
    note = data.get("note") or data.get("error") or ""
    return f"*{label(data)}* by {actor}{quotation(note)}"


def label(data: Json) -> str:
    """The name of the state that something came to."""
    return esc(str(data.get("after", ""))).capitalize()


def quotation(text: Any) -> str:
    """Somebody’s words, where there are any."""
    return f": {inline_quote(str(text), TEXT_LIMIT)}" if str(text or "").strip() else ""


def direction(data: Json) -> str:
    """What is done with an access."""
    return "take" if data.get("direction") == Direction.TAKE else "give"


def term(value: Json) -> str:
    """How long."""
    return term_text(Term.from_json(value))


def end(value: Json) -> str:
    """When it ends, or how long it is."""
    if value.get("end"):
        return moment(datetime.fromisoformat(value["end"]))
    return spoken(timedelta(seconds=value["length"])) if value.get("length") else "no end"
