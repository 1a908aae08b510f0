"""The second question before access at once: what will happen, and the reason once more.

It carries what was chosen before, by the keys and values of the form that it lies on; all of that is looked
at again when it is sent.
"""

from collections.abc import Mapping, Sequence

from blocks import kit, preview
from blocks.answers import Values, typed
from blocks.kit import Block, View
from blocks.request_form import Filled, RequestBlock
from blocks.term_form import TermChoice
from blocks.text import cut, esc
from models.durations import spoken
from models.lifecycle.request.plan import Planned
from models.lifecycle.request.submit import REASON_LIMIT

FORM = "request.emergency"
"""The form's callback id."""
_NAMES = 2000
FIELDS = {"reason": RequestBlock.REASON}
"""Which block shows a refusal of which field."""


def build(filled: Filled, planned: Sequence[Planned]) -> View:
    """The form, on top of the one that was filled in like this."""
    carries = {
        "app": filled.app_key,
        "access": " ".join(filled.access_keys),
        "choice": filled.term.choice,
        "length": filled.term.length,
        "whom": filled.for_whom,
    }
    return kit.modal(
        "Use emergency access?",
        [_what(planned), *preview.preview(planned)[1:], _reason(filled)],
        callback_id=FORM,
        submit="Use emergency access",
        close="Go back",
        carries=carries,
    )


def read(carries: Mapping[str, str], values: Values) -> Filled:
    """What was filled in before, with the reason as it is now."""
    return Filled(
        app_key=carries.get("app", ""),
        access_keys=tuple(dict.fromkeys(carries.get("access", "").split())),
        term=TermChoice(carries.get("choice", ""), carries.get("length", "")),
        reason=typed(values, RequestBlock.REASON),
        for_whom=carries.get("whom", ""),
        emergency=True,
    )


def _what(planned: Sequence[Planned]) -> Block:
    names = cut(", ".join(esc(one.snapshot.access.name) for one in planned), _NAMES)
    first = planned[0]
    lasting = f" for {spoken(first.question.duration)}" if first.question.duration else ""
    return kit.section(f"*{esc(first.snapshot.app.name)}, {names}*{lasting}")


def _reason(filled: Filled) -> Block:
    element = kit.text_input(
        "reason", initial=cut(filled.reason, REASON_LIMIT), multiline=True, limit=REASON_LIMIT
    )
    return kit.input_block(
        "Reason", element, block_id=RequestBlock.REASON, hint="Everybody who is told reads it."
    )
