"""Access at once: the second question after the form, and using it."""

from blocks import request_form
from blocks.cards import CardAction
from blocks.forms import review as review_form
from blocks.forms.review import ReviewForm
from blocks.request_form import RequestBlock, RequestInput
from blocks.request_form import emergency as emergency_form
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.people.lookup import NOW, STANDING
from handlers.request import form_view
from handlers.routes import on_click, on_submit
from models.lifecycle.request import emergency_review
from models.lifecycle.request.plan import Draft, plan
from models.lifecycle.request.submit import submit
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import request_behind


async def ask_again(sent: Submission, filled: RequestInput, draft: Draft) -> None:
    """The form was sent with the box ticked: say what will happen, and ask whether that is meant."""
    planned = await sent.read(plan, draft)
    await sent.answer(response_action="push", view=dict(emergency_form.build(filled, planned)))


@on_submit(emergency_form.FORM, fields=emergency_form.FIELDS)
async def use(sent: Submission) -> None:
    """It is meant: everything is looked at again, and access begins."""
    filled = emergency_form.parse(sent.carries, sent.values)
    app = await sent.desk.catalogue.find(filled.app_key)
    risky = app and refresh.may_be_given_at_once(app, filled.access_keys, emergency=True)
    await form_view.refresh(sent, app, filled, NOW if risky else STANDING)
    draft = request_form.to_draft(filled, app, sent.person, sent.desk.clock.now())
    errors = (draft if isinstance(draft, dict) else {}) | request_form.reason_errors(filled, app)
    if not isinstance(draft, Draft) or errors:
        first = next(iter(errors.values()))
        await sent.answer(response_action="errors", errors={RequestBlock.REASON: first})
        return
    await sent.run(submit, draft, sent.desk.limits)
    await sent.answer(response_action="clear")


REVIEW_FIELDS = {"comment": review_form.COMMENT}


@on_click(CardAction.JUSTIFIED)
async def ask_whether_justified(click: Click) -> None:
    """Justified was pressed."""
    await click.open(review_form.justified(click.value, await _reviewable(click)))


@on_click(CardAction.MISUSED)
async def ask_what_was_wrong(click: Click) -> None:
    """Misused was pressed."""
    await click.open(review_form.misused(click.value, await _reviewable(click)))


@on_submit(ReviewForm.JUSTIFIED, fields=REVIEW_FIELDS)
async def justified(sent: Submission) -> None:
    """Somebody found it justified."""
    ref, comment = sent.carries.get("ref", ""), review_form.parse(sent.values)
    await refresh.for_decision(sent.desk.whois, ref, sent.person)
    await sent.run(emergency_review.justified, ref, sent.person, comment)


@on_submit(ReviewForm.MISUSED, fields=REVIEW_FIELDS)
async def misused(sent: Submission) -> None:
    """Somebody found it misused; what is left of the access goes."""
    ref, comment = sent.carries.get("ref", ""), review_form.parse(sent.values)
    await refresh.for_decision(sent.desk.whois, ref, sent.person)
    await sent.run(emergency_review.misused, ref, sent.person, comment)


async def _reviewable(click: Click) -> RequestStory:
    await refresh.for_form(click.desk.whois, click.value, click.person)
    await click.check(emergency_review.may_close, click.value, click.person)
    return await click.read(lambda case: request_story(case, request_behind(case, click.value).ref))
