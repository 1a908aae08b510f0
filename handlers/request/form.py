"""Asking for access: the command, the shortcut and the button open the form; changing it; sending it."""

from dataclasses import replace
from datetime import timedelta

from blocks import request_form
from blocks.kit import View, carried
from blocks.kit.state import Errors
from blocks.request_form import (
    CALLBACK,
    FIELDS,
    SHORTCUT,
    RequestAction,
    RequestBlock,
    RequestInput,
    access_options,
    app_key_of,
    app_option,
    parse,
)
from handlers.deliveries import Click, Command, Incoming, Shortcut, Submission, Suggestion
from handlers.people import refresh
from handlers.people.lookup import NOW, STANDING
from handlers.request import emergency, form_view
from handlers.request.command import as_typed, filled_in
from handlers.request.command_parser import read
from handlers.request.form_view import FLAGGED, Form
from handlers.routes import on_click, on_command, on_menu, on_shortcut, on_submit
from models.catalogue.spec import AppSpec
from models.lifecycle.request.plan import Draft, may_ask_for_others
from models.lifecycle.request.submit import submit
from models.queries.already_held import Mark, marks
from models.registry.directory import Directory, only_members
from models.store.case import Case
from models.store.outcome import Outcome

COMMAND = "/request-access"
HELP = f"""*Ask for access*
`{COMMAND}` opens the form.
`{COMMAND} github engineering 8h because INC-42` opens it filled in: the application, what you need in it, \
for how long, and why. Leave away what you like; you see everything before it is sent.
Where an application allows it, `emergency` before the reason asks for access at once.
How long can be written as 30m, 8h, 2 days, 1 week or forever."""

LONG = "This is longer than usual. Look below, then send it again."
TOGETHER = "This conflicts with other access. Look below, then send it again."
EARLY = "Here is what belongs to it. Look through it, then send it."
"""Said where a form was sent before what belongs to its application was there."""


class Unseen(Exception):
    """What would be sent is flagged, and the form has not said so yet: what to say on top of it."""


@on_command(COMMAND)
async def command(incoming: Command) -> None:
    """Open the form, filled in with what was typed."""
    text = as_typed(incoming.text)
    if text.casefold() == "help":
        await incoming.answer(text=HELP)
        return
    typed = read(text, await incoming.desk.catalogue.shelf())
    await form_view.show(incoming, filled_in(typed, text), incoming.open)


@on_shortcut(SHORTCUT)
async def shortcut(incoming: Shortcut) -> None:
    """Open the form."""
    await open_form(incoming, RequestInput())


@on_click(RequestAction.OPEN)
async def button(incoming: Click) -> None:
    """Open the form, for the application that the button names, if it names one."""
    await open_form(incoming, RequestInput(app_key=incoming.value))


async def open_form(incoming: Incoming, filled: RequestInput) -> None:
    """Open the form filled in like this; what there is only one of is chosen."""
    app = await incoming.desk.catalogue.find(filled.app_key)
    form = Form(request_form.with_defaults(filled, app), app) if app else Form(RequestInput())
    await form_view.show(incoming, form, incoming.open)


@on_click(RequestAction.APP, RequestAction.ACCESS, RequestAction.TERM, RequestAction.EMERGENCY)
async def change(incoming: Click) -> None:
    """Draw the form anew after a choice, with what belongs to it and what it would come to."""
    filled = request_form.parse(incoming.values)
    app = await incoming.desk.catalogue.find(filled.app_key)
    if app is not None and request_form.access_block(app.key) not in incoming.values:
        form = await _begun(incoming, filled, app)
        await form_view.show(incoming, form, lambda view: form_view.redraw(incoming, view))
        return
    form = Form(filled, app)
    view = form.view(await form_view.outlook(incoming, form))
    if _drawn(view) != incoming.carries.get("drawn"):
        await form_view.redraw(incoming, view)


@on_click(RequestAction.BENEFICIARY)
async def choose_beneficiary(incoming: Click) -> None:
    """Somebody was chosen who would have it: look them up, and show what it would come to for them."""
    filled = request_form.parse(incoming.values)
    app = await incoming.desk.catalogue.find(filled.app_key)
    await form_view.refresh(incoming, app, filled)
    await change(incoming)


