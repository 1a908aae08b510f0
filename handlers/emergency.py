"""Access at once: the second question after the form, and using it."""

from blocks import request_form
from blocks.request_form import RequestBlock, RequestInput
from blocks.request_form import emergency as emergency_form
from handlers import fresh, request_screen
from handlers.incoming import Submission
from handlers.routes import on_submit
from handlers.whois import NOW, STANDING
from models.lifecycle.request.plan import Draft, plan
from models.lifecycle.request.submit import submit


async def ask_again(sent: Submission, filled: RequestInput, draft: Draft) -> None:
    """The form was sent with the box ticked: say what will happen, and ask whether that is meant."""
    planned = await sent.read(plan, draft)
    await sent.answer(response_action="push", view=dict(emergency_form.build(filled, planned)))


@on_submit(emergency_form.FORM, fields=emergency_form.FIELDS)
async def use(sent: Submission) -> None:
    """It is meant: everything is looked at again, and access begins."""
    filled = emergency_form.parse(sent.carries, sent.values)
    app = await sent.desk.catalogue.find(filled.app_key)
    risky = app and fresh.may_be_given_at_once(app, filled.access_keys, emergency=True)
    await request_screen.refresh(sent, app, filled, NOW if risky else STANDING)
    draft = request_form.to_draft(filled, app, sent.person, sent.desk.clock.now())
    errors = (draft if isinstance(draft, dict) else {}) | request_form.reason_errors(filled, app)
    if not isinstance(draft, Draft) or errors:
        first = next(iter(errors.values()))
        await sent.answer(response_action="errors", errors={RequestBlock.REASON: first})
        return
    await sent.run(submit, draft, sent.desk.limits)
    await sent.answer(response_action="clear")
