"""Open the request form from the command, filled in with the text behind it."""

from dataclasses import replace

from blocks import request_form
from blocks.command_help import REQUEST_COMMAND, is_help, request_help
from blocks.forms.term import TermChoice, TermOffer
from blocks.kit.text import unescape
from blocks.request_form import RequestInput
from handlers.deliveries import Command, SlackDelivery
from handlers.request import form_view
from handlers.request.command_matching import closest_access
from handlers.request.command_parser import ParsedCommand, parse_command
from handlers.request.form_view import RequestForm
from handlers.routes import on_command
from models.catalogue.spec import AppSpec
from models.queries.request_examples import request_examples
from models.registry.directory import only_members
from models.tables.requests import Term
from models.text import tidy


@on_command(REQUEST_COMMAND)
async def open_from_command(command: Command) -> None:
    """Open the form with what the text says, or answer `help`."""
    text = decode_text(command.text)
    if is_help(text):
        await _answer_help(command)
        return
    parsed = parse_command(text, await command.context.catalogue.snapshot())
    await form_view.show_form(command, prefill(parsed, text), command.open)


async def _answer_help(command: Command) -> None:
    """Answer with examples of what this person can request."""
    await command.context.people.refresh([command.person])
    await command.read(only_members, command.person)
    apps = (await command.context.catalogue.snapshot()).enabled()
    examples = await command.read(request_examples, command.person, apps)
    await command.answer(text=request_help(examples))


async def form_for_app(delivery: SlackDelivery, request_input: RequestInput, app: AppSpec) -> RequestForm:
    """Build the form for an app that was just chosen, with what the command's text says of it."""
    text = delivery.metadata.get("command")
    if not text:
        return RequestForm(request_form.with_defaults(request_input, app), app)
    parsed = parse_command(text, await delivery.context.catalogue.snapshot(), app)
    form = prefill(parsed, text)
    reason = request_input.reason or form.request_input.reason
    return replace(form, request_input=replace(form.request_input, reason=reason))


def decode_text(text: str) -> str:
    """Return the command's text as it was typed; Slack sends `&`, `<` and `>` as entities."""
    return tidy(unescape(text))


def prefill(parsed: ParsedCommand, text: str) -> RequestForm:
    """Build the form with all that was parsed of `text`, and a note of what was not."""
    if parsed.app is None:
        return RequestForm(RequestInput(reason=parsed.reason), note=_app_note(parsed, text), command=text)
    app, access_keys, advice = parsed.app, parsed.access_keys, ""
    if parsed.unread and not access_keys and (access := closest_access(parsed.unread, app)):
        access_keys, advice = (access.key,), f" Did you mean {access.name}?"
    request_input = RequestInput(app.key, access_keys, reason=parsed.reason, emergency=parsed.emergency)
    offer = request_form.term_offer(request_input, app)
    term = parsed.term if _is_offered(parsed.term, offer) else None
    request_input = replace(request_input, term=TermChoice.of(term, offer))
    return RequestForm(
        request_form.with_defaults(request_input, app),
        app,
        note=_note(parsed, app, offer, advice),
        command=text if parsed.misspelled else "",
    )


def _is_offered(term: Term | None, offer: TermOffer) -> bool:
    return term is None or not term.indefinite or offer.indefinite


def _app_note(parsed: ParsedCommand, text: str) -> str:
    if not text:
        return ""
    advice = "Choose one from the list; the rest is filled in."
    help_line = f"`{REQUEST_COMMAND} help` shows examples."
    return f"No app called “{parsed.unread}”. {advice} {help_line}" if parsed.unread else advice


def _note(parsed: ParsedCommand, app: AppSpec, offer: TermOffer, advice: str) -> str:
    notes = []
    if parsed.misspelled:
        notes.append(f"No app called “{parsed.misspelled}”. Did you mean {app.name}?")
    if parsed.unread:
        notes.append(f"Couldn't match “{parsed.unread}”.{advice}")
    if not _is_offered(parsed.term, offer):
        notes.append(f"{app.name} needs an end date. Choose how long.")
    return " ".join(notes)
