"""Blocks that several cards share."""

from collections.abc import Iterable, Mapping

from blocks import kit
from blocks.cards import buttons, phrases, progress
from blocks.kit import Block, Element, Message
from blocks.kit.text import cut, esc, mention, moment, quote
from models.catalogue.spec.conflicts import ConflictAction
from models.durations import duration_words
from models.lifecycle.check_conflicts import blocking_sentence
from models.policy import Conflict, HoldingState
from models.queries.stories import GrantStory, RequestStory
from models.tables.requests import Request
from models.text import remove_unseen

REASON_LIMIT = 2900
MAX_COMMENTS = 3
COMMENT_LIMIT = 300
LABEL_LIMIT = 75
"""Characters of an accessibility label."""


def card(text: str, blocks: Iterable[Block | None]) -> Message:
    """A card from its notification and its blocks; those that are None are left out."""
    return Message(text=cut(text, phrases.NOTIFICATION), blocks=[block for block in blocks if block])


def facts(texts: Mapping[str, str]) -> Block:
    """Facts in two columns, by title."""
    return kit.fields(*(f"*{title}*\n{value}" for title, value in texts.items()))


def button_row(*elements: Element | None, about: str = "") -> Block | None:
    """A row of the buttons that are not None; None without any. `about`: as in `labelled`."""
    available = [labelled(element, about) for element in elements if element is not None]
    return kit.actions(available) if available else None


def labelled(element: Element, about: str) -> Element:
    """A button that says to screen readers what it is about: "Approve AR-8, AWS · Billing for Ada".

    `about` is plain text (`phrases.spoken_title`). Other elements have no such label in Slack.
    """
    if element["type"] != "button" or not about:
        return element
    label = " ".join(remove_unseen(f"{element['text']['text']} {about}").split())
    return element | {"accessibility_label": cut(label, LABEL_LIMIT)}


def request_title(story: RequestStory) -> str:
    """What the buttons of a request's card are about, for screen readers."""
    request = story.request
    return phrases.spoken_title(request.ref, request, request.beneficiary_id, story.names)


def grant_title(story: GrantStory) -> str:
    """What the buttons of a grant's card are about, for screen readers."""
    return phrases.spoken_title(story.grant.ref, story.grant, story.grant.person_id, story.names)


def details_button(story: RequestStory) -> Element:
    """Details, to stand beside a text."""
    return labelled(buttons.details(story.request.ref), request_title(story))


def paragraph(*lines: str, accessory: Element | None = None) -> Block | None:
    """The lines that are not empty, as one paragraph; None without any."""
    text = "\n".join(filter(None, lines))
    return kit.section(text, accessory=accessory) if text else None


def context_line(*parts: str) -> Block:
    """The parts that are not empty, small and in one line that begins with a capital."""
    text = " · ".join(filter(None, parts))
    return kit.context(f"{text[:1].upper()}{text[1:]}")


def reason(request: Request) -> Block | None:
    """The request's whole reason, quoted."""
    return kit.section(quote(request.reason, REASON_LIMIT)) if request.reason.strip() else None


def over_max_warning(story: RequestStory) -> str:
    """The warning that a request is longer than its maximum; empty where it is not."""
    longest = story.snapshot.policy.max_duration if story.request.over_max else None
    return f":stopwatch: *Over the maximum* of {duration_words(longest)}" if longest else ""


def progress_lines(story: RequestStory) -> Block | None:
    """The decisions so far, who is asked instead, and the stages to come; None where nothing is."""
    lines = progress.decision_lines(story)
    return kit.section(phrases.fit_lines(lines)) if lines else None


def comments(story: RequestStory) -> Block | None:
    """The latest comments."""
    if not story.comments:
        return None
    latest = story.comments[-MAX_COMMENTS:]
    earlier = len(story.comments) - len(latest)
    lines = [
        f":speech_balloon: {mention(comment.person_id)}: {phrases.inline_quote(comment.text, COMMENT_LIMIT)}"
        for comment in latest
    ]
    return kit.section(phrases.fit_lines([*lines, *([f"{earlier} earlier in Details"] if earlier else [])]))


def grant_footer(story: GrantStory) -> Block:
    """The references of the grant and its request."""
    return kit.context(f"{story.grant.ref} · from {story.request.ref}")


def conflicts(story: RequestStory, viewer: str = "") -> Block | None:
    """A request's conflicts (separation of duties), each with the other access, the rule and the reason."""
    lines = conflict_lines(story, viewer)
    return kit.section(phrases.fit_lines(lines)) if lines else None


def conflict_lines(story: RequestStory, viewer: str = "") -> list[str]:
    """The conflicts, one a line, for a reader who may be the beneficiary."""
    own = viewer == story.request.beneficiary_id
    lines = [_conflict_line(conflict, own=own) for conflict in story.conflicts]
    if blocking_sentence(story.conflicts, ""):
        lines.append("*It can't be approved while this is so.*")
    return lines


def blocking_conflicts(story: RequestStory, viewer: str) -> Block | None:
    """The conflicts for the requester: only those that prevent an approval."""
    return conflicts(story, viewer) if blocking_sentence(story.conflicts, "") else None


def _conflict_line(conflict: Conflict, *, own: bool) -> str:
    sign = ":no_entry:" if conflict.action is ConflictAction.BLOCK else ":warning:"
    stage = ", which adds an approval" if conflict.action is ConflictAction.STAGE else ""
    why = f". {esc(conflict.spec.why)}" if conflict.spec.why else ""
    rule = f"(rule “{esc(conflict.spec.name)}”{stage})"
    return f"{sign} *Conflict:* {_other_access(conflict, own=own)} {rule}{why}"


def _other_access(conflict: Conflict, *, own: bool) -> str:
    """The access that conflicts: "also holds AWS · Billing until 4 March"."""
    holding = conflict.holding
    title, at = esc(holding.title), moment(holding.at) if holding.at else ""
    holds, requested = ("you also hold", "you also requested") if own else ("also holds", "also requested")
    match holding.state:
        case HoldingState.PENDING | HoldingState.SAME_TIME:
            return f"{requested} {title}"
        case HoldingState.SCHEDULED:
            return f"{holds} {title} {f'from {at}' if at else 'soon'}"
        case HoldingState.COMING:
            return f"{holds} {title}, now being set up"
        case HoldingState.GOING:
            return f"{holds} {title}, now being revoked"
    return f"{holds} {title}{f' until {at}' if at else ''}"
