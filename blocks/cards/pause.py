"""An admin's copy of a pause: a mass of accesses would be taken away by mistake, perhaps; so it is asked."""

from blocks import kit
from blocks.cards import buttons, parts, words
from blocks.kit import Message
from blocks.text import mention, moment
from models.queries.pause_story import PauseStory
from models.tables.pauses import Pause, PauseKind, PauseState


def pause(story: PauseStory, viewer: str) -> Message:
    """Stands with its buttons until it is settled; then it says how."""
    one = story.pause
    asks = one.open and viewer in story.admins
    return parts.message(
        _plainly(story),
        [
            kit.section(f":warning: *{_heading(one)}*\n{_why(one)}"),
            kit.section(_what(story)) if one.open else None,
            kit.section(_standing(one)) if one.state is not PauseState.OPEN else None,
            parts.row(
                buttons.wait(one.ref) if asks and one.state is PauseState.OPEN else None,
                buttons.revoke_paused(one.ref, story.count) if asks else None,
            ),
            kit.context(f"{one.ref} · {moment(one.created_at)}"),
        ],
    )


def _plainly(story: PauseStory) -> str:
    if not story.pause.open:
        return f"{_heading(story.pause)}: settled"
    return f"{_heading(story.pause)}: {_accesses(story.count)} not taken away yet"


def _heading(one: Pause) -> str:
    if one.kind is PauseKind.CLOCK:
        return "The clock of Keyturn’s machine jumped ahead"
    return "Keyturn’s database looks like a restored backup"


def _why(one: Pause) -> str:
    if one.kind is PauseKind.CLOCK:
        return (
            f"It says {moment(one.until)}. By the time that has passed it is about {moment(one.since)}, and "
            "Slack’s clock does not agree with the jump. Keyturn goes on by the time that has passed."
        )
    return (
        f"It ends about {moment(one.since)}. More time that somebody was given after that is not in it. "
        "So nothing that it holds is taken away by itself, until an admin says so."
    )


def _what(story: PauseStory) -> str:
    which = "by that clock" if story.pause.kind is PauseKind.CLOCK else "by this database"
    first = [
        f"• {words.thing(grant)}: {mention(grant.person_id)}, {words.until(grant.ends_at)}"
        for grant in story.first
    ]
    more = story.count - len(first)
    head = f"*{_accesses(story.count)} over {which}*"
    return words.fit([head, *first, *([f"and {more} more"] if more > 0 else [])])


def _accesses(count: int) -> str:
    return "1 access is" if count == 1 else f"{count} accesses are"


def _standing(one: Pause) -> str:
    who = mention(one.decided_by or "")
    match one.state:
        case PauseState.WAITING:
            right = " It goes on by itself once the clock is right." if one.kind is PauseKind.CLOCK else ""
            return f"{who} wants to wait.{right}"
        case PauseState.LIFTED:
            return f"*Settled.* {who} let them be taken away."
    return "*Settled.* The clock is right again, and nothing was taken away by the jump."
