"""What cards say of what does not go together."""

from dataclasses import replace
from datetime import UTC, datetime

from blocks import timeline
from blocks.cards.approval import approval
from blocks.cards.request import request
from models.audit import TrailEntry
from models.catalogue.spec.conflicts import ConflictSpec
from models.policy import Conflict, Holding, HoldingState
from models.queries.stories import RequestStory
from tests.blocks.stories import ADA, GRACE, grant, story

MAY = datetime(2030, 5, 7, tzinfo=UTC)


def clashing(action: str, how: HoldingState = HoldingState.HAS) -> RequestStory:
    conflict = ConflictSpec.model_validate(
        {"key": "k", "name": "<!here> & co", "why": "Or else.", "these": ["a/b"], "those": ["c/d"],
         "action": action}
        | ({"stage": {"approvers": ["admins"]}} if action == "stage" else {})
    )  # fmt: skip
    return replace(story(), conflicts=(Conflict(conflict, Holding("a/b", "A, B", how, MAY), "GitHub, D"),))


def text(message: dict[str, object]) -> str:
    return str(message["blocks"])


def test_the_approver_reads_the_other_access_the_rule_and_why() -> None:
    said = text(dict(approval(clashing("flag"), GRACE)))

    assert ":warning: *Conflict:* " in said
    assert "(rule “&lt;!here&gt; &amp; co”)." in said
    assert "cannot be approved" not in said


def test_what_blocks_is_on_the_requesters_card_too() -> None:
    blocked = clashing("block")

    assert ":no_entry: *Conflict:*" in text(dict(approval(blocked, GRACE)))
    for words in ("you also hold A, B until <!date", "*It can't be approved while this is so.*"):
        assert words in text(dict(request(blocked, ADA)))
    assert "Conflict" not in text(dict(request(clashing("flag"), ADA)))


def test_what_is_only_asked_for_too_is_in_nobodys_way() -> None:
    assert "can't be approved" not in text(dict(approval(clashing("block", HoldingState.PENDING), GRACE)))


def test_the_approver_reads_what_somebody_has_in_the_app_already() -> None:
    said = text(dict(approval(replace(story(), other_grants=(grant(),)), GRACE)))

    assert "Already has in GitHub: Engineering team (until" in said


def test_the_timeline_says_what_conflicted() -> None:
    entry = TrailEntry(
        seq=1, at=MAY, actor=GRACE, action="decision.approve", subject="AR-12", app="", person="",
        previous="", hash="",
        data={"stage": "Owner", "comment": "", "conflicts": [{"title": "A, B", "rule": "Four eyes"}]},
    )  # fmt: skip

    assert timeline.line(entry).endswith(
        "approved in “Owner” :warning: Conflict with A, B (rule “Four eyes”)"
    )
