"""Emergencies, afterwards: found justified or misused, or taken away at once."""

from blocks.cards import CardAction
from blocks.forms import review as review_form
from blocks.forms.review import ReviewForm
from handlers import fresh
from handlers.incoming import Click, Submission
from handlers.routes import on_click, on_submit
from models.lifecycle.grant import revoke as verbs
from models.lifecycle.request import emergency_review
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import request_behind

FIELDS = {"comment": review_form.COMMENT}


@on_click(CardAction.JUSTIFIED)
async def ask_whether_justified(click: Click) -> None:
    """Justified was pressed."""
    await click.open(review_form.justified(click.value, await _reviewable(click)))


@on_click(CardAction.MISUSED)
async def ask_what_was_wrong(click: Click) -> None:
    """Misused was pressed."""
    await click.open(review_form.misused(click.value, await _reviewable(click)))


@on_submit(ReviewForm.JUSTIFIED, fields=FIELDS)
async def justified(sent: Submission) -> None:
    """Somebody found it justified."""
    ref, comment = sent.carries.get("ref", ""), review_form.parse(sent.values)
    await fresh.for_decision(sent.desk, ref, sent.person)
    await sent.run(emergency_review.justified, ref, sent.person, comment)


@on_submit(ReviewForm.MISUSED, fields=FIELDS)
async def misused(sent: Submission) -> None:
    """Somebody found it misused; what is left of the access goes."""
    ref, comment = sent.carries.get("ref", ""), review_form.parse(sent.values)
    await fresh.for_decision(sent.desk, ref, sent.person)
    await sent.run(emergency_review.misused, ref, sent.person, comment)


@on_click(CardAction.REVOKE)
async def revoke(click: Click) -> None:
    """Revoke was pressed; Slack has asked "are you sure" already."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(verbs.revoke, click.value, click.person)


async def _reviewable(click: Click) -> RequestStory:
    await fresh.for_form(click.desk, click.value, click.person)
    await click.check(emergency_review.may_close, click.value, click.person)
    return await click.read(lambda case: request_story(case, request_behind(case, click.value).ref))
