"""Imports each module of methods, which registers them with the dispatcher."""

from bot.sandbox.slack.methods import (
    app,
    chat,
    chat_more,
    conversations,
    files,
    membership,
    usergroups,
    users,
    views,
)

__all__ = ["app", "chat", "chat_more", "conversations", "files", "membership", "usergroups", "users", "views"]
