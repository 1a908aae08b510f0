"""The tab "My access": the viewer's accesses, the time left, and the buttons."""

from datetime import datetime

from blocks import kit
from blocks.cards import buttons, phrases, progress
from blocks.cards.access import can_extend
from blocks.home.tabs import expires_in
from blocks.kit import Block, Element
from blocks.kit.text import mentions
from models.queries.my_access import HeldGrant, MyAccess
from models.tables.grants import Direction, Grant
from models.tables.states import GrantState

NOTHING = "No access yet. Press *Request access* to get some."


def my_access(tab: MyAccess, viewer: str, now: datetime) -> list[Block]:
    """The tab's blocks, at most two an access."""
    blocks = [block for held in tab.live for block in _grant_rows(held, viewer, tab.admins, now)]
    ended = [_ended_row(grant, again=grant.id in tab.requestable) for grant in tab.ended]
    return (blocks or [kit.section(NOTHING)]) + ([kit.section("*Recently ended*"), *ended] if ended else [])


def _grant_rows(held: HeldGrant, viewer: str, admins: tuple[str, ...], now: datetime) -> list[Block]:
    lines = [f"*{phrases.access_title(held.grant)}*", _status(held, admins, now)]
    if held.extension is not None:
        lines.append(f"Extension requested ({held.extension.ref}, {held.extension.state.label.lower()}).")
    return [kit.section("\n".join(lines)), kit.actions(_buttons(held, viewer))]


def _status(held: HeldGrant, admins: tuple[str, ...], now: datetime) -> str:
    grant = held.grant
    if grant.state is GrantState.ACTIVE and grant.ends_at is not None:
        return f"*{grant.state.label}* · {expires_in(grant.ends_at, now)}"
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
    return [
        *([buttons.extend(grant)] if can_extend(grant, held.extension, viewer) else []),
        *([buttons.give_back(grant)] if can_give_back and viewer == grant.person_id else []),
        buttons.details(grant.ref),
    ]


def _ended_row(grant: Grant, *, again: bool) -> Block:
    text = f"*{phrases.access_title(grant)}*\n{progress.grant_status(grant, ())}"
    return kit.section(text, accessory=buttons.request_again(f"AR-{grant.request_id}") if again else None)
