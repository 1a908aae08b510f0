"""The tab "My access": the viewer's accesses, the time left, and the buttons."""

from datetime import datetime

from blocks import kit
from blocks.cards import buttons, phrases, progress
from blocks.cards.access import can_extend
from blocks.cards.buttons import CardAction
from blocks.home import rows
from blocks.home.tabs import HomeAction, page_buttons
from blocks.kit import Block, Element
from blocks.kit.text import cut, mention, mentions
from models.queries.my_access import HeldGrant, MyAccess
from models.tables.grants import Direction, Grant
from models.tables.requests import Request
from models.tables.states import OVER_GRANTS, GrantState

NOTHING = "No access yet. Press *Request access* to get some."
_INSTRUCTIONS = 200
"""Characters of the instructions; Details shows the whole."""


def my_access(tab: MyAccess, viewer: str, now: datetime) -> list[Block]:
    """The tab's blocks, two an access."""
    blocks = [block for held in tab.live for block in _grant_rows(held, viewer, tab.admins, now)]
    recent = [_recent_row(request, grant, now) for request, grant in tab.recent]
    return [
        *(blocks or [kit.section(NOTHING)]),
        *page_buttons(tab.pages),
        *([kit.divider(), kit.section("*Recent*"), *recent] if recent else []),
    ]


def _grant_rows(held: HeldGrant, viewer: str, admins: tuple[str, ...], now: datetime) -> list[Block]:
    grant, app = held.grant, held.snapshot.app
    active = grant.state is GrantState.ACTIVE
    lines = [f"*{rows.subject(grant, app)}* · {_status(held, admins, now)}"]
    if active and (instructions := " ".join(phrases.instructions(held.snapshot).split())):
        lines.append(cut(instructions, _INSTRUCTIONS))
    if held.extension is not None:
        lines.append(f"Extension requested ({held.extension.ref}, {held.extension.state.label.lower()}).")
    link = kit.button(f"Open {app.name} ↗", HomeAction.LINK, url=app.link) if active and app.link else None
    return rows.rows("\n".join(lines), _buttons(held, viewer), rows.spoken(grant), accessory=link)


def _status(held: HeldGrant, admins: tuple[str, ...], now: datetime) -> str:
    grant = held.grant
    if grant.state is GrantState.ACTIVE and grant.ends_at is not None:
        return f"*{grant.state.label}* · {rows.expires_in(grant.ends_at, now)}"
    if held.task_workers:
        work = "set it up" if grant.state is GrantState.GRANTING else "revoke it"
        people = mentions(held.task_workers, word="or")
        return f"*{grant.state.label}* · waiting for {people} to {work}"
    return progress.grant_status(grant, admins)


def _buttons(held: HeldGrant, viewer: str) -> list[Element]:
    grant = held.grant
    if grant.state is GrantState.FAILED:
        can_give_back = grant.failing is Direction.GIVE
    else:
        can_give_back = grant.state is not GrantState.REVOKING
    own = viewer == grant.person_id
    can_shorten = own and grant.state is GrantState.ACTIVE
    return [
        *([buttons.extend(grant)] if can_extend(grant, held.extension, viewer) else []),
        *([buttons.give_back(grant)] if can_give_back and own else []),
        rows.more(grant.ref, CardAction.DETAILS, CardAction.USE_LESS)
        if can_shorten
        else buttons.details(grant.ref),
    ]


def _recent_row(request: Request, grant: Grant | None, now: datetime) -> Block:
    """A closed request: "AWS · Billing · rejected 2 days ago", with Request again."""
    over = grant is not None and grant.state in OVER_GRANTS
    state = grant.state if over and grant else request.state
    at = (grant.over_at if over and grant else request.closed_at) or request.created_at
    other = request.beneficiary_id != request.requester_id
    beneficiary = f" for {mention(request.beneficiary_id)}" if other else ""
    text = (
        f"*{rows.subject(request)}*{beneficiary} · {state.label.lower()} {rows.ago(at, now)} · {request.ref}"
    )
    return kit.section(text, accessory=buttons.request_again(request.ref))
