"""What does not go together with a request: on its cards, and in the forms that decide on it."""

from blocks import kit
from blocks.cards import words
from blocks.kit import Block
from blocks.text import esc
from models.catalogue.conflicts import ConflictAction
from models.lifecycle.separation_of_duties import in_the_way
from models.policy import Clash
from models.queries.stories import RequestStory


def conflicts(story: RequestStory) -> Block | None:
    """Each with the other access, the rule and why; None where everything goes together."""
    name = story.names.get(story.request.beneficiary_id, story.request.beneficiary_id)
    lines = [_line(clash, name) for clash in story.conflicts]
    if in_the_way(story.conflicts, name):
        lines.append("*It cannot be approved as long as that is so.*")
    return kit.section(words.fit(lines)) if lines else None


def obstacles(story: RequestStory) -> Block | None:
    """The same for who waits for the decision: only where nobody can approve."""
    name = story.names.get(story.request.beneficiary_id, "")
    return conflicts(story) if in_the_way(story.conflicts, name) else None


def _line(clash: Clash, name: str) -> str:
    mark = ":no_entry:" if clash.action is ConflictAction.BLOCK else ":warning:"
    return f"{mark} *Conflict:* {esc(clash.said(f'{name} has'))}"
