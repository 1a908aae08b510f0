"""The forms behind an approval card's buttons: Approve, Reject, Comment and Modify duration.

Each carries the request's reference and nothing else; the rest is looked up on submission.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from blocks import kit
from blocks.cards import layout, phrases
from blocks.forms import term as term_form
from blocks.forms.term import TermChoice, TermOffer
from blocks.kit import Block, View
from blocks.kit.inputs import Errors, Values, text_of
from blocks.kit.text import TITLE
from models.catalogue.spec.enums import RequestKind
from models.durations import duration_words
from models.queries.stories import RequestStory
from models.tables.requests import Request, Term
from models.text import TEXT_LIMIT

COMMENT = "comment"
"""The block of the one field that all of these forms have."""
CHOOSE_TERM = "modify.term"
"""The action of the select in the form that changes the duration."""
APPROVE = "Approve"
VISIBLE = "Visible to everyone involved."


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
    """The confirmation of an approval, with the quoted reason and a comment."""
    blocks = [
        *_summary(story.request),
        *_conflicts(story),
        _comment_field(story, VISIBLE, approves=True),
    ]
    submit = _approve_label(story, story.term)
    return _form(DecisionForm.APPROVE, "Approve request?", submit, story.request, blocks)


def reject(story: RequestStory) -> View:
    """The confirmation of a rejection, with the quoted reason and a comment."""
    hint = "Tell them why, so they know what to change."
    blocks = [*_summary(story.request), _comment_field(story, hint, approves=False)]
    return _form(DecisionForm.REJECT, "Reject request?", "Reject", story.request, blocks)


def comment(request: Request) -> View:
    """The form for a comment that decides nothing."""
    field = kit.text_block("Comment", block_id=COMMENT, limit=TEXT_LIMIT, hint=VISIBLE)
    return _form(DecisionForm.COMMENT, "Comment", "Send", request, [_title(request), field])


def modify(story: RequestStory, choice: TermChoice | None = None) -> View:
    """The form that approves another duration. Without a `choice`, it shows the present one."""
    offer = term_offer(story)
    choice = choice or TermChoice.of(story.term, offer)
    blocks = [
        kit.section(phrases.request_title(story.request)),
        *_conflicts(story),
        kit.section(f"Requested: *{phrases.term_text(story.asked_term)}*"),
        *term_form.build(offer, choice, action_id=CHOOSE_TERM),
        _comment_field(story, VISIBLE, approves=True),
    ]
    preset = next((p for p in offer.presets if str(int(p.total_seconds())) == choice.choice), None)
    submit = _approve_label(story, Term(length=preset)) if preset else APPROVE
    return _form(DecisionForm.MODIFY, "Modify duration", submit, story.request, blocks)


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


def _approve_label(story: RequestStory, term: Term) -> str:
    """The submit button: "Approve for 8 hours", or just "Approve" where that is too long for a button."""
    if term.length is None:
        return APPROVE
    length = duration_words(term.length)
    extends = story.request.kind is RequestKind.EXTEND
    label = f"{APPROVE} {length} more" if extends else f"{APPROVE} for {length}"
    return label if len(label) <= TITLE else APPROVE


def _title(request: Request) -> Block:
    term = Term.from_json(request.term)
    return kit.section(f"{phrases.request_title(request)} · {phrases.term_text(term)}")


def _summary(request: Request) -> list[Block]:
    """The request, its duration and its reason."""
    reason = layout.reason(request)
    return [_title(request), *([reason] if reason else [])]


def _conflicts(story: RequestStory) -> list[Block]:
    conflict = layout.conflicts(story)
    return [conflict] if conflict else []


def _comment_field(story: RequestStory, hint: str, *, approves: bool) -> Block:
    optional = not story.snapshot.policy.decision_comment.needed(approves=approves)
    return kit.text_block("Comment", block_id=COMMENT, limit=TEXT_LIMIT, hint=hint, optional=optional)
