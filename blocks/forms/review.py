"""The forms that close the review of an emergency: Justified, with an optional comment, and Misused."""

from enum import StrEnum

from blocks import kit
from blocks.cards import phrases
from blocks.kit import Block, View
from blocks.kit.inputs import Values, text_of
from blocks.kit.text import mention, moment, quote
from models.queries.stories import RequestStory
from models.text import TEXT_LIMIT

COMMENT = "comment"
"""The block of the one field that both forms have."""
_REASON_LIMIT = 900


class ReviewForm(StrEnum):
    """The forms, by callback id."""

    JUSTIFIED = "review.justified"
    MISUSED = "review.misused"


def justified(ref: str, story: RequestStory) -> View:
    """The form that closes a review as justified, with a comment."""
    field = _comment("Visible to everyone notified.", optional=True)
    return _form(ReviewForm.JUSTIFIED, "Mark as justified?", "Mark as justified", ref, story, [field])


def misused(ref: str, story: RequestStory) -> View:
    """The form that closes a review as misused, with the reason; access that is left is revoked."""
    active = story.grant is not None and story.grant.over_at is None
    blocks = [kit.section(":warning: Their access will be revoked now.")] if active else []
    field = _comment("Visible to the user and everyone notified.", optional=False)
    return _form(ReviewForm.MISUSED, "Mark as misuse?", "Mark as misuse", ref, story, [*blocks, field])


def parse(values: Values) -> str:
    """The comment; may be empty."""
    return text_of(values, COMMENT)


def _form(
    form: ReviewForm, title: str, submit: str, ref: str, story: RequestStory, blocks: list[Block]
) -> View:
    return kit.modal(title, [_summary(story), *blocks], callback_id=form, submit=submit, carries={"ref": ref})


def _summary(story: RequestStory) -> Block:
    request = story.request
    access = f"emergency access to *{phrases.access_title(request)}* for {phrases.term_text(story.term)}"
    line = f"{mention(request.beneficiary_id)} used {access} · {moment(request.created_at)}"
    return kit.section(f"{line}\n{quote(request.reason, _REASON_LIMIT)}")


def _comment(hint: str, *, optional: bool) -> Block:
    return kit.text_block("Comment", block_id=COMMENT, limit=TEXT_LIMIT, hint=hint, optional=optional)
