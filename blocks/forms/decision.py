"""The forms behind an approval card's buttons: Approve, Reject, Comment and Modify duration.

Each carries the request's reference and nothing else; the rest is looked up on submission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from blocks import kit
from blocks.cards import phrases
from blocks.cards.layout import conflicts
from blocks.forms import term as term_form
from blocks.forms.term import TermChoice, TermOffer
from blocks.kit import Block, View
from blocks.kit.state import Errors, Values, text_of
from models.catalogue.spec.enums import RequestKind
from models.queries.stories import RequestStory
from models.tables.requests import Request, Term
from models.text import TEXT_LIMIT

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
class DurationDecision:
    """The content of the Modify duration form."""

    term: Term
    comment: str


def approve(story: RequestStory) -> View:
    """The confirmation of an approval, with a comment."""
    conflict = conflicts(story)
    blocks = [
        _summary(story.request),
        *([conflict] if conflict else []),
        _comment_field(story, "Everybody involved reads it.", approves=True),
    ]
    return _form(DecisionForm.APPROVE, "Approve request?", "Approve", story.request, blocks)


def reject(story: RequestStory) -> View:
    """The confirmation of a rejection, with its reason."""
    hint = "Say why, so that they know what would be right."
    blocks = [_summary(story.request), _comment_field(story, hint, approves=False)]
    return _form(DecisionForm.REJECT, "Reject request?", "Reject", story.request, blocks)


def comment(request: Request) -> View:
    """The form for a comment that decides nothing."""
    hint = "Everybody involved reads it."
    field = kit.text_block("Comment", block_id=COMMENT, limit=TEXT_LIMIT, hint=hint)
    return _form(DecisionForm.COMMENT, "Comment", "Send", request, [_summary(request), field])


def modify(story: RequestStory, choice: TermChoice | None = None) -> View:
    """The form that approves another duration. Without a `choice`, it shows the present one."""
    offer = term_offer(story)
    choice = choice or TermChoice.of(story.term, offer)
    requested = phrases.term_text(story.asked_term)
    intro = f"Asked for: *{requested}*. Sending this approves with what you choose here."
    conflict = conflicts(story)
    blocks = [
        kit.section(phrases.request_title(story.request)),
        *([conflict] if conflict else []),
        kit.section(intro),
        *term_form.build(offer, choice, action_id=CHOOSE_TERM),
        _comment_field(story, "Everybody involved reads it.", approves=True),
    ]
    return _form(DecisionForm.MODIFY, "Modify duration", "Approve", story.request, blocks)


def term_offer(story: RequestStory) -> TermOffer:
    """The durations that an approver can choose: never above the maximum."""
    if story.request.emergency:
        return term_form.emergency_offer([story.snapshot.policy])
    starts = story.request.kind is not RequestKind.EXTEND
    return TermOffer.of([story.snapshot.policy], starts=starts, strict=True, temporary=story.temporary)


def parse_comment(values: Values) -> str:
    """The comment; may be empty."""
    return text_of(values, COMMENT)


def parse_duration(values: Values, story: RequestStory, now: datetime) -> DurationDecision | Errors:
    """The content of the Modify duration form, or its errors."""
    term = term_form.parse(values, term_offer(story), now)
    return DurationDecision(term, parse_comment(values)) if isinstance(term, Term) else term


def _form(form: DecisionForm, title: str, submit: str, request: Request, blocks: Sequence[Block]) -> View:
    return kit.modal(title, blocks, callback_id=form, submit=submit, carries={"ref": request.ref})


def _summary(request: Request) -> Block:
    term = Term.from_json(request.term)
    return kit.section(f"{phrases.request_title(request)}, {phrases.term_text(term)}")


def _comment_field(story: RequestStory, hint: str, *, approves: bool) -> Block:
    optional = not story.snapshot.policy.decision_comment.needed(approves=approves)
    return kit.text_block("Comment", block_id=COMMENT, limit=TEXT_LIMIT, hint=hint, optional=optional)
