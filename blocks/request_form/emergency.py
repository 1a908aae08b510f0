"""The confirmation before emergency access: what will happen, and the reason once more.

It carries what was chosen before, by the keys and values of the form below it; all of that is checked again
on submission.
"""

from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.forms.term import TermChoice
from blocks.kit import Block, View
from blocks.kit.inputs import Values, text_of
from blocks.kit.text import cut, esc
from blocks.request_form import RequestBlock, RequestInput, preview
from models.durations import duration_words
from models.lifecycle.request.plan import Planned
from models.text import TEXT_LIMIT

FORM = "request.emergency"
"""The form's callback id."""
_NAMES_LIMIT = 2000
FIELDS = {"reason": RequestBlock.REASON}
"""The block that shows a refusal, by the refusal's field."""


def build(previous: RequestInput, planned: Sequence[Planned]) -> View:
    """The confirmation, on top of the request form with the content `previous`."""
    carries = {
        "app": previous.app_key,
        "access": " ".join(previous.access_keys),
        "choice": previous.term.choice,
        "length": previous.term.length,
        "whom": previous.for_whom,
    }
    reason = kit.text_block(
        "Reason",
        block_id=RequestBlock.REASON,
        action_id="reason",
        limit=TEXT_LIMIT,
        initial=cut(previous.reason, TEXT_LIMIT),
        hint="Visible to everyone notified.",
    )
    return kit.modal(
        "Use emergency access?",
        [_summary(planned), *preview.preview(planned)[1:], reason],
        callback_id=FORM,
        submit="Use emergency access",
        close="Go back",
        carries=carries,
    )


def parse(carries: Mapping[str, str], values: Values) -> RequestInput:
    """The content of the request form, with the reason from the confirmation."""
    return RequestInput(
        app_key=carries.get("app", ""),
        access_keys=tuple(dict.fromkeys(carries.get("access", "").split())),
        term=TermChoice(carries.get("choice", ""), carries.get("length", "")),
        reason=text_of(values, RequestBlock.REASON),
        for_whom=carries.get("whom", ""),
        emergency=True,
    )


def _summary(planned: Sequence[Planned]) -> Block:
    names = cut(", ".join(esc(plan.snapshot.access.name) for plan in planned), _NAMES_LIMIT)
    first = planned[0]
    period = f" for {duration_words(first.question.duration)}" if first.question.duration else ""
    return kit.section(f"*{esc(first.snapshot.app.name)} · {names}*{period}")
