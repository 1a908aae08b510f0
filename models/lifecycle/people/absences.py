"""What the timelines of pending requests say of somebody's absence."""

from models.lifecycle import audit_entries
from models.lifecycle.people import open_requests
from models.lifecycle.request import stages
from models.store.outcome import Outcome
from models.tables.delegations import Delegation
from models.tables.requests import Request


def begun(out: Outcome, row: Delegation, by: str) -> None:
    """Record that somebody is away from now on; before the open stages look again whom they ask."""
    for request, asked in open_requests.hold_asking(out.case, row.person_id):
        approvers = stages.current(out.case, request).now.approvers
        seats = {(candidate.person_id, candidate.seat) for candidate in approvers}
        stands_in = (row.delegate_id, row.person_id) in seats
        # Who stood in for somebody else has no other behind them; who has decided needs nobody.
        if asked.seat_id:
            _record(out, request, by, "stage.away", row, until=row.last_day.isoformat(), delegate="")
        elif stands_in or (row.person_id, "") in seats:
            about = {"delegate": row.delegate_id, "asked": stands_in}
            _record(out, request, by, "stage.away", row, until=row.last_day.isoformat(), **about)


def over(out: Outcome, row: Delegation, by: str) -> None:
    """Record that the absence is over, or taken back; before the open stages look again whom they ask."""
    for request, asked in open_requests.hold_asking(out.case, row.delegate_id):
        if asked.seat_id == row.person_id:
            _record(out, request, by, "stage.back", row, delegate=row.delegate_id)


def _record(out: Outcome, request: Request, by: str, action: str, row: Delegation, **data: object) -> None:
    audit_entries.of_request(out, request, by, action, position=request.position, away=row.person_id, **data)
