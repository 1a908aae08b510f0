"""What people do with an access: more time, giving it back, and trying again what failed."""

from blocks.cards import CardAction
from blocks.forms import extend as extend_form
from blocks.forms.extend import ExtensionInput
from blocks.forms.term import TermBlock, TermChoice
from handlers import fresh
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Submission
from handlers.request_screen import refuse_unheard
from handlers.routes import Routes
from handlers.whois import NOW, STANDING
from models.catalogue.spec import AccessPolicy
from models.lifecycle.grant import revoke
from models.lifecycle.request import submit
from models.registry.by_reference import find_grant
from models.registry.permissions import request_seen_by
from models.registry.policy_snapshot import policy_of, policy_today
from models.store.case import Case
from models.tables.grants import Grant

FIELDS = {"term": TermBlock.CHOICE, "reason": extend_form.REASON}


def register(routes: Routes, desk: Desk) -> None:
    """Listen to the buttons of active and of failed grants."""
    routes.action(CardAction.EXTEND)(listener(desk, Click, ask_for_more))
    routes.action(extend_form.CHOOSE_TERM)(listener(desk, Click, choose_term))
    routes.view(extend_form.FORM)(listener(desk, Submission, extend, FIELDS))
    routes.action(CardAction.GIVE_BACK)(listener(desk, Click, give_back))
    routes.action(CardAction.IM_DONE)(listener(desk, Click, give_back))
    routes.action(CardAction.RETRY)(listener(desk, Click, retry))
    routes.action(CardAction.CANCEL)(listener(desk, Click, cancel))


async def ask_for_more(click: Click) -> None:
    """Extend was pressed."""
    grant = await click.check(submit.may_extend, click.value, click.person)
    _, policy = await _today(click, grant.ref)
    await click.open(extend_form.build(grant, policy))


async def choose_term(click: Click) -> None:
    """Another way to say how long was chosen: show the fields that belong to it."""
    grant, policy = await _today(click, click.carries.get("ref", ""))
    await click.redraw(extend_form.build(grant, policy, TermChoice.read(click.values)))


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


async def give_back(click: Click) -> None:
    """Give back, or I'm done, was pressed; Slack has asked "are you sure" already."""
    await click.run(revoke.give_back, click.value, click.person)


async def retry(click: Click) -> None:
    """Retry was pressed on what failed."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(revoke.retry_failed, click.value, click.person)


async def cancel(click: Click) -> None:
    """Cancel was pressed on what could not be given."""
    await fresh.for_action(click.desk, click.value, click.person)
    await click.run(revoke.cancel_failed, click.value, click.person)


async def _today(incoming: Click | Submission, ref: str) -> tuple[Grant, AccessPolicy]:
    def read(case: Case) -> tuple[Grant, AccessPolicy]:
        request_seen_by(case, ref, incoming.person)
        grant = find_grant(case, ref)
        return grant, policy_today(case, grant)

    return await incoming.read(read)
