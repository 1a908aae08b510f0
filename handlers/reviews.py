"""Emergencies, afterwards: found justified or misused, or taken away at once."""

from blocks.cards import CardAction
from blocks.forms import review as review_form
from blocks.forms.review import ReviewForm
from handlers import fresh
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.routes import Routes
from models.lifecycle.grant import revoke as verbs
from models.lifecycle.request import emergency
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import find_request

FIELDS = {"comment": review_form.COMMENT}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to the buttons and forms by which an emergency is reviewed, and to Revoke."""
    routes.action(CardAction.JUSTIFIED)(listener(desk, Click, ask_whether_justified))
    routes.action(CardAction.MISUSED)(listener(desk, Click, ask_what_was_wrong))
    routes.action(CardAction.REVOKE)(listener(desk, Click, revoke))
    routes.view(ReviewForm.JUSTIFIED)(listener(desk, Submission, justified, FIELDS))
    routes.view(ReviewForm.MISUSED)(listener(desk, Submission, misused, FIELDS))


async def ask_whether_justified(click: Click) -> None:
    """Justified was pressed."""
    await click.open(review_form.justified(click.value, await _reviewable(click)))


async def ask_what_was_wrong(click: Click) -> None:
    """Misused was pressed."""
    await click.open(review_form.misused(click.value, await _reviewable(click)))


async def justified(sent: Submission) -> None:
    """Somebody found it justified."""
    ref, comment = sent.carries.get("ref", ""), review_form.parse(sent.values)
    await fresh.for_decision(sent.desk, ref, sent.person)
    await sent.run(emergency.mark_justified, ref, sent.person, comment)


async def misused(sent: Submission) -> None:
    """Somebody found it misused; what is left of the access goes."""
    ref, comment = sent.carries.get("ref", ""), review_form.parse(sent.values)
    await fresh.for_decision(sent.desk, ref, sent.person)
    await sent.run(emergency.mark_misused, ref, sent.person, comment)


async def revoke(click: Click) -> None:
    """Revoke was pressed; Slack has asked "are you sure" already."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(verbs.revoke, click.value, click.person)


async def _reviewable(click: Click) -> RequestStory:
    await fresh.for_form(click.desk, click.value, click.person)
    await click.check(emergency.may_close_review, click.value, click.person)
    return await click.read(lambda case: request_story(case, find_request(case, click.value).ref))
