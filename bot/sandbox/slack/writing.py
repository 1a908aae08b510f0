"""What Slack makes of text that a person types, before an app sees it.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.slack.directory import Directory


def escape(text: str) -> str:
    """`&`, `<` and `>` as entities, so that nothing typed is taken for markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def with_mentions(directory: "Directory", text: str) -> str:
    """`@handle` becomes `<@U…>`, for people and for groups."""
    people = {user.name: f"<@{user.id}>" for user in directory.users.values()}
    groups = {group.handle: f"<!subteam^{group.id}>" for group in directory.usergroups.values()}
    known = groups | people
    return re.sub(r"@([\w.-]+)", lambda found: known.get(found[1], found[0]), text)
