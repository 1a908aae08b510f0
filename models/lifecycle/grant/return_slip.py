"""The return slip: at the end of an access its holder says in one click whether they used it."""

from models.errors import Closed, NotAllowed
from models.lifecycle import redraw, transitions
from models.registry.by_reference import lock_grant
from models.store.outcome import Outcome
from models.tables.cards import CARDS
from models.tables.grants import CHANGE_USAGE, Grant, takes_usage
from models.tables.states import OVER_GRANTS, Usage


def answer(out: Outcome, ref: str, by: str, usage: Usage) -> Grant:
    """Keep what the holder says of an access that is over; the same answer twice changes nothing.

    Raises:
        NotAllowed: `by` did not hold it.
        Closed: It is not over, its holder is not asked, or the answer is older than a day.
    """
    grant = lock_grant(out.case, ref)
    if by != grant.person_id:
        raise NotAllowed("Only the person who had this access can say whether they used it.")
    if grant.usage is usage:
        return grant
    if not takes_usage(grant, out.now):
        raise Closed(_refusal(grant))
    before = grant.usage
    grant = out.change(grant, usage=usage, usage_at=grant.usage_at or out.now)
    transitions.record_grant(out, grant, by, "grant.usage", before=before, after=usage)
    redraw.redraw_cards(out, grant.ref)
    if before is None:
        _redraw_when_final(out, grant)
    return grant


def _refusal(grant: Grant) -> str:
    if grant.state not in OVER_GRANTS:
        return f"{grant.access_name} hasn't ended yet. You can answer once it has."
    if grant.usage is None:
        return f"{grant.access_name} was ended for another reason, so there is nothing to answer."
    return "You answered more than a day ago, so your answer stays as it is."


def _redraw_when_final(out: Outcome, grant: Grant) -> None:
    """Redraw the holder's cards once the answer stands, so that none offers to change it any more."""
    for card in out.case.all(CARDS, grant.ref):
        if card.person_id == grant.person_id and not card.gone:
            at = out.now + CHANGE_USAGE
            out.enqueue("card", f"answer:{card.id}", lane=f"card:{card.id}", run_at=at, card=card.id)
