"""Block Kit of every kind, for drawing and for looking at."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str | None = None, **more: Any) -> Json:
    return {"text": plain(text), "value": value or text.lower(), **more}


CONFIRM = {
    "title": plain("Are you sure?"),
    "text": mrkdwn("This *cannot* be taken back."),
    "confirm": plain("Do it"),
    "deny": plain("Leave it"),
    "style": "danger",
}
COLOURS = [option("Red"), option("Green"), option("Blue :large_blue_circle:", "blue")]
GROUPS = [
    {"label": plain("Warm"), "options": [option("Red"), option("Orange")]},
    {"label": plain("Cold"), "options": [option("Blue"), option("Green")]},
]


MARKDOWN = """# Markdown

- **one**
- two with [a link](https://example.com)

> quoted

```
code
```"""


def button(text: str, action_id: str, **more: Any) -> Json:
    return {"type": "button", "text": plain(text), "action_id": action_id, "value": text, **more}


MESSAGE: list[Json] = [
    {"type": "header", "text": plain("Every block :tada:")},
    {
        "type": "section",
        "text": mrkdwn(
            "*bold* _italic_ ~struck~ `code` and *_both_*, <https://example.com/a?b=1&amp;c=2|a link>, "
            "<@UADA>, <#CGENERAL>, <!here>, <!subteam^SONCALL>, :wave: and :no_such_emoji:\n"
            "> a quote\n> of two lines\nthen ```code over\n  two lines``` and "
            "<!date^1772442000^{date_short_pretty} at {time}|some time>"
        ),
    },
    {
        "type": "section",
        "text": mrkdwn("*Access*\nGitHub, Engineering team"),
        "accessory": button("Details", "details"),
    },
    {
        "type": "section",
        "fields": [
            mrkdwn("*For*\nAda Lovelace"),
            mrkdwn("*How long*\n8 hours"),
            mrkdwn("*Why*\nINC-42"),
            plain("Plain"),
        ],
    },
    {"type": "divider"},
    {
        "type": "section",
        "text": mrkdwn("A picture from elsewhere"),
        "accessory": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "A cat"},
    },
    {
        "type": "context",
        "elements": [
            {"type": "image", "image_url": "https://example.com/b.png", "alt_text": "🐈"},
            mrkdwn("Asked <!date^1772442000^{ago}|then>, expires *tomorrow*"),
        ],
    },
    {
        "type": "actions",
        "block_id": "buttons",
        "elements": [
            button("Approve", "approve", style="primary"),
            button("Reject", "reject", style="danger", confirm=CONFIRM),
            button("Open the form", "open_form"),
            button("Slow", "slow"),
            button("Documentation", "docs", url="https://docs.slack.dev/"),
            {"type": "overflow", "action_id": "more", "options": [option("Remind"), option("Reassign")]},
        ],
    },
    {
        "type": "actions",
        "block_id": "menus",
        "elements": [
            {
                "type": "static_select",
                "action_id": "grouped",
                "placeholder": plain("A colour"),
                "option_groups": GROUPS,
            },
            {"type": "users_select", "action_id": "who", "placeholder": plain("Somebody")},
            {"type": "datepicker", "action_id": "when", "initial_date": "2026-03-02"},
            {"type": "timepicker", "action_id": "at", "initial_time": "14:30"},
        ],
    },
    {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_section",
                "elements": [
                    {"type": "text", "text": "Rich ", "style": {"bold": True}},
                    {"type": "text", "text": "text", "style": {"italic": True, "strike": True}},
                    {"type": "text", "text": " for "},
                    {"type": "user", "user_id": "UADA"},
                    {"type": "text", "text": " "},
                    {"type": "emoji", "name": "rocket"},
                    {"type": "link", "url": "https://example.com", "text": "there"},
                ],
            },
            {
                "type": "rich_text_list",
                "style": "ordered",
                "elements": [
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]},
                    {"type": "rich_text_section", "elements": [{"type": "text", "text": "second"}]},
                ],
            },
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
            {
                "type": "rich_text_preformatted",
                "elements": [{"type": "text", "text": "let x = 1\nlet y = 2"}],
            },
        ],
    },
    {"type": "markdown", "text": MARKDOWN},
    {
        "type": "table",
        "column_settings": [{"align": "left"}, {"align": "right"}],
        "rows": [
            [{"type": "raw_text", "text": "App"}, {"type": "raw_text", "text": "Grants"}],
            [{"type": "raw_text", "text": "GitHub"}, {"type": "raw_text", "text": "12"}],
            [{"type": "raw_text", "text": "Salesforce"}, {"type": "raw_text", "text": "3"}],
        ],
    },
    {
        "type": "image",
        "image_url": "https://example.com/c.png",
        "alt_text": "A chart",
        "title": plain("Grants by month"),
    },
]


def field(label: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "label": plain(label),
        "block_id": element["action_id"],
        "element": element,
        **more,
    }


FIELDS: list[Json] = [
    {"type": "section", "text": mrkdwn("Every kind of *field*.")},
    {"type": "alert", "text": plain("Production is frozen until Monday."), "level": "warning"},
    field(
        "Name",
        {
            "type": "plain_text_input",
            "action_id": "name",
            "placeholder": plain("As in the passport"),
            "max_length": 40,
        },
        hint=plain("At most 40 characters."),
    ),
    field("Reason", {"type": "plain_text_input", "action_id": "reason", "multiline": True}, optional=True),
    field(
        "Hours", {"type": "number_input", "action_id": "hours", "is_decimal_allowed": False, "min_value": "1"}
    ),
    field("Address", {"type": "email_text_input", "action_id": "address"}, optional=True),
    field("Link", {"type": "url_text_input", "action_id": "link"}, optional=True),
    field(
        "Colour",
        {"type": "static_select", "action_id": "colour", "options": COLOURS, "initial_option": COLOURS[1]},
    ),
    field(
        "Application",
        {
            "type": "external_select",
            "action_id": "application",
            "min_query_length": 1,
            "placeholder": plain("Type a name"),
        },
        dispatch_action=True,
    ),
    field(
        "Groups",
        {"type": "multi_static_select", "action_id": "groups", "option_groups": GROUPS},
        optional=True,
    ),
    field("People", {"type": "multi_users_select", "action_id": "people"}, optional=True),
    field("Where", {"type": "conversations_select", "action_id": "where"}, optional=True),
    field("Channel", {"type": "channels_select", "action_id": "channel"}, optional=True),
    field("Until", {"type": "datetimepicker", "action_id": "until"}, optional=True),
    field("Day", {"type": "datepicker", "action_id": "day"}, optional=True),
    field("Time", {"type": "timepicker", "action_id": "time"}, optional=True),
    field(
        "Wanted",
        {
            "type": "checkboxes",
            "action_id": "wanted",
            "options": [option("Read", description=mrkdwn("Look, and *nothing* else")), option("Write")],
        },
        optional=True,
    ),
    field("How", {"type": "radio_buttons", "action_id": "how", "options": COLOURS}, optional=True),
    field("Essay", {"type": "rich_text_input", "action_id": "essay"}, optional=True),
    field("File", {"type": "file_input", "action_id": "file"}, optional=True),
    {"type": "actions", "block_id": "further", "elements": [button("One further", "push")]},
]

HOME: list[Json] = [
    {"type": "header", "text": plain("My access")},
    {
        "type": "section",
        "text": mrkdwn("You hold *nothing* yet."),
        "accessory": button("Ask for access", "open_form"),
    },
    {"type": "divider"},
    field("Search", {"type": "plain_text_input", "action_id": "search"}, dispatch_action=True),
]


def modal(title: str, blocks: list[Json], **more: Any) -> Json:
    return {"type": "modal", "title": plain(title), "blocks": blocks, "submit": plain("Send request"), **more}
