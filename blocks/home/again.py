"""The request form as it was filled in before."""

from dataclasses import replace

from blocks import request_form
from blocks.request_form import Filled
from blocks.term_form import TermChoice
from models.catalogue.spec import AppSpec
from models.tables.requests import Request, Term


def filled_like(before: Request, app: AppSpec | None, viewer: str) -> Filled:
    """How this request was filled in, as far as the application still offers it (none: it is gone).

    Where it was for somebody else than the viewer (an id), it is for them again.

    Dates are left to be chosen anew, since those of then have passed.
    """
    if app is None:
        return Filled()
    keys = tuple(one.key for one in request_form.open_accesses(app) if one.key == before.access_key)
    whom = before.beneficiary_id if before.beneficiary_id != viewer else ""
    filled = Filled(app.key, keys, reason=before.reason, for_whom=whom)
    term = Term.from_json(before.asked_term)
    if term.start is not None or term.end is not None:
        return filled
    offer = request_form.offer(filled, app)
    if term.indefinite and not offer.indefinite:
        return filled
    return replace(filled, term=TermChoice.of(term, offer))
