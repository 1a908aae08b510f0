"""The schema of rich text. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block ."""

from bot.sandbox.slack.validate.composition import ID, URL
from bot.sandbox.slack.validate.rules import (
    Rule,
    anything,
    array,
    boolean,
    by_type,
    integer,
    one_of,
    shape,
    string,
)

MOST_ELEMENTS = 1000
_STYLE = shape(
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight"), boolean)
)


def _part(required: str, **fields: Rule) -> Rule:
    return shape({"type": anything, "style": _STYLE, **fields}, f"type {required}")


_PARTS = by_type(
    {
        "text": _part("text", text=string()),
        "link": _part("url", url=URL, text=string(), unsafe=boolean),
        "user": _part("user_id", user_id=string()),
        "usergroup": _part("usergroup_id", usergroup_id=string()),
        "channel": _part("channel_id", channel_id=string()),
        "team": _part("team_id", team_id=string()),
        "emoji": _part("name", name=string(), unicode=string(), skin_tone=integer(1, 6)),
        "broadcast": _part("range", range=one_of("here", "channel", "everyone")),
        "color": _part("value", value=string()),
        "date": _part(
            "timestamp format",
            timestamp=integer(0, 9_999_999_999),
            format=string(),
            url=URL,
            fallback=string(),
        ),
    }
)
_BODY: dict[str, Rule] = {
    "type": anything,
    "elements": array(_PARTS, MOST_ELEMENTS, 0),
    "border": integer(0, 1),
}
_SECTION = shape({"type": anything, "elements": array(_PARTS, MOST_ELEMENTS, 0)}, "type elements")
_LIST = shape(
    {
        "type": anything,
        "elements": array(by_type({"rich_text_section": _SECTION}), MOST_ELEMENTS, 0),
        "style": one_of("bullet", "ordered"),
        "indent": integer(0, 8),
        "offset": integer(0, 10_000),
        "border": integer(0, 1),
    },
    "type elements style",
)
_PIECES = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": _LIST,
        "rich_text_preformatted": shape(_BODY | {"language": string()}, "type elements"),
        "rich_text_quote": shape(_BODY, "type elements"),
    }
)

RICH_TEXT = shape(
    {"type": one_of("rich_text"), "block_id": ID, "elements": array(_PIECES, MOST_ELEMENTS, 0)},
    "type elements",
)
