"""An emergency begins: access was approved at once, so everybody who should know hears of it."""

from models.lifecycle import audit_entries, redraw
from models.lifecycle.request import reviewing
from models.lifecycle.request.plan import question_of
from models.policy import aftermath
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.tx import Tx
from models.tables.cards import CardKind
from models.tables.requests import Request
from models.tables.reviews import Review, ReviewState, unreviewed


def begin(tx: Tx, request: Request) -> None:
    """Tell everybody, and open the review.

    Several emergencies in a row are allowed, since in a true one a refusal does more harm; each is told of
    and reviewed on its own, and says how many of the same person for the same access are still unreviewed.
    """
    snapshot = Snapshot.from_json(request.policy)
    after = aftermath(question_of(request, snapshot, tx.now), Directory(tx.session))
    spec = snapshot.policy.emergency
    review = Review(
        request_id=request.id,
        person_id=request.beneficiary_id,
        app_key=request.app_key,
        access_key=request.access_key,
        state=ReviewState.OPEN,
        asked=[],
        earlier=unreviewed(tx.session, request.beneficiary_id, request.app_key, request.access_key),
        remind_at=tx.now + spec.review_within if spec else tx.now,
        created_at=tx.now,
    )
    tx.session.add(review)
    tx.session.flush()
    _record(tx, request, review, after.told)
    for person_id in after.told:
        redraw.show(tx, CardKind.ALERT, request.ref, request.ref, person_id)
    reviewing.ask(tx, review, request)


def _record(tx: Tx, request: Request, review: Review, told: tuple[str, ...]) -> None:
    audit_entries.of_request(
        tx,
        request,
        request.requester_id,
        "emergency.used",
        access=request.access_key,
        term=request.term,
        reason=request.reason,
        review=review.ref,
        earlier=review.earlier,
        told=list(told),
    )
