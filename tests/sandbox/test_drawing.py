from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.draw.canvas import FieldStatus
from tests.sandbox.drawing import canvas, draw, read
from tests.sandbox.every_block import CONFIRM, FIELDS, HOME, MESSAGE, button, field, mrkdwn, plain
from tests.sandbox.test_mrkdwn import HOSTILE


@pytest.mark.parametrize("block", MESSAGE + FIELDS + HOME, ids=lambda block: str(block["type"]))
def test_every_block_and_field_is_drawn(block: dict[str, object]) -> None:
    html = draw(block)
    assert "cannot draw" not in html
    assert read(html).tags


@pytest.mark.parametrize("block", MESSAGE + FIELDS, ids=lambda block: str(block["type"]))
def test_every_control_says_which_it_is(block: dict[str, object]) -> None:
    html = draw(block)
    if "data-do=" in html:
        assert 'data-at="m/C1/1"' in html
        assert "data-block=" in html
        assert "data-action=" in html


def test_what_it_cannot_draw_it_says() -> None:
    assert "cannot draw <code>carousel</code>" in draw({"type": "carousel"})
    html = draw({"type": "actions", "elements": [{"type": "hologram", "action_id": "a"}]})
    assert "cannot draw <code>hologram</code>" in html


def test_a_file_is_refused_plainly() -> None:
    assert "takes no files" in draw(field("File", {"type": "file_input", "action_id": "file"}))


def test_a_picture_from_outside_is_not_loaded_but_told() -> None:
    html = draw({"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A chart"})
    assert "img" not in read(html).tags
    assert "A chart" in html
    assert "example.com" in html


def test_a_picture_of_this_machine_is_shown() -> None:
    address = "http://127.0.0.1:1/files/k/a.png"
    html = draw({"type": "image", "image_url": address, "alt_text": "x"}, files="http://127.0.0.1:1/files/")
    assert ("src", address) in read(html).attributes


def _everywhere(text: str) -> list[dict[str, Any]]:
    """The same words in each place that takes words."""
    options = [{"text": plain(text[:70]), "value": text[:100], "description": plain(text[:70])}]
    typed = {"type": "plain_text_input", "action_id": text, "initial_value": text, "placeholder": plain(text)}
    chosen = {"type": "static_select", "action_id": "s", "options": options, "initial_option": options[0]}
    rich = [{"type": "text", "text": text}, {"type": "link", "url": text, "text": text}]
    return [
        {"type": "section", "text": mrkdwn(text[:3000]), "fields": [plain(text[:2000])]},
        {"type": "header", "text": plain(text[:150])},
        {"type": "actions", "elements": [button(text[:75], text[:255], url="javascript:x", confirm=CONFIRM)]},
        {"type": "image", "image_url": f"https://x/{text}", "alt_text": text, "title": plain(text)},
        field(text, typed),
        field(text, {"type": "checkboxes", "action_id": "c", "options": options}),
        field(text, chosen),
        {"type": "table", "rows": [[{"type": "raw_text", "text": text}]]},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": rich}]},
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words_everywhere(text: str) -> None:
    drawn = read(draw(*_everywhere(text)))
    assert not {"script", "img", "iframe", "b"} & set(drawn.tags)
    assert not [name for name, _ in drawn.attributes if name.startswith("on")]


def test_an_error_stands_at_its_field_and_is_told_to_screen_readers() -> None:
    block = field("Hours", {"type": "number_input", "action_id": "hours"})
    html = draw(block, errors={"Hours": "Whole hours only."})
    attributes = dict(read(html).attributes)
    assert "Whole hours only." in html
    assert attributes["aria-invalid"] == "true"
    assert "m/C1/1|hours|hours|error" in str(attributes["aria-describedby"])


def test_trouble_stands_beside_what_was_pressed_and_it_shows_that_it_is_under_way() -> None:
    block = {"type": "actions", "block_id": "b", "elements": [button("Go", "go")]}
    html = draw(block, status=FieldStatus({"m/C1/1|b|go"}, {"m/C1/1|b|go": "Operation timed out."}))
    assert ("aria-busy", "true") in read(html).attributes
    assert "Operation timed out." in html


def test_fields_show_what_they_begin_with() -> None:
    drawn = canvas(
        [field("When", {"type": "datetimepicker", "action_id": "w", "initial_date_time": 1772442000})]
    )
    block = drawn.blocks[0]
    assert drawn.text_value(block, block["element"]) == "2026-03-02T09:00"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0.2, "in a moment"), (1, "in 1 minute"), (59.8, "in 1 hour"), (479, "in 7 h 59 min"),
     (480, "in 8 hours"), (1430, "in 24 hours"), (47 * 60, "in 47 hours"),
     (50 * 60, "in 2 days"), (30 * 24 * 60, "in 30 days")],
)  # fmt: skip
def test_how_long_until_an_event(minutes: float, words: str) -> None:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert dates.until(now + timedelta(minutes=minutes), now) == words
