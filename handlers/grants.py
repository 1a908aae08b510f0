"""What people do with an access: more time, giving it back, and trying again what failed."""

from blocks.cards import CardAction
from blocks.forms import extend as extend_form
from blocks.forms import shorten as shorten_form
from blocks.forms.extend import ExtensionInput
from blocks.forms.shorten import ShortenTarget
from blocks.forms.term import TermBlock, TermChoice
from handlers.deliveries import Click, Submission
from handlers.people import refresh
from handlers.people.lookup import NOW, STANDING
from handlers.request.form_view import refuse_unheard
from handlers.routes import on_click, on_submit
from models.catalogue.spec import AccessPolicy
from models.lifecycle.grant import revoke as revoke_verbs
from models.lifecycle.request import change_duration, submit
from models.registry.by_reference import grant_behind, request_behind
from models.registry.permissions import request_seen_by
from models.registry.policy_snapshot import policy_of, policy_today
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.requests import Term

EXTEND_FIELDS = {"term": TermBlock.CHOICE, "reason": extend_form.REASON}


@on_click(CardAction.EXTEND)
async def ask_for_more(click: Click) -> None:
    """Extend was pressed."""
    grant = await click.check(submit.may_extend, click.value, click.person)
    _, policy = await _today(click, grant.ref)
    await click.open(extend_form.build(grant, policy))


@on_click(extend_form.CHOOSE_TERM)
async def choose_extension_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    grant, policy = await _today(click, click.carries.get("ref", ""))
    await click.redraw(extend_form.build(grant, policy, TermChoice.read(click.values)))


@on_submit(extend_form.FORM, fields=EXTEND_FIELDS)
async def extend(sent: Submission) -> None:
    """Ask for more time; it is decided like a new request."""
    grant, policy = await _today(sent, sent.carries.get("ref", ""))
    wish = extend_form.parse(sent.values, policy, sent.desk.clock.now())
    if not isinstance(wish, ExtensionInput):
        await sent.answer(response_action="errors", errors=wish)
        return
    app = (await sent.read(policy_of, grant.policy)).app
    at_once = refresh.may_be_given_at_once(app, (grant.access_key,), emergency=False)
    await sent.desk.whois.for_app(app, {sent.person}, NOW if at_once else STANDING)
    await refuse_unheard(sent, app, looked_up=True)
    await sent.run(submit.extend, grant.ref, sent.person, wish.term, wish.reason, sent.desk.limits)


@on_click(CardAction.GIVE_BACK, CardAction.IM_DONE)
async def give_back(click: Click) -> None:
    """Give back, or I'm done, was pressed; Slack has asked "are you sure" already."""
    await click.run(revoke_verbs.give_back, click.value, click.person)


@on_click(CardAction.REVOKE)
async def revoke(click: Click) -> None:
    """Revoke was pressed; Slack has asked "are you sure" already."""
    await refresh.for_action(click.desk.whois, click.value, click.person)
    await click.run(revoke_verbs.revoke, click.value, click.person)


async def _today(incoming: Click | Submission, ref: str) -> tuple[Grant, AccessPolicy]:
    def read(case: Case) -> tuple[Grant, AccessPolicy]:
        request_seen_by(case, ref, incoming.person)
        grant = grant_behind(case, ref)
        return grant, policy_today(case, grant)

    return await incoming.read(read)


SHORTEN_FIELDS = {"term": TermBlock.CHOICE}


@on_click(CardAction.USE_LESS)
async def ask_how_much(click: Click) -> None:
    """Use less was pressed."""
    await click.check(change_duration.may_use_less, click.value, click.person)
    present = await click.read(_present, click.value)
    await click.open(shorten_form.build(present, click.desk.clock.now()))


@on_click(shorten_form.CHOOSE_TERM)
async def choose_shorter_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    present = await _looked_at(click)
    await click.redraw(shorten_form.build(present, click.desk.clock.now(), TermChoice.read(click.values)))


@on_submit(shorten_form.FORM, fields=SHORTEN_FIELDS)
async def use_less(sent: Submission) -> None:
    """Shorten it."""
    present = await _looked_at(sent)
    term = shorten_form.parse(sent.values, present, sent.desk.clock.now())
    if not isinstance(term, Term):
        await sent.answer(response_action="errors", errors=term)
        return
    await sent.run(change_duration.use_less, present.ref, sent.person, term)


async def _looked_at(incoming: Click | Submission) -> ShortenTarget:
    ref = incoming.carries.get("ref", "")

    def read(case: Case) -> ShortenTarget:
        request_seen_by(case, ref, incoming.person)
        return _present(case, ref)

    return await incoming.read(read)


def _present(case: Case, ref: str) -> ShortenTarget:
    if ref.startswith("GR-"):
        grant = grant_behind(case, ref)
        return shorten_form.from_grant(grant, policy_of(case, grant.policy).policy.durations)
    request = request_behind(case, ref)
    return shorten_form.from_request(request, policy_of(case, request.policy).policy.durations)
