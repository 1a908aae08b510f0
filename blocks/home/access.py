"""The tab "My access": what one holds, for how long still, and what one can do about it."""

from datetime import datetime

from blocks import kit
from blocks.cards import buttons, progress, words
from blocks.kit import Block, Element
from blocks.text import mentions, moment
from models.durations import spoken_left
from models.queries.my_access import Held, MyAccess
from models.tables.grants import Direction, Grant
from models.tables.states import GrantState

NOTHING = "You hold no access yet. Press *Request access* to ask for some."


def my_access(tab: MyAccess, viewer: str, now: datetime) -> list[Block]:
    """The tab's blocks, at most two an access."""
    drawn = [block for held in tab.live for block in _held(held, viewer, tab.admins, now)]
    over = [_over(grant, again=grant.id in tab.again) for grant in tab.ended]
    return (drawn or [kit.section(NOTHING)]) + ([kit.section("*Ended lately*"), *over] if over else [])


def _held(held: Held, viewer: str, admins: tuple[str, ...], now: datetime) -> list[Block]:
    lines = [f"*{words.thing(held.grant)}*", _standing(held, admins, now)]
    if held.extension is not None:
        lines.append(f"More time is asked for in {held.extension.ref}.")
    return [kit.section("\n".join(lines)), kit.actions(_buttons(held, viewer))]


def _standing(held: Held, admins: tuple[str, ...], now: datetime) -> str:
    grant = held.grant
    if grant.state is GrantState.ACTIVE and grant.ends_at is not None:
        return f"*{grant.state.label}* · {spoken_left(grant.ends_at - now)}, until {moment(grant.ends_at)}"
    if held.by_hand:
        work = "set it up" if grant.state is GrantState.GRANTING else "take it back"
        who = mentions(held.by_hand, word="or")
        return f"*{grant.state.label}* · waiting for {who} to {work} by hand"
    return progress.access_line(grant, admins)


def _buttons(held: Held, viewer: str) -> list[Element]:
    grant = held.grant
    return [
        *([buttons.extend(grant)] if may_extend(held, viewer) else []),
        *([buttons.give_back(grant)] if viewer == grant.person_id and _can_be_given_back(grant) else []),
        buttons.details(grant.ref),
    ]


def may_extend(held: Held, viewer: str) -> bool:
    """Whether Extend is of use to the viewer: the access is theirs, active, and has an end to be moved."""
    grant = held.grant
    mine, ends = viewer == grant.person_id, grant.ends_at is not None
    return mine and ends and grant.state is GrantState.ACTIVE and held.extension is None


def _can_be_given_back(grant: Grant) -> bool:
    if grant.state is GrantState.FAILED:
        return grant.failing is Direction.GIVE
    return grant.state is not GrantState.REVOKING


def _over(grant: Grant, *, again: bool) -> Block:
    text = f"*{words.thing(grant)}*\n{progress.access_line(grant, ())}"
    return kit.section(text, accessory=buttons.again(f"AR-{grant.request_id}") if again else None)
