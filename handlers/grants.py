"""The buttons of an active grant: extend, shorten, give back and revoke it."""

from blocks.cards import CardAction
from blocks.cards.buttons import USAGE_ACTIONS
from blocks.forms import extend as extend_form
from blocks.forms import shorten as shorten_form
from blocks.forms.extend import ExtensionInput
from blocks.forms.shorten import ShortenTarget
from blocks.forms.term import TermBlock, TermChoice
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.routes import on_click, on_submit
from models.catalogue.spec import AccessPolicy
from models.lifecycle.grant import return_slip
from models.lifecycle.grant import revoke as revoke_verbs
from models.lifecycle.request import change_duration, submit
from models.registry.by_reference import find_grant, find_request
from models.registry.permissions import request_seen_by
from models.registry.policy_snapshot import policy_of, policy_today
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.requests import Term

EXTEND_FIELDS = {"term": TermBlock.CHOICE, "reason": extend_form.REASON}
SHORTEN_FIELDS = {"term": TermBlock.CHOICE}


@on_click(CardAction.EXTEND)
async def open_extend_form(click: Click) -> None:
    """Open the form for an extension."""
    grant = await click.check(submit.may_extend, click.value, click.person)
    _, policy = await _grant_and_policy(click, grant.ref)
    await click.open(extend_form.build(grant, policy))


@on_click(extend_form.CHOOSE_TERM)
async def choose_extend_term(click: Click) -> None:
    """Redraw the form with the fields of the chosen kind of duration."""
    grant, policy = await _grant_and_policy(click, click.metadata.get("ref", ""))
    await click.redraw(extend_form.build(grant, policy, TermChoice.read(click.values)))


@on_submit(extend_form.FORM, fields=EXTEND_FIELDS)
async def extend(submission: Submission) -> None:
    """Request an extension, which is decided like a new request."""
    grant, policy = await _grant_and_policy(submission, submission.metadata.get("ref", ""))
    extension = extend_form.parse(submission.values, policy, submission.context.clock.now())
    if not isinstance(extension, ExtensionInput):
        await submission.answer(response_action="errors", errors=extension)
        return
    app = (await submission.read(policy_of, grant.policy)).app
    max_age = refresh.requester_max_age(app, (grant.access_key,), emergency=False)
    await submission.context.people.refresh_for_app(app, {submission.person}, max_age)
    await refresh.refuse_if_unresolved(submission.context.people, app, looked_up=True)
    limits = submission.context.limits
    await submission.run(
        submit.extend, grant.ref, submission.person, extension.term, extension.reason, limits
    )


@on_click(CardAction.USE_LESS)
async def open_shorten_form(click: Click) -> None:
    """Open the form that shortens a request or a grant."""
    await click.check(change_duration.may_shorten, click.value, click.person)
    target = await click.read(_shorten_target, click.value)
    await click.open(shorten_form.build(target, click.context.clock.now()))


@on_click(shorten_form.CHOOSE_TERM)
async def choose_shorten_term(click: Click) -> None:
    """Redraw the form with the fields of the chosen kind of duration."""
    target = await _visible_target(click)
    await click.redraw(shorten_form.build(target, click.context.clock.now(), TermChoice.read(click.values)))


@on_submit(shorten_form.FORM, fields=SHORTEN_FIELDS)
async def shorten(submission: Submission) -> None:
    """Shorten a request or a grant."""
    target = await _visible_target(submission)
    term = shorten_form.parse(submission.values, target, submission.context.clock.now())
    if not isinstance(term, Term):
        await submission.answer(response_action="errors", errors=term)
        return
    await submission.run(change_duration.shorten, target.ref, submission.person, term)


@on_click(CardAction.GIVE_BACK, CardAction.IM_DONE)
async def give_back(click: Click) -> None:
    """Give access back; the button itself has asked for confirmation."""
    await click.run(revoke_verbs.give_back, click.value, click.person)


@on_click(*USAGE_ACTIONS)
async def answer_usage(click: Click) -> None:
    """Keep the holder's answer whether they used an access that is over."""
    await click.run(return_slip.answer, click.value, click.person, USAGE_ACTIONS[CardAction(click.action_id)])


@on_click(CardAction.OPEN)
async def open_app(_click: Click) -> None:
    """Acknowledge a link: Slack has opened it by itself."""


@on_click(CardAction.REVOKE)
async def revoke(click: Click) -> None:
    """Revoke an access; the button itself has asked for confirmation."""
    await refresh.before_action(click.context.people, click.value, click.person)
    await click.run(revoke_verbs.revoke, click.value, click.person)


async def _grant_and_policy(delivery: Click | Submission, ref: str) -> tuple[Grant, AccessPolicy]:
    """Load a grant if this person may see it, with its policy of today."""

    def read(case: Case) -> tuple[Grant, AccessPolicy]:
        request_seen_by(case, ref, delivery.person)
        grant = find_grant(case, ref)
        return grant, policy_today(case, grant)

    return await delivery.read(read)


async def _visible_target(delivery: Click | Submission) -> ShortenTarget:
    """Load what the form shortens if this person may see it."""
    ref = delivery.metadata.get("ref", "")

    def read(case: Case) -> ShortenTarget:
        request_seen_by(case, ref, delivery.person)
        return _shorten_target(case, ref)

    return await delivery.read(read)


def _shorten_target(case: Case, ref: str) -> ShortenTarget:
    if ref.startswith("GR-"):
        grant = find_grant(case, ref)
        return shorten_form.from_grant(grant, policy_of(case, grant.policy).policy.durations)
    request = find_request(case, ref)
    return shorten_form.from_request(request, policy_of(case, request.policy).policy.durations)
