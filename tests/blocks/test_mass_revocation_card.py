"""The card that asks before a mass of accesses is taken away."""

from datetime import timedelta
from typing import Any

import pytest

from blocks import mail
from blocks.cards import draw
from models.queries.admin_stories import PauseStory
from models.tables.cards import CardKind
from models.tables.pauses import Pause, PauseKind, PauseState
from tests.blocks.slack_validation import check_labels, drawn
from tests.blocks.stories import ADA, NAMES, NOON, ROOT, grant, snapshot
from tests.rows import new_row

UNTIL = NOON + timedelta(days=365)


def story(kind: PauseKind, count: int = 1, shown: int = 1, **changes: Any) -> PauseStory:
    usual: dict[str, Any] = {
        "id": 1, "kind": kind, "state": PauseState.OPEN, "since": NOON, "until": UNTIL, "count": count,
        "decided_by": None, "created_at": NOON,
    }  # fmt: skip
    first = tuple(grant(snapshot(), ends_at=NOON) for _ in range(shown))
    return PauseStory(new_row(Pause, **(usual | changes)), count, first, NAMES, (ROOT,))


def card(pause: PauseStory, viewer: str = ROOT) -> tuple[str, list[str], str]:
    return drawn(CardKind.PAUSE, pause, viewer)


@pytest.mark.parametrize("kind", list(PauseKind))
def test_it_says_what_and_how_many_and_asks(kind: PauseKind) -> None:
    said, buttons, text = card(story(kind, 214, 15))
    assert "214 accesses over according to" in said
    assert said.count("GitHub · Engineering team") == 15
    assert "and 199 more" in said
    assert buttons == ["Wait", "Revoke them now"]
    check_labels(draw(CardKind.PAUSE, story(kind, 214, 15), ROOT), "PS-1, 214 accesses")
    assert "214 accesses not revoked yet" in text


@pytest.mark.parametrize("kind", list(PauseKind))
def test_who_waits_is_named_and_it_can_still_be_let_go(kind: PauseKind) -> None:
    said, buttons, _ = card(story(kind, state=PauseState.WAITING, decided_by=ROOT))
    assert f"<@{ROOT}> chose to wait." in said
    assert buttons == ["Revoke them now"]


@pytest.mark.parametrize("state", [PauseState.LIFTED, PauseState.OVER])
def test_what_is_settled_has_no_button_and_is_no_email(state: PauseState) -> None:
    one = story(PauseKind.CLOCK, state=state, decided_by=ROOT)
    said, buttons, _ = card(one)
    assert "*Settled.*" in said
    assert buttons == []
    assert not mail.should_mail(CardKind.PAUSE, one, ROOT)


def test_somebody_who_is_no_admin_any_more_has_no_buttons() -> None:
    assert card(story(PauseKind.RESTORED), ADA)[1] == []


def test_an_open_one_is_worth_an_email() -> None:
    assert mail.should_mail(CardKind.PAUSE, story(PauseKind.CLOCK), ROOT)
