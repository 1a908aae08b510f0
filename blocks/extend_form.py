"""The form that asks for more time on an access that somebody holds."""

from dataclasses import dataclass
from datetime import datetime

from blocks import kit, term_form
from blocks.answers import Values, typed
from blocks.cards import words
from blocks.kit import Block, View
from blocks.term_form import Errors, Offer, TermChoice
from models.catalogue.spec import AccessPolicy
from models.catalogue.words import Need
from models.lifecycle.request.submit import REASON_LIMIT
from models.tables.grants import Grant
from models.tables.requests import Term

FORM = "extend"
"""The form's callback id."""
CHOOSE_TERM = "extend.term"
"""The action of its select."""
REASON = "reason"
"""The block of the reason."""


@dataclass(frozen=True)
class MoreTime:
    """What the form says. A term's `length` counts from the present end, its `end` replaces that."""

    term: Term
    reason: str


def build(grant: Grant, policy: AccessPolicy, filled: TermChoice | None = None) -> View:
    """The form, by the policy that holds today."""
    blocks = [
        kit.section(f"*{words.thing(grant)}*, active {words.until(grant.ends_at)}"),
        *term_form.build(_offer(policy), filled, action_id=CHOOSE_TERM),
        *([] if policy.reason is Need.HIDDEN else [_reason_field(policy)]),
    ]
    return kit.modal(
        "Ask for more time", blocks, callback_id=FORM, submit="Send request", carries={"ref": grant.ref}
    )


def parse(values: Values, policy: AccessPolicy, now: datetime) -> MoreTime | Errors:
    """What was filled in, or what is wrong by block."""
    term, reason = term_form.parse(values, _offer(policy), now), typed(values, REASON)
    errors = {} if isinstance(term, Term) else dict(term)
    if policy.reason is Need.REQUIRED and not reason:
        errors[REASON] = "Say why you need more time."
    return MoreTime(term, reason) if isinstance(term, Term) and not errors else errors


def _offer(policy: AccessPolicy) -> Offer:
    return Offer.of([policy], starts=False)


def _reason_field(policy: AccessPolicy) -> Block:
    element = kit.text_input("text", multiline=True, limit=REASON_LIMIT)
    optional = policy.reason is Need.OPTIONAL
    return kit.input_block("Reason", element, block_id=REASON, optional=optional)