@on_submit(CALLBACK, fields=FIELDS)
async def send(incoming: Submission) -> None:
    """Send the form: one request for each access. What is flagged is shown before it counts."""
    filled = request_form.parse(incoming.values)
    app = await incoming.desk.catalogue.find(filled.app_key)
    looked_up = await form_view.refresh(incoming, app, filled, _age(app, filled))
    if app is not None and _not_grown(incoming, app):
        await _instead(incoming, await _begun(incoming, filled, app), EARLY)
        return
    draft = request_form.to_draft(filled, app, incoming.person, incoming.desk.clock.now())
    errors = (draft if isinstance(draft, dict) else {}) | request_form.reason_errors(filled, app)
    if not isinstance(draft, Draft) or errors:
        await incoming.answer(response_action="errors", errors=_at_inputs(errors, incoming))
        return
    if draft.emergency:
        await emergency.ask_again(incoming, filled, draft)
        return
    if app is not None:
        await form_view.refuse_unheard(incoming, app, looked_up=looked_up)
    try:
        await incoming.run(_send, draft, incoming)
    except Unseen as unseen:
        await _instead(incoming, Form(filled, app), str(unseen))


def _send(out: Outcome, draft: Draft, incoming: Submission) -> None:
    requests = submit(out, draft, incoming.desk.limits)
    if incoming.carries.get("flagged") == FLAGGED:
        return
    if any(request.over_max for request in requests):
        raise Unseen(LONG)
    if any(request.because["conflicts"] for request in requests):
        raise Unseen(TOGETHER)


def _age(app: AppSpec | None, filled: RequestInput) -> timedelta:
    """How old the word of the requester may be; where nobody else decides after them, the risk counts."""
    at_once = app and refresh.may_be_given_at_once(app, filled.access_keys, emergency=False)
    return NOW if at_once else STANDING


def _not_grown(incoming: Incoming, app: AppSpec) -> bool:
    """Whether the form does not show yet what belongs to the application that was chosen."""
    there = request_form.access_block(app.key) in incoming.values
    return not there and bool(request_form.open_accesses(app))


async def _instead(incoming: Submission, form: Form, note: str) -> None:
    """Answer with the form once more, with what there is to be read or filled in before it is sent."""
    form = replace(form, note=note)
    view = form.view(await form_view.outlook(incoming, form))
    await incoming.answer(response_action="update", view=dict(view))


async def _begun(incoming: Incoming, filled: RequestInput, app: AppSpec) -> Form:
    """The form for an application that was just chosen; what was typed behind the command is read for it."""
    text = incoming.carries.get("command")
    if not text:
        return Form(request_form.with_defaults(filled, app), app)
    typed = read(text, await incoming.desk.catalogue.shelf(), app)
    form = filled_in(typed, text)
    return replace(form, filled=replace(form.filled, reason=filled.reason or form.filled.reason))


def _drawn(view: View) -> str | None:
    return carried(view["private_metadata"]).get("drawn")


def _at_inputs(errors: Errors, incoming: Submission) -> Errors:
    """Slack takes errors only at inputs that the form has; sent too early, it has but the application."""
    shown = {block: sentence for block, sentence in errors.items() if block in incoming.values}
    return shown or {RequestBlock.APP: next(iter(errors.values()))}


@on_menu(RequestAction.APP)
async def suggest_apps(incoming: Suggestion) -> None:
    """The applications that may be asked for and fit, the best first."""
    await incoming.read(only_members, incoming.person)
    found = await incoming.desk.catalogue.search(incoming.typed)
    await incoming.answer(options=[app_option(app) for app in found])


@on_menu(RequestAction.ACCESS)
async def suggest_accesses(incoming: Suggestion) -> None:
    """What of the chosen application fits; what the one who would have it has or has asked for says so."""
    app = await incoming.desk.catalogue.find(app_key_of(incoming.block))
    if app is None:
        await incoming.answer(options=[])
        return

    def look(case: Case) -> tuple[dict[str, Mark], str, bool]:
        only_members(case, incoming.person)
        person, whom = Directory(case).person(incoming.person), parse(incoming.values).for_whom
        # What others have is nobody's business who cannot ask for them.
        whose = whom if whom and may_ask_for_others(case, app, incoming.person) else incoming.person
        own = whose == incoming.person
        return marks(case, whose, app.key), person.tz if person else "UTC", own

    marked, zone, own = await incoming.read(look)
    await incoming.answer(options=access_options(app, incoming.typed, marked, zone, own=own))
