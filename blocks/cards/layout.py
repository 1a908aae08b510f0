"""Blocks that several cards share."""

from collections.abc import Iterable, Mapping

from blocks import kit
from blocks.cards import buttons, phrases, progress
from blocks.kit import Block, Element, Message
from blocks.kit.text import cut, esc, mention, moment, quote
from models.catalogue.spec.conflicts import ConflictAction
from models.durations import duration_words
from models.lifecycle.separation_of_duties import blocking_sentence
from models.queries.stories import GrantStory, RequestStory
from models.tables.requests import Request

REASON_LIMIT = 2900
MAX_COMMENTS = 3


def card(text: str, blocks: Iterable[Block | None]) -> Message:
    """A card from its notification and its blocks; those that are None are left out."""
    return Message(text=cut(text, phrases.NOTIFICATION), blocks=[block for block in blocks if block])


def outcome_card(request: Request, notification: str, text: str) -> Message:
    """A card that shows nothing but a request's status, with Details."""
    return card(
        notification, [kit.section(text), button_row(buttons.details(request.ref)), request_footer(request)]
    )


def facts(texts: Mapping[str, str]) -> Block:
    """Facts in two columns, by title."""
    return kit.fields(*(f"*{title}*\n{value}" for title, value in texts.items()))


def button_row(*elements: Element | None) -> Block | None:
    """A row of the buttons that are not None; None without any."""
    available = [element for element in elements if element is not None]
    return kit.actions(available) if available else None


def reason(request: Request) -> Block | None:
    """The request's reason, quoted."""
    return kit.section(quote(request.reason, REASON_LIMIT)) if request.reason.strip() else None


def over_max_warning(story: RequestStory) -> Block | None:
    """The warning that a request is longer than its maximum."""
    longest = story.snapshot.policy.max_duration if story.request.over_max else None
    return (
        kit.section(f":warning: Longer than the usual maximum of {duration_words(longest)}.")
        if longest
        else None
    )


def stages(story: RequestStory) -> Block | None:
    """The stages with their decisions, and what is still needed."""
    lines = progress.stage_lines(story)
    return kit.section(phrases.fit_lines(lines)) if lines else None


def status(story: RequestStory) -> Block:
    """The status line, with the note of the person who closed the request."""
    note = progress.closing_note(story)
    return kit.section("\n".join([progress.status_line(story), *([note] if note else [])]))


def comments(story: RequestStory) -> Block | None:
    """The latest comments."""
    if not story.comments:
        return None
    latest = story.comments[-MAX_COMMENTS:]
    earlier = len(story.comments) - len(latest)
    head = f"*Comments* ({earlier} earlier in Details)" if earlier else "*Comments*"
    lines = [
        f"{mention(comment.person_id)}: {cut(esc(' '.join(comment.text.split())), 600)}" for comment in latest
    ]
    return kit.section(phrases.fit_lines([head, *lines]))


def request_footer(request: Request) -> Block:
    """The request's reference and date."""
    return kit.context(f"{request.ref} · asked {moment(request.created_at)}")


def grant_footer(story: GrantStory) -> Block:
    """The references of the grant and its request."""
    return kit.context(f"{story.grant.ref} · from {story.request.ref}")


def comment_and_details(story: RequestStory) -> list[Element | None]:
    """The buttons for everyone involved: Comment while the request is pending, and Details."""
    pending = story.open_stage is not None
    ref = story.request.ref
    return [buttons.comment(ref) if pending else None, buttons.details(ref)]


def conflicts(story: RequestStory) -> Block | None:
    """A request's conflicts (separation of duties), each with the other access, the rule and the reason."""
    name = story.names.get(story.request.beneficiary_id, story.request.beneficiary_id)
    lines = []
    for conflict in story.conflicts:
        mark = ":no_entry:" if conflict.action is ConflictAction.BLOCK else ":warning:"
        lines.append(f"{mark} *Conflict:* {esc(conflict.sentence(f'{name} has'))}")
    if blocking_sentence(story.conflicts, name):
        lines.append("*It cannot be approved as long as that is so.*")
    return kit.section(phrases.fit_lines(lines)) if lines else None


def blocking_conflicts(story: RequestStory) -> Block | None:
    """The conflicts for the requester: only those that prevent an approval."""
    name = story.names.get(story.request.beneficiary_id, "")
    return conflicts(story) if blocking_sentence(story.conflicts, name) else None
