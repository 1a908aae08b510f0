"""An admin's card of a paused mass revocation: many accesses would end at once, perhaps by mistake."""

from blocks import kit
from blocks.cards import buttons, layout, phrases
from blocks.kit import Message
from blocks.kit.text import mention, moment
from models.queries.admin_stories import PauseStory
from models.tables.pauses import Pause, PauseKind, PauseState


def mass_revocation(story: PauseStory, viewer: str) -> Message:
    """The card of a pause: what it holds back, and how an admin decided."""
    pause = story.pause
    offers = pause.open and viewer in story.admins
    heading, explanation = _cause(pause)
    status = f"{_access_count(story.count)} not revoked yet" if pause.open else "settled"
    return layout.card(
        f"{heading}: {status}",
        [
            kit.section(f":warning: *{heading}*\n{explanation}"),
            kit.section(_affected_grants(story)) if pause.open else None,
            kit.section(_decision_text(pause)) if pause.state is not PauseState.OPEN else None,
            layout.button_row(
                buttons.keep_paused(pause.ref) if offers and pause.state is PauseState.OPEN else None,
                buttons.revoke_paused(pause.ref, story.count) if offers else None,
                about=f"{pause.ref}, {_access_count(story.count)}",
            ),
            kit.context(f"{pause.ref} · {moment(pause.created_at)}"),
        ],
    )


def _cause(pause: Pause) -> tuple[str, str]:
    """The heading and the explanation of a pause."""
    if pause.kind is PauseKind.CLOCK:
        return "The clock of Keyturn's machine jumped ahead", (
            f"It says {moment(pause.until)}. By elapsed time it's about {moment(pause.since)}, and Slack's "
            "clock disagrees with the jump. Until then, Keyturn goes by elapsed time."
        )
    return "Keyturn's database looks like a restored backup", (
        f"It ends around {moment(pause.since)}, so extensions after that are missing. "
        "Nothing is revoked until an admin decides."
    )


def _affected_grants(story: PauseStory) -> str:
    source = "that clock" if story.pause.kind is PauseKind.CLOCK else "this database"
    first = [
        f"• {phrases.access_title(grant)}: {mention(grant.person_id)}, {phrases.until(grant.ends_at)}"
        for grant in story.first
    ]
    hidden = story.count - len(first)
    head = f"*{_access_count(story.count)} over according to {source}*"
    return phrases.fit_lines([head, *first, *([f"and {hidden} more"] if hidden > 0 else [])])


def _access_count(count: int) -> str:
    return "1 access" if count == 1 else f"{count} accesses"


def _decision_text(pause: Pause) -> str:
    admin = mention(pause.decided_by or "")
    match pause.state:
        case PauseState.WAITING:
            hint = " It continues by itself once the clock is right." if pause.kind is PauseKind.CLOCK else ""
            return f"{admin} chose to wait.{hint}"
        case PauseState.LIFTED:
            return f"*Settled.* {admin} had them revoked."
    return "*Settled.* The clock is right again; the jump revoked nothing."
