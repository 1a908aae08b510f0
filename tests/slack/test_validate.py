"""Block Kit: what stands in the references is taken, what oversteps a limit is pointed at."""

from typing import Any

import pytest

from bot.sandbox.slack import validate_message, validate_view
from bot.sandbox.slack.validate import text_length, validate_suggestions
from tests.slack.conftest import button, field, modal, option, plain, section

Block = dict[str, Any]


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def context(*elements: Block) -> Block:
    return {"type": "context", "elements": list(elements)}


def select(*names: str, **more: Any) -> Block:
    return {"type": "static_select", "action_id": "s", "options": [option(name) for name in names], **more}


CONFIRM = {"title": plain("Sure?"), "text": plain("Really"), "confirm": plain("Yes"), "deny": plain("No")}
IMAGE = {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a picture"}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "Hi ", "style": {"bold": True}},
                {"type": "user", "user_id": "U1"},
                {"type": "link", "url": "https://example.com"},
                {"type": "emoji", "name": "wave"},
                {"type": "date", "timestamp": 1720710212, "format": "{date_num}"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "bullet",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "said"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "code"}]},
    ],
}

RIGHT_IN_MESSAGES: list[Block] = [
    section("text"),
    {"type": "section", "fields": [plain("a"), {"type": "mrkdwn", "text": "*b*"}]},
    section("text", accessory=button("Go", "go", style="primary", value="v", confirm=CONFIRM)),
    section("text", accessory=IMAGE),
    section("text", accessory={"type": "overflow", "action_id": "o", "options": [option("One")]}),
    section("text", accessory={"type": "multi_users_select", "action_id": "u", "placeholder": plain("Who")}),
    actions(button("Open", "open", url="https://example.com"), select("A", "B", initial_option=option("B"))),
    actions({"type": "datetimepicker", "action_id": "d", "initial_date_time": 1628633820}),
    actions({"type": "datepicker", "action_id": "d", "initial_date": "2026-02-28"}),
    actions({"type": "timepicker", "action_id": "t", "initial_time": "23:59"}),
    context({"type": "mrkdwn", "text": "small"}, IMAGE),
    {"type": "divider"},
    {"type": "header", "text": plain("Head")},
    {**IMAGE, "title": plain("A picture")},
    {"type": "markdown", "text": "# Head"},
    RICH,
    {
        "type": "table",
        "column_settings": [{"align": "right", "is_wrapped": True}],
        "rows": [[{"type": "raw_text", "text": "a"}, RICH]],
    },
    field("Name", "n", {"type": "plain_text_input", "multiline": True, "min_length": 1, "max_length": 10}),
]


@pytest.mark.parametrize("block", RIGHT_IN_MESSAGES, ids=lambda block: str(block["type"]))
def test_what_the_references_show_is_taken(block: Block) -> None:
    assert validate_message([block]) == []


INPUTS: list[Block] = [
    {"type": "plain_text_input", "initial_value": ""},
    {
        "type": "number_input",
        "is_decimal_allowed": False,
        "min_value": "1",
        "initial_value": "2",
        "max_value": "3",
    },
    {"type": "email_text_input"},
    {"type": "url_text_input", "initial_value": "https://example.com"},
    {"type": "rich_text_input"},
    {"type": "file_input", "filetypes": ["pdf"], "max_files": 2},
    {"type": "checkboxes", "options": [{**option("A"), "description": {"type": "mrkdwn", "text": "*a*"}}]},
    {"type": "radio_buttons", "options": [option("A")], "initial_option": option("A")},
    {"type": "external_select", "min_query_length": 0, "placeholder": plain("Find")},
    {"type": "multi_external_select", "max_selected_items": 2, "initial_options": [option("A")]},
    {"type": "static_select", "option_groups": [{"label": plain("G"), "options": [option("A")]}]},
    {"type": "multi_static_select", "options": [option("A")], "initial_options": [option("A")]},
    {"type": "users_select", "initial_user": "U1", "focus_on_load": True},
    {"type": "conversations_select", "filter": {"include": ["im"]}, "response_url_enabled": True},
    {"type": "multi_conversations_select", "default_to_current_conversation": True},
    {"type": "channels_select"},
    {"type": "multi_channels_select"},
    {"type": "datepicker"},
    {"type": "timepicker"},
    {"type": "datetimepicker"},
]


