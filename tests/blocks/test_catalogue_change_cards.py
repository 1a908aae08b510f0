"""A change of the catalogue that waits for a second admin, as each of those who see it sees it."""

from typing import Any

import pytest

from blocks.admin.forms import settings
from blocks.admin.lists import layout
from blocks.cards import draw
from blocks.forms import catalogue_change as change_form
from models.catalogue.spec.entry_kinds import SettingsSpec
from models.queries.admin_stories import ChangeStory
from models.tables.cards import CardKind
from models.tables.catalogue import APP, IMPORT, Proposal, ProposalState
from tests.blocks.slack_validation import buttons_of, check_labels, check_message, check_view, drawn, words_of
from tests.blocks.stories import ADA, GRACE, NAMES, NOON, ROOT
from tests.rows import new_row

SECOND = "A second admin must approve it: Grace."


def proposal(**changes: Any) -> Proposal:
    """Root wants a higher risk for GitHub."""
    usual: dict[str, Any] = {
        "id": 7, "kind": APP, "key": "github", "title": "GitHub", "version": 2, "edition": 1,
        "before": {"key": "github"}, "after": {"key": "github", "risk": "high"},
        "words": ["GitHub: risk low → high"], "by": ROOT, "at": NOON, "state": ProposalState.OPEN, "note": "",
    }  # fmt: skip
    return new_row(Proposal, **(usual | changes))


def change(viewer: str, kind: CardKind = CardKind.CHANGE, **changes: Any) -> tuple[str, list[str], str]:
    """What can be read on the card of a change, its buttons, and what the notification says."""
    return drawn(kind, ChangeStory(proposal(**changes), NAMES, (ROOT, GRACE), SECOND), viewer)


def test_another_admin_sees_the_difference_and_decides() -> None:
    said, buttons, text = change(GRACE)
    assert text == "Root proposes to change GitHub"
    assert "• GitHub: risk low → high" in said
    assert buttons == ["Approve change", "Reject change"]
    message = draw(CardKind.CHANGE, ChangeStory(proposal(), NAMES, (ROOT, GRACE), SECOND), GRACE)
    check_labels(message, "CH-7, GitHub")


def test_its_author_sees_that_nothing_is_saved_and_can_only_withdraw() -> None:
    said, buttons, _ = change(ROOT)
    assert f"Proposed, not saved: 1 change needs a second admin. {SECOND}" in said
    assert buttons == ["Withdraw change"]


def test_somebody_who_is_no_admin_any_more_has_no_buttons() -> None:
    assert change(ADA)[1] == []


@pytest.mark.parametrize("state", [state for state in ProposalState if state is not ProposalState.OPEN])
def test_what_is_closed_says_how_with_what_was_said_and_has_no_dead_button(state: ProposalState) -> None:
    for kind, viewer in ((CardKind.CHANGE, GRACE), (CardKind.CHANGE_DONE, ROOT)):
        said, buttons, _ = change(
            viewer, kind, state=state, decided_by=GRACE, decided_at=NOON, note="Since <b>"
        )
        assert f"*{state.capitalize()}*" in said
        assert "> Since &lt;b&gt;" in said
        assert buttons == []


def test_an_import_says_that_it_is_done() -> None:
    done = proposal(kind=IMPORT, key="", by="operator", state=ProposalState.APPROVED, decided_by="operator")
    message = draw(CardKind.CHANGE, ChangeStory(done, NAMES, (ROOT, GRACE), ""), GRACE)
    check_message(message)
    assert message["text"] == "The operator imported a catalogue"
    assert "Already applied" in words_of(message["blocks"])
    assert buttons_of(message["blocks"]) == []


def test_the_form_that_approves_shows_every_word_where_the_card_has_no_room() -> None:
    many = [f"GitHub: access {number}: name {'x' * 300} → y" for number in range(60)]
    assert "more" in change(GRACE, words=many)[0]
    view = change_form.approve(proposal(words=many))
    check_view(view)
    assert all(one in words_of(view["blocks"]) for one in many)


def test_above_an_app_ones_own_change_comes_first_and_not_all_are_shown() -> None:
    others = [proposal(id=number, by=GRACE) for number in range(4)]
    blocks = layout.pending_app_changes([*others, proposal()], ROOT, SECOND)
    assert words_of(blocks).startswith("*Proposed, not saved: 1 change needs a second admin.*")
    assert buttons_of(blocks)[0] == "Withdraw change"
    assert "2 more on App Home" in words_of(blocks)
    assert layout.pending_app_changes([], ROOT, "") == []


def test_the_settings_form_says_what_waits() -> None:
    check_view(settings.build(SettingsSpec()))
    view = settings.build(SettingsSpec(two_people=True), [proposal(kind="settings")], GRACE, SECOND)
    check_view(view)
    assert buttons_of(view["blocks"]) == ["Approve change", "Reject change"]
