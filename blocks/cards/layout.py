"""Blocks that several cards share."""

from collections.abc import Iterable, Mapping

from blocks import kit
from blocks.cards import buttons, phrases, progress
from blocks.kit import Block, Element, Message
from blocks.kit.text import cut, esc, mention, moment, quote
from models.catalogue.conflicts import ConflictAction
from models.durations import spoken
from models.lifecycle.separation_of_duties import in_the_way
from models.policy import Clash
from models.queries.stories import GrantStory, RequestStory
from models.tables.requests import Comment, Request

REASON_LIMIT = 2900
MAX_COMMENTS = 3


def card(text: str, blocks: Iterable[Block | None]) -> Message:
    """A card: what notifications say, and what is drawn (parts that are None are left out)."""
    return Message(text=cut(text, phrases.NOTIFICATION), blocks=[block for block in blocks if block])


def facts(texts: Mapping[str, str]) -> Block:
    """Facts in two columns, each under its small title."""
    return kit.fields(*(f"*{title}*\n{value}" for title, value in texts.items()))


def button_row(*elements: Element | None) -> Block | None:
    """A row of those buttons that work now; None where none does."""
    available = [element for element in elements if element is not None]
    return kit.actions(available) if available else None


def reason(request: Request) -> Block | None:
    """Why somebody asks, as they wrote it."""
    return kit.section(quote(request.reason, REASON_LIMIT)) if request.reason.strip() else None


def over_max_warning(story: RequestStory) -> Block | None:
    """Said where more was asked for than is usual."""
    longest = phrases.max_duration(story.snapshot) if story.request.over_max else None
    return kit.section(f":warning: Longer than the usual maximum of {spoken(longest)}.") if longest else None


def stages(story: RequestStory) -> Block | None:
    """Who decided, and what is still needed."""
    lines = progress.stage_lines(story)
    return kit.section(phrases.fit_lines(lines)) if lines else None


def status(story: RequestStory) -> Block:
    """Where the request stands, and what was said at its end."""
    note = progress.closing_note(story)
    return kit.section("\n".join([progress.status_line(story), *([note] if note else [])]))


def comments(story: RequestStory) -> Block | None:
    """The last comments."""
    if not story.comments:
        return None
    latest = story.comments[-MAX_COMMENTS:]
    earlier = len(story.comments) - len(latest)
    head = f"*Comments* ({earlier} earlier in Details)" if earlier else "*Comments*"
    return kit.section(phrases.fit_lines([head, *(_comment_line(comment) for comment in latest)]))


def request_footer(request: Request) -> Block:
    """The reference, and when it was asked."""
    return kit.context(f"{request.ref} · asked {moment(request.created_at)}")


def grant_footer(story: GrantStory) -> Block:
    """The reference of a grant, and of the request that it came from."""
    return kit.context(f"{story.grant.ref} · from {story.request.ref}")


def comment_and_details(story: RequestStory) -> list[Element | None]:
    """What everybody involved can press: Comment while it is pending, and Details."""
    pending = story.open_stage is not None
    ref = story.request.ref
    return [buttons.comment(ref) if pending else None, buttons.details(ref)]


def _comment_line(comment: Comment) -> str:
    return f"{mention(comment.person_id)}: {cut(esc(' '.join(comment.text.split())), 600)}"


def conflicts(story: RequestStory) -> Block | None:
    """Each with the other access, the rule and why; None where everything goes together."""
    name = story.names.get(story.request.beneficiary_id, story.request.beneficiary_id)
    lines = [_conflict_line(clash, name) for clash in story.conflicts]
    if in_the_way(story.conflicts, name):
        lines.append("*It cannot be approved as long as that is so.*")
    return kit.section(phrases.fit_lines(lines)) if lines else None


def blocking_conflicts(story: RequestStory) -> Block | None:
    """The same for who waits for the decision: only where nobody can approve."""
    name = story.names.get(story.request.beneficiary_id, "")
    return conflicts(story) if in_the_way(story.conflicts, name) else None


def _conflict_line(clash: Clash, name: str) -> str:
    mark = ":no_entry:" if clash.action is ConflictAction.BLOCK else ":warning:"
    return f"{mark} *Conflict:* {esc(clash.said(f'{name} has'))}"
