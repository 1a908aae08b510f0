"""The forms behind an approval card's buttons: Approve, Reject, Comment and Modify duration.

Each carries the request's reference and nothing else; what is decided is looked up when it is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from blocks import kit, term_form
from blocks.answers import Values, typed
from blocks.cards import words
from blocks.cards.conflicts import conflicts
from blocks.kit import Block, View
from blocks.request_form import emergency
from blocks.term_form import Errors, Offer, TermChoice
from blocks.text import mention
from models.catalogue.words import RequestKind
from models.lifecycle.request.comment import TEXT_LIMIT
from models.lifecycle.request.comment_rules import COMMENT_LIMIT
from models.queries.stories import RequestStory
from models.tables.requests import Request, Term

COMMENT = "comment"
"""The block of the one field that all of these forms have."""
CHOOSE_TERM = "modify.term"
"""The action of the select in the form that changes the duration."""


class DecisionForm(StrEnum):
    """The forms, by callback id."""

    APPROVE = "decision.approve"
    REJECT = "decision.reject"
    COMMENT = "decision.comment"
    MODIFY = "decision.modify"


@dataclass(frozen=True)
class Modified:
    """What the form for another duration says."""

    term: Term
    comment: str


def approve(story: RequestStory) -> View:
    """Are you sure, and is there something to say?"""
    flagged = conflicts(story)
    blocks = [
        _summary(story.request),
        *([flagged] if flagged else []),
        _comment_field(story, "Everybody involved reads it.", approves=True),
    ]
    return _form(DecisionForm.APPROVE, "Approve request?", "Approve", story.request, blocks)


def reject(story: RequestStory) -> View:
    """Rejecting, with room for the reason."""
    hint = "Say why, so that they know what would be right."
    blocks = [_summary(story.request), _comment_field(story, hint, approves=False)]
    return _form(DecisionForm.REJECT, "Reject request?", "Reject", story.request, blocks)


def comment(request: Request) -> View:
    """Saying something, which decides nothing."""
    element = kit.text_input("text", multiline=True, limit=TEXT_LIMIT)
    field = kit.input_block("Comment", element, block_id=COMMENT, hint="Everybody involved reads it.")
    return _form(DecisionForm.COMMENT, "Comment", "Send", request, [_summary(request), field])


def modify(story: RequestStory, filled: TermChoice | None = None) -> View:
    """Approving with another duration; at first it shows the one that would be given now."""
    offer = offer_of(story)
    filled = filled or TermChoice.of(story.term, offer)
    asked = (
        f"Asked for: *{words.lasting(story.asked_term)}*. Sending this approves with what you choose here."
    )
    flagged = conflicts(story)
    blocks = [
        kit.section(_about(story.request)),
        *([flagged] if flagged else []),
        kit.section(asked),
        *term_form.build(offer, filled, action_id=CHOOSE_TERM),
        _comment_field(story, "Everybody involved reads it.", approves=True),
    ]
    return _form(DecisionForm.MODIFY, "Modify duration", "Approve", story.request, blocks)


def offer_of(story: RequestStory) -> Offer:
    """Which durations an approver can choose: never more than the maximum."""
    if story.request.emergency:
        return emergency.offer([story.snapshot.policy])
    starts = story.request.kind is not RequestKind.EXTEND
    return Offer.of([story.snapshot.policy], starts=starts, strict=True, temporary=story.temporary)


def parse_comment(values: Values) -> str:
    """The comment; empty where none was written."""
    return typed(values, COMMENT)


def parse_modified(values: Values, story: RequestStory, now: datetime) -> Modified | Errors:
    """What the form for another duration says, or what is wrong by block."""
    term = term_form.parse(values, offer_of(story), now)
    return Modified(term, parse_comment(values)) if isinstance(term, Term) else term


def _form(form: DecisionForm, title: str, submit: str, request: Request, blocks: Sequence[Block]) -> View:
    return kit.modal(title, blocks, callback_id=form, submit=submit, carries={"ref": request.ref})


def _summary(request: Request) -> Block:
    return kit.section(f"{_about(request)}, {words.lasting(Term.from_json(request.term))}")


def _about(request: Request) -> str:
    return f"{request.ref}: *{words.thing(request)}* for {mention(request.beneficiary_id)}"


def _comment_field(story: RequestStory, hint: str, *, approves: bool) -> Block:
    optional = not story.snapshot.policy.decision_comment.needed(approves=approves)
    element = kit.text_input("text", multiline=True, limit=COMMENT_LIMIT)
    return kit.input_block("Comment", element, block_id=COMMENT, hint=hint, optional=optional)
