"""The forms that close the review of an emergency: Justified, with a comment where wanted, and Misused."""

from enum import StrEnum

from blocks import kit
from blocks.answers import Values, typed
from blocks.cards import words
from blocks.kit import Block, View
from blocks.text import mention, moment, quote
from models.lifecycle.request.emergency_review import COMMENT_LIMIT
from models.queries.stories import RequestStory

COMMENT = "comment"
"""The block of the one field that both forms have."""
_REASON = 900


class ReviewForm(StrEnum):
    """The forms, by callback id."""

    JUSTIFIED = "review.justified"
    MISUSED = "review.misused"


def justified(ref: str, story: RequestStory) -> View:
    """It was right; is there something to say?"""
    field = _comment("Those who were told of the emergency can read it.", optional=True)
    return _form(ReviewForm.JUSTIFIED, "Justified?", "Justified", ref, story, [field])


def misused(ref: str, story: RequestStory) -> View:
    """It was not right; what was wrong?"""
    there = story.grant is not None and story.grant.over_at is None
    blocks = [kit.section(":warning: The access is still there. It is taken away at once.")] if there else []
    field = _comment("They and those who were told of the emergency can read it.", optional=False)
    return _form(ReviewForm.MISUSED, "Misused?", "Misused", ref, story, [*blocks, field])


def parse(values: Values) -> str:
    """The comment; empty where none was written."""
    return typed(values, COMMENT)


def _form(
    form: ReviewForm, title: str, submit: str, ref: str, story: RequestStory, blocks: list[Block]
) -> View:
    return kit.modal(title, [_summary(story), *blocks], callback_id=form, submit=submit, carries={"ref": ref})


def _summary(story: RequestStory) -> Block:
    one = story.request
    took = f"took *{words.thing(one)}* for {words.lasting(story.term)} in an emergency"
    line = f"{mention(one.beneficiary_id)} {took}, {moment(one.created_at)}"
    return kit.section(f"{line}\n{quote(one.reason, _REASON)}")


def _comment(hint: str, *, optional: bool) -> Block:
    element = kit.text_input("text", multiline=True, limit=COMMENT_LIMIT)
    return kit.input_block("Comment", element, block_id=COMMENT, hint=hint, optional=optional)
