"""An app or an access has gone from the catalogue: nobody has to decide any more who gets it."""

from sqlalchemy import select, text

from models.catalogue.words import RequestKind
from models.lifecycle.request import stages
from models.registry import apps
from models.store.tx import Tx
from models.tables.requests import Request
from models.tables.states import RequestEvent


def cancel(tx: Tx, by: str) -> None:
    """Cancel the pending requests for what the catalogue does not have any more.

    Whoever holds it keeps it, and may still ask for more time. What is only switched off is decided as usual.
    """
    pending = select(Request).where(text("requests.state = 'pending'"), Request.kind != RequestKind.EXTEND)
    offered: dict[str, set[str]] = {}
    for request in tx.session.scalars(pending.order_by(Request.id).with_for_update()).all():
        if request.app_key not in offered:
            app = apps.find(tx.session, request.app_key)
            offered[request.app_key] = {access.key for access in app.access} if app else set()
        if request.access_key not in offered[request.app_key]:
            note = f"{request.access_name} of {request.app_name} is not in the catalogue any more."
            stages.close(tx, request, RequestEvent.CANCEL, by, note)
