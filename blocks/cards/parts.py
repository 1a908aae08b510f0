"""Pieces that several cards share."""

from collections.abc import Iterable, Mapping

from blocks import kit
from blocks.cards import buttons, progress, words
from blocks.kit import Block, Element, Message
from blocks.text import cut, esc, mention, moment, quote
from models.durations import spoken
from models.queries.stories import GrantStory, RequestStory
from models.tables.requests import Comment, Request

REASON = 2900
COMMENTS_SHOWN = 3


def message(text: str, blocks: Iterable[Block | None]) -> Message:
    """A card: what notifications say, and what is drawn (parts that are None are left out)."""
    return Message(text=cut(text, words.NOTIFICATION), blocks=[block for block in blocks if block])


def facts(found: Mapping[str, str]) -> Block:
    """Facts in two columns, each under its small title."""
    return kit.fields(*(f"*{title}*\n{value}" for title, value in found.items()))


def row(*elements: Element | None) -> Block | None:
    """A row of those buttons that work now; None where none does."""
    there = [element for element in elements if element is not None]
    return kit.actions(there) if there else None


def reason(request: Request) -> Block | None:
    """Why somebody asks, as they wrote it."""
    return kit.section(quote(request.reason, REASON)) if request.reason.strip() else None


def over_max(story: RequestStory) -> Block | None:
    """Said where more was asked for than is usual."""
    longest = words.longest(story.snapshot) if story.request.over_max else None
    return kit.section(f":warning: Longer than the usual maximum of {spoken(longest)}.") if longest else None


def stages(story: RequestStory) -> Block | None:
    """Who decided, and what is still needed."""
    lines = progress.stage_lines(story)
    return kit.section(words.fit(lines)) if lines else None


def status(story: RequestStory) -> Block:
    """Where the request stands, and what was said at its end."""
    note = progress.closing_note(story)
    return kit.section("\n".join([progress.status(story), *([note] if note else [])]))


def comments(story: RequestStory) -> Block | None:
    """The last comments."""
    if not story.comments:
        return None
    latest = story.comments[-COMMENTS_SHOWN:]
    earlier = len(story.comments) - len(latest)
    head = f"*Comments* ({earlier} earlier in Details)" if earlier else "*Comments*"
    return kit.section(words.fit([head, *(_comment(one) for one in latest)]))


def foot(request: Request) -> Block:
    """The reference, and when it was asked."""
    return kit.context(f"{request.ref} · asked {moment(request.created_at)}")


def grant_foot(story: GrantStory) -> Block:
    """The reference of a grant, and of the request that it came from."""
    return kit.context(f"{story.grant.ref} · from {story.request.ref}")


def talk(story: RequestStory) -> list[Element | None]:
    """What everybody involved can press: Comment while it is pending, and Details."""
    pending = story.open_stage is not None
    ref = story.request.ref
    return [buttons.comment(ref) if pending else None, buttons.details(ref)]


def _comment(comment: Comment) -> str:
    return f"{mention(comment.person_id)}: {cut(esc(' '.join(comment.text.split())), 600)}"
