"""What people do with an access: more time, giving it back, and trying again what failed."""

from blocks.cards import CardAction
from blocks.forms import extend as extend_form
from blocks.forms.extend import ExtensionInput
from blocks.forms.term import TermBlock, TermChoice
from handlers import fresh
from handlers.incoming import Click, Submission
from handlers.request_screen import refuse_unheard
from handlers.routes import on_click, on_submit
from handlers.whois import NOW, STANDING
from models.catalogue.spec import AccessPolicy
from models.lifecycle.grant import revoke
from models.lifecycle.request import submit
from models.registry.by_reference import grant_behind
from models.registry.permissions import request_seen_by
from models.registry.policy_snapshot import policy_of, policy_today
from models.store.case import Case
from models.tables.grants import Grant

FIELDS = {"term": TermBlock.CHOICE, "reason": extend_form.REASON}


@on_click(CardAction.EXTEND)
async def ask_for_more(click: Click) -> None:
    """Extend was pressed."""
    grant = await click.check(submit.may_extend, click.value, click.person)
    _, policy = await _today(click, grant.ref)
    await click.open(extend_form.build(grant, policy))


@on_click(extend_form.CHOOSE_TERM)
async def choose_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    grant, policy = await _today(click, click.carries.get("ref", ""))
    await click.redraw(extend_form.build(grant, policy, TermChoice.read(click.values)))


@on_submit(extend_form.FORM, fields=FIELDS)
async def extend(sent: Submission) -> None:
    """Ask for more time; it is decided like a new request."""
    grant, policy = await _today(sent, sent.carries.get("ref", ""))
    wish = extend_form.parse(sent.values, policy, sent.desk.clock.now())
    if not isinstance(wish, ExtensionInput):
        await sent.answer(response_action="errors", errors=wish)
        return
    app = (await sent.read(policy_of, grant.policy)).app
    at_once = fresh.may_be_given_at_once(app, (grant.access_key,), emergency=False)
    await sent.desk.whois.for_app(app, {sent.person}, NOW if at_once else STANDING)
    await refuse_unheard(sent, app, looked_up=True)
    await sent.run(submit.extend, grant.ref, sent.person, wish.term, wish.reason, sent.desk.limits)


@on_click(CardAction.GIVE_BACK, CardAction.IM_DONE)
async def give_back(click: Click) -> None:
    """Give back, or I'm done, was pressed; Slack has asked "are you sure" already."""
    await click.run(revoke.give_back, click.value, click.person)


@on_click(CardAction.RETRY)
async def retry(click: Click) -> None:
    """Retry was pressed on what failed."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(revoke.retry_failed, click.value, click.person)


@on_click(CardAction.CANCEL)
async def cancel(click: Click) -> None:
    """Cancel was pressed on what could not be given."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(revoke.cancel_failed, click.value, click.person)


async def _today(incoming: Click | Submission, ref: str) -> tuple[Grant, AccessPolicy]:
    def read(case: Case) -> tuple[Grant, AccessPolicy]:
        request_seen_by(case, ref, incoming.person)
        grant = grant_behind(case, ref)
        return grant, policy_today(case, grant)

    return await incoming.read(read)
