"""Emergency access: confirm it, use it, and review it afterwards."""

from blocks import request_form
from blocks.cards import CardAction
from blocks.forms import review as review_form
from blocks.forms.review import ReviewForm
from blocks.request_form import RequestBlock, RequestInput
from blocks.request_form import emergency as emergency_form
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.routes import on_click, on_submit
from models.lifecycle.request import emergency
from models.lifecycle.request.plan import Draft, plan
from models.lifecycle.request.submit import submit
from models.queries.stories import RequestStory, request_story
from models.registry.by_reference import find_request

REVIEW_FIELDS = {"comment": review_form.COMMENT}


async def ask_to_confirm(submission: Submission, request_input: RequestInput, draft: Draft) -> None:
    """Answer a request for emergency access with the form that says what will happen, to confirm it."""
    view = emergency_form.build(request_input, await submission.read(plan, draft))
    await submission.answer(response_action="push", view=dict(view))


@on_submit(emergency_form.FORM, fields=emergency_form.FIELDS)
async def use(submission: Submission) -> None:
    """Check the confirmed request again, and give the access."""
    request_input = emergency_form.parse(submission.metadata, submission.values)
    app = await submission.context.catalogue.find(request_input.app_key)
    people = request_input.people(submission.person)
    max_age = refresh.requester_max_age(app, request_input.access_keys, emergency=True)
    await refresh.before_request(submission.context.people, app, people, max_age)
    draft = request_form.to_draft(request_input, app, submission.person, submission.context.clock.now())
    errors = (draft if isinstance(draft, dict) else {}) | request_form.reason_errors(request_input, app)
    if not isinstance(draft, Draft) or errors:
        sentence = next(iter(errors.values()))
        await submission.answer(response_action="errors", errors={RequestBlock.REASON: sentence})
        return
    await submission.run(submit, draft, submission.context.limits)
    await submission.answer(response_action="clear")


@on_click(CardAction.JUSTIFIED)
async def open_justified_form(click: Click) -> None:
    """Open the form that closes a review as justified."""
    await click.open(review_form.justified(click.value, await _reviewable(click)))


@on_click(CardAction.MISUSED)
async def open_misused_form(click: Click) -> None:
    """Open the form that closes a review as misuse."""
    await click.open(review_form.misused(click.value, await _reviewable(click)))


@on_submit(ReviewForm.JUSTIFIED, fields=REVIEW_FIELDS)
async def mark_justified(submission: Submission) -> None:
    """Close a review as justified."""
    ref, comment = submission.metadata.get("ref", ""), review_form.parse(submission.values)
    await refresh.before_decision(submission.context.people, ref, submission.person)
    await submission.run(emergency.mark_justified, ref, submission.person, comment)


@on_submit(ReviewForm.MISUSED, fields=REVIEW_FIELDS)
async def mark_misused(submission: Submission) -> None:
    """Close a review as misuse, and revoke what is left of the access."""
    ref, comment = submission.metadata.get("ref", ""), review_form.parse(submission.values)
    await refresh.before_decision(submission.context.people, ref, submission.person)
    await submission.run(emergency.mark_misused, ref, submission.person, comment)


async def _reviewable(click: Click) -> RequestStory:
    """Load the request behind a review if this person may close it now."""
    await refresh.before_form(click.context.people, click.value, click.person)
    await click.check(emergency.may_close_review, click.value, click.person)
    return await click.read(lambda case: request_story(case, find_request(case, click.value).ref))
