"""The Web API's methods, a module for each family. Importing this package registers all of them."""

from bot.sandbox.slack.web_api.methods import (
    app,
    channels,
    chat,
    conversations,
    files,
    usergroups,
    users,
    views,
)

__all__ = ["app", "channels", "chat", "conversations", "files", "usergroups", "users", "views"]
