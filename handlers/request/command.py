"""The form, filled in with what was typed behind the command."""

from dataclasses import replace

from blocks import request_form
from blocks.forms.term import TermChoice, TermOffer
from blocks.kit.text import unescape
from blocks.request_form import RequestInput
from handlers.request.command_parser import Typed
from handlers.request.form_view import Form
from models.catalogue.spec import AppSpec
from models.tables.requests import Term
from models.text_cleanup import tidy


def as_typed(text: str) -> str:
    """The command's text as a person typed it; Slack hands on `&`, `<` and `>` as entities."""
    return tidy(unescape(text))


def filled_in(typed: Typed, text: str) -> Form:
    """The form with all that was understood of `text`, and a note of what was not."""
    if typed.app is None:
        return Form(RequestInput(reason=typed.reason), note=_which(typed, text), command=text)
    filled = RequestInput(typed.app.key, typed.access_keys, reason=typed.reason, emergency=typed.emergency)
    offer = request_form.term_offer(filled, typed.app)
    term = typed.term if _offered(typed.term, offer) else None
    filled = replace(filled, term=TermChoice.of(term, offer))
    return Form(request_form.with_defaults(filled, typed.app), typed.app, note=_note(typed, typed.app, offer))


def _offered(term: Term | None, offer: TermOffer) -> bool:
    return term is None or not term.indefinite or offer.indefinite


def _which(typed: Typed, text: str) -> str:
    if not text:
        return ""
    rest = "Choose one from the list, and what else you typed is filled in."
    return f"No application fits “{typed.unread}”. {rest}" if typed.unread else rest


def _note(typed: Typed, app: AppSpec, offer: TermOffer) -> str:
    notes = []
    if typed.unread:
        notes.append(f"Not understood: “{typed.unread}”. Look whether something is missing.")
    if not _offered(typed.term, offer):
        notes.append(f"{app.name} is given for a limited time. Choose how long.")
    return " ".join(notes)
