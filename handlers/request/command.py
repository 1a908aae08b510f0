"""Open the request form from the command, filled in with the text behind it."""

from dataclasses import replace

from blocks import request_form
from blocks.forms.term import TermChoice, TermOffer
from blocks.kit.text import unescape
from blocks.request_form import RequestInput
from handlers.deliveries import Command, SlackDelivery
from handlers.request import form_view
from handlers.request.command_parser import ParsedCommand, parse_command
from handlers.request.form_view import RequestForm
from handlers.routes import on_command
from models.catalogue.spec import AppSpec
from models.tables.requests import Term
from models.text import tidy

COMMAND = "/request-access"
HELP = f"""*Ask for access*
`{COMMAND}` opens the form.
`{COMMAND} github engineering 8h because INC-42` opens it filled in: the application, what you need in it, \
for how long, and why. Leave away what you like; you see everything before it is sent.
Where an application allows it, `emergency` before the reason asks for access at once.
How long can be written as 30m, 8h, 2 days, 1 week or forever."""


@on_command(COMMAND)
async def open_from_command(command: Command) -> None:
    """Open the form with what the text says, or answer `help`."""
    text = decode_text(command.text)
    if text.casefold() == "help":
        await command.answer(text=HELP)
        return
    parsed = parse_command(text, await command.context.catalogue.snapshot())
    await form_view.show_form(command, prefill(parsed, text), command.open)


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
    request_input = RequestInput(
        parsed.app.key, parsed.access_keys, reason=parsed.reason, emergency=parsed.emergency
    )
    offer = request_form.term_offer(request_input, parsed.app)
    term = parsed.term if _is_offered(parsed.term, offer) else None
    request_input = replace(request_input, term=TermChoice.of(term, offer))
    note = _note(parsed, parsed.app, offer)
    return RequestForm(request_form.with_defaults(request_input, parsed.app), parsed.app, note=note)


def _is_offered(term: Term | None, offer: TermOffer) -> bool:
    return term is None or not term.indefinite or offer.indefinite


def _app_note(parsed: ParsedCommand, text: str) -> str:
    if not text:
        return ""
    advice = "Choose one from the list, and what else you typed is filled in."
    return f"No application fits “{parsed.unread}”. {advice}" if parsed.unread else advice


def _note(parsed: ParsedCommand, app: AppSpec, offer: TermOffer) -> str:
    notes = []
    if parsed.unread:
        notes.append(f"Not understood: “{parsed.unread}”. Look whether something is missing.")
    if not _is_offered(parsed.term, offer):
        notes.append(f"{app.name} is given for a limited time. Choose how long.")
    return " ".join(notes)