@pytest.mark.parametrize("element", INPUTS, ids=lambda element: str(element["type"]))
def test_every_element_fits_into_an_input(element: Block) -> None:
    assert validate_view(modal(field("Label", "b", element, hint=plain("Hint"), optional=True))) == []


WRONG: list[tuple[Block, str]] = [
    ({"type": "section"}, "must define either `text` or `fields` [json-pointer:/blocks/0/type]"),
    ({"type": "shout"}, "unsupported type: shout [json-pointer:/blocks/0/type]"),
    ({}, "missing required field: type [json-pointer:/blocks/0]"),
    (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    (section("x" * 3001), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"),
    (section("x", colour="red"), "invalid additional property: colour [json-pointer:/blocks/0]"),
    (section("x", accessory=None), "must provide an object [json-pointer:/blocks/0/accessory]"),
    (section("x", block_id="b" * 256), "must be less than 256 characters [json-pointer:/blocks/0/block_id]"),
    ({"type": "section", "text": "plain"}, "must provide an object [json-pointer:/blocks/0/text]"),
    (
        {"type": "section", "fields": [plain("f")] * 11},
        "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
    ),
    (
        {"type": "section", "fields": [plain("f" * 2001)]},
        "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
    ),
    (
        {"type": "header", "text": plain("x" * 151)},
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    (context(*[plain("x")] * 11), "no more than 10 items allowed [json-pointer:/blocks/0/elements]"),
    (context(button("x", "y")), "unsupported type: button [json-pointer:/blocks/0/elements/0/type]"),
    (actions(), "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
    (
        actions(*[button("x", f"a{n}") for n in range(26)]),
        "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
    ),
    (
        actions({"type": "plain_text_input", "action_id": "a"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        actions({"type": "multi_users_select", "action_id": "a"}),
        "unsupported type: multi_users_select [json-pointer:/blocks/0/elements/0/type]",
    ),
    (
        actions(button("x" * 76, "a")),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    (
        actions(button("x", "a", value="v" * 2001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    (
        actions(button("x", "a", style="loud")),
        "must be one of: primary, danger [json-pointer:/blocks/0/elements/0/style]",
    ),
    (
        actions(button("x", "a", confirm={**CONFIRM, "title": plain("x" * 101)})),
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    (
        actions(button("x", "a", confirm={"title": plain("x"), "text": plain("x"), "confirm": plain("x")})),
        "missing required field: deny [json-pointer:/blocks/0/elements/0/confirm]",
    ),
    (
        actions(select("A", initial_option=option("B"))),
        "must be one of the options given [json-pointer:/blocks/0/elements/0/initial_option]",
    ),
    (
        actions(select(*[f"o{n}" for n in range(101)])),
        "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "static_select", "action_id": "a"}),
        "must define either `options` or `option_groups` [json-pointer:/blocks/0/elements/0]",
    ),
    (
        actions(select("x" * 76)),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    (
        actions({"type": "overflow", "action_id": "a", "options": [option(str(n)) for n in range(6)]}),
        "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "radio_buttons", "action_id": "a", "options": [option(str(n)) for n in range(11)]}),
        "no more than 10 items allowed [json-pointer:/blocks/0/elements/0/options]",
    ),
    (
        actions({"type": "datepicker", "action_id": "a", "initial_date": "2026-13-01"}),
        "must match the required format [json-pointer:/blocks/0/elements/0/initial_date]",
    ),
    (
        {"type": "image", "alt_text": "x"},
        "must define either `image_url` or `slack_file` [json-pointer:/blocks/0]",
    ),
    (
        {"type": "image", "image_url": "https://x"},
        "missing required field: alt_text [json-pointer:/blocks/0]",
    ),
    (
        {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * 21]},
        "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
    ),
    (
        {"type": "markdown", "text": "x" * 12001},
        "must be less than 12001 characters [json-pointer:/blocks/0/text]",
    ),
    ({"type": "alert", "text": plain("x")}, "unsupported type: alert [json-pointer:/blocks/0/type]"),
]


@pytest.mark.parametrize(("block", "problem"), WRONG, ids=[problem for _, problem in WRONG])
def test_what_oversteps_a_limit_is_pointed_at(block: Block, problem: str) -> None:
    assert [str(each) for each in validate_message([block])] == [problem]


def test_a_message_has_fifty_blocks_at_most() -> None:
    assert validate_message([{"type": "divider"}] * 50) == []
    (problem,) = validate_message([{"type": "divider"}] * 51)
    assert str(problem) == "no more than 50 items allowed [json-pointer:/blocks]"


def test_ids_are_unique_blocks_in_a_message_and_actions_in_a_block() -> None:
    twice = [{"type": "divider", "block_id": "b"}, {"type": "divider", "block_id": "b"}]
    assert [each.pointer for each in validate_message(twice)] == ["/blocks/1/block_id"]
    same = actions(button("x", "a"), button("y", "a"))
    assert [each.pointer for each in validate_message([same])] == ["/blocks/0/elements/1/action_id"]
    assert validate_message([actions(button("x", "a")), actions(button("y", "a"))]) == []


def test_one_table_and_so_much_markdown_in_a_message() -> None:
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]}
    assert [each.message for each in validate_message([table, table])] == ["only_one_table_allowed"]
    long = {"type": "markdown", "text": "x" * 6001}
    assert len(validate_message([long, long])) == 1


WRONG_VIEWS: list[tuple[Block, str]] = [
    (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    (
        modal(private_metadata="x" * 3001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
    (modal(external_id="x" * 256), "must be less than 256 characters [json-pointer:/view/external_id]"),
    (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    (modal(id="V1"), "invalid additional property: id [json-pointer:/view]"),
    ({"type": "modal", "blocks": []}, "missing required field: title [json-pointer:/view]"),
    ({"type": "sheet", "blocks": []}, "unsupported type: sheet [json-pointer:/view/type]"),
    (modal({"type": "table", "rows": []}), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
    (
        modal({"type": "markdown", "text": "x"}),
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ),
    (
        {"type": "home", "blocks": [field("When", "w", {"type": "datetimepicker"})]},
        "unsupported type: datetimepicker [json-pointer:/view/blocks/0/element/type]",
    ),
    (
        {"type": "home", "blocks": [], "title": plain("Home")},
        "invalid additional property: title [json-pointer:/view]",
    ),
    (
        modal(field("Text", "t", {"type": "plain_text_input", "max_length": 3001})),
        "must be less than 3001 [json-pointer:/view/blocks/0/element/max_length]",
    ),
    (
        modal(field("Text", "t", {"type": "plain_text_input", "max_length": 3, "initial_value": "long"})),
        "must be less than 4 characters [json-pointer:/view/blocks/0/element/initial_value]",
    ),
    (
        modal(field("Number", "n", {"type": "number_input"})),
        "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]",
    ),
    (
        modal(field("x" * 2001, "n", {"type": "plain_text_input"})),
        "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]",
    ),
    (
        modal(field("Go", "n", {"type": "button", "text": plain("Go")})),
        "unsupported type: button [json-pointer:/view/blocks/0/element/type]",
    ),
]


@pytest.mark.parametrize(("view", "problem"), WRONG_VIEWS, ids=[problem for _, problem in WRONG_VIEWS])
def test_views_have_limits_of_their_own(view: Block, problem: str) -> None:
    assert [str(each) for each in validate_view(view)] == [problem]


def test_only_one_element_takes_the_focus() -> None:
    focused = {"type": "plain_text_input", "focus_on_load": True}
    (problem,) = validate_view(modal(field("A", "a", focused), field("B", "b", focused)))
    assert problem.pointer == "/view/blocks/1/element/focus_on_load"


def test_suggestions_have_a_hundred_options_at_most() -> None:
    assert validate_suggestions({"options": []}) == []
    assert validate_suggestions({"option_groups": [{"label": plain("G"), "options": [option("A")]}]}) == []
    assert len(validate_suggestions({"options": [option(str(n)) for n in range(101)]})) == 1
    assert len(validate_suggestions(None)) == 1
    assert len(validate_suggestions({})) == 1


def test_all_text_of_a_message_is_counted() -> None:
    assert text_length([section("12345"), actions(button("678", "a")), context(plain("90"))]) == 10


@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"type": []}, [None], [[]]])
def test_nonsense_is_refused_and_breaks_nothing(value: Any) -> None:
    validate_message(value)
    validate_suggestions(value)
    assert validate_view(value)
