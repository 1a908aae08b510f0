"""The request form: open it, redraw it after a choice, offer its options, and send the requests."""

from dataclasses import replace
from datetime import datetime

from blocks import request_form
from blocks.kit import View, carried
from blocks.kit.inputs import Errors
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
from handlers.deliveries import Click, Shortcut, SlackDelivery, Submission, Suggestion
from handlers.people import refresh
from handlers.request import emergency, form_view
from handlers.request.command import form_for_app
from handlers.request.form_view import FLAGGED, RequestForm
from handlers.routes import on_click, on_menu, on_shortcut, on_submit
from models.catalogue.spec import AppSpec
from models.lifecycle.request.plan import Draft, can_request_for_others
from models.lifecycle.request.submit import submit
from models.queries.already_held import AccessMark, marks
from models.registry.directory import Directory, only_members
from models.store.case import Case
from models.store.outcome import Outcome

LONG_NOTE = "This is longer than usual. Check the warning below, then send it again."
CONFLICT_NOTE = "This conflicts with other access. Check the warning below, then send it again."
INCOMPLETE_NOTE = "The details are now below. Check them, then send it."
"""For a form that was sent before the fields of its app were there."""


class UnseenWarning(Exception):
    """The form has not shown a warning about what it would send. Its text is the note for the form."""


@on_shortcut(SHORTCUT)
async def open_from_shortcut(shortcut: Shortcut) -> None:
    """Open the empty form."""
    await open_form(shortcut, RequestInput())


@on_click(RequestAction.OPEN)
async def open_from_button(click: Click) -> None:
    """Open the form, for the app that the button names, if it names one."""
    await open_form(click, RequestInput(app_key=click.value))


async def open_form(delivery: SlackDelivery, request_input: RequestInput) -> None:
    """Open the form with these entries; where there is only one choice, it is selected."""
    app = await delivery.context.catalogue.find(request_input.app_key)
    form = RequestForm(RequestInput())
    if app:
        form = RequestForm(request_form.with_defaults(request_input, app), app)
    await form_view.show_form(delivery, form, delivery.open)


@on_click(RequestAction.APP, RequestAction.ACCESS, RequestAction.TERM, RequestAction.EMERGENCY)
async def redraw(click: Click) -> None:
    """Redraw the form after a choice, with the fields that belong to it and the preview."""
    request_input = request_form.parse(click.values)
    app = await click.context.catalogue.find(request_input.app_key)
    if app is not None and request_form.access_block(app.key) not in click.values:
        form = await form_for_app(click, request_input, app)
        await form_view.show_form(click, form, lambda view: form_view.redraw(click, view))
        return
    form = RequestForm(request_input, app)
    view = form.view(await form_view.load_preview(click, form))
    if _drawn_digest(view) != click.metadata.get("drawn"):
        await form_view.redraw(click, view)


@on_click(RequestAction.BENEFICIARY)
async def choose_beneficiary(click: Click) -> None:
    """Look the chosen beneficiary up, and redraw the form for them."""
    request_input = request_form.parse(click.values)
    app = await click.context.catalogue.find(request_input.app_key)
    await refresh.before_request(click.context.people, app, request_input.people(click.person))
    await redraw(click)


@on_submit(CALLBACK, fields=FIELDS)
async def send(submission: Submission) -> None:
    """Send one request for each access; a warning that the form has not shown is shown first."""
    request_input = request_form.parse(submission.values)
    app = await submission.context.catalogue.find(request_input.app_key)
    lookup, people = submission.context.people, request_input.people(submission.person)
    max_age = refresh.requester_max_age(app, request_input.access_keys, emergency=False)
    looked_up = await refresh.before_request(lookup, app, people, max_age)
    if app is not None and _lacks_app_fields(submission, app):
        await _answer_with_form(
            submission, await form_for_app(submission, request_input, app), INCOMPLETE_NOTE
        )
        return
    draft = request_form.to_draft(request_input, app, submission.person, submission.context.clock.now())
    errors = (draft if isinstance(draft, dict) else {}) | request_form.reason_errors(request_input, app)
    if not isinstance(draft, Draft) or errors:
        await submission.answer(response_action="errors", errors=_at_inputs(errors, submission))
        return
    if draft.emergency:
        await emergency.ask_to_confirm(submission, request_input, draft)
        return
    if app is not None:
        await refresh.refuse_if_unresolved(lookup, app, looked_up=looked_up)
    try:
        await submission.run(_send, draft, submission)
    except UnseenWarning as warning:
        await _answer_with_form(submission, RequestForm(request_input, app), str(warning))


def _send(out: Outcome, draft: Draft, submission: Submission) -> None:
    """Send the requests.

    Raises:
        UnseenWarning: They have a warning that the form has not shown; nothing is sent.
    """
    requests = submit(out, draft, submission.context.limits)
    if submission.metadata.get("flagged") == FLAGGED:
        return
    if any(request.over_max for request in requests):
        raise UnseenWarning(LONG_NOTE)
    if any(request.because["conflicts"] for request in requests):
        raise UnseenWarning(CONFLICT_NOTE)


def _lacks_app_fields(delivery: SlackDelivery, app: AppSpec) -> bool:
    """Whether the form does not show the fields of the chosen app yet."""
    return request_form.access_block(app.key) not in delivery.values and bool(request_form.open_accesses(app))


async def _answer_with_form(submission: Submission, form: RequestForm, note: str) -> None:
    """Answer with the form once more, with a note about what to read or enter before it is sent again."""
    form = replace(form, note=note)
    view = form.view(await form_view.load_preview(submission, form))
    await submission.answer(response_action="update", view=dict(view))


def _drawn_digest(view: View) -> str | None:
    return carried(view["private_metadata"]).get("drawn")


def _at_inputs(errors: Errors, submission: Submission) -> Errors:
    """Keep the errors at inputs that the form has, as Slack takes no others, or one at the app."""
    errors_in_form = {block: sentence for block, sentence in errors.items() if block in submission.values}
    return errors_in_form or {RequestBlock.APP: next(iter(errors.values()))}


@on_menu(RequestAction.APP)
async def suggest_apps(menu: Suggestion) -> None:
    """Offer the enabled apps that match, the best first."""
    await menu.read(only_members, menu.person)
    apps = await menu.context.catalogue.search(menu.query)
    await menu.answer(options=[app_option(app) for app in apps])


@on_menu(RequestAction.ACCESS)
async def suggest_accesses(menu: Suggestion) -> None:
    """Offer the accesses of the chosen app that match, marked where the beneficiary has or requests them."""
    app = await menu.context.catalogue.find(app_key_of(menu.block))
    if app is None:
        await menu.answer(options=[])
        return

    def read(case: Case) -> tuple[dict[str, AccessMark], datetime, str, bool]:
        only_members(case, menu.person)
        person, beneficiary = Directory(case).person(menu.person), parse(menu.values).for_whom
        # Only who may request for others may see what they have.
        if not beneficiary or not can_request_for_others(case, app, menu.person):
            beneficiary = menu.person
        zone = person.tz if person else "UTC"
        return marks(case, beneficiary, app.key), case.now, zone, beneficiary == menu.person

    held, now, zone, own = await menu.read(read)
    await menu.answer(options=access_options(app, menu.query, held, now, zone, own=own))
