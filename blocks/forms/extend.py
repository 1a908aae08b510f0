"""The form that requests an extension of an active access."""

from dataclasses import dataclass
from datetime import datetime

from blocks import kit
from blocks.cards import phrases
from blocks.forms import term as term_form
from blocks.forms.term import TermChoice, TermOffer
from blocks.kit import View
from blocks.kit.inputs import Errors, Values, text_of
from models.catalogue.spec import AccessPolicy
from models.catalogue.spec.enums import Need
from models.tables.grants import Grant
from models.tables.requests import Term
from models.text import TEXT_LIMIT

FORM = "extend"
"""The form's callback id."""
CHOOSE_TERM = "extend.term"
"""The action of its select."""
REASON = "reason"
"""The block of the reason."""


@dataclass(frozen=True)
class ExtensionInput:
    """The content of the form. The term's `length` is added to the present end, its `end` replaces that."""

    term: Term
    reason: str


def build(grant: Grant, policy: AccessPolicy, choice: TermChoice | None = None) -> View:
    """The form, by the present policy of the access."""
    optional = policy.reason is Need.OPTIONAL
    reason = kit.text_block("Reason", block_id=REASON, limit=TEXT_LIMIT, optional=optional)
    blocks = [
        kit.section(f"*{phrases.access_title(grant)}* · active {phrases.until(grant.ends_at)}"),
        *term_form.build(_offer(policy), choice, action_id=CHOOSE_TERM),
        *([] if policy.reason is Need.HIDDEN else [reason]),
    ]
    return kit.modal(
        "Extend access", blocks, callback_id=FORM, submit="Send request", carries={"ref": grant.ref}
    )


def parse(values: Values, policy: AccessPolicy, now: datetime) -> ExtensionInput | Errors:
    """The content of the form, or its errors."""
    term, reason = term_form.parse(values, _offer(policy), now), text_of(values, REASON)
    errors = {} if isinstance(term, Term) else dict(term)
    if policy.reason is Need.REQUIRED and not reason:
        errors[REASON] = "Say why you need the extension."
    return ExtensionInput(term, reason) if isinstance(term, Term) and not errors else errors


def _offer(policy: AccessPolicy) -> TermOffer:
    return TermOffer.of([policy], starts=False)
