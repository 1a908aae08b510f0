"""What ids read as: people, channels, user groups."""

from typing import Protocol

from bot.sandbox.slack.workspace import Workspace


class Names(Protocol):
    """Looks up what a mention shows; an id that nobody knows is shown as it is."""

    def person(self, user_id: str) -> str: ...
    def channel(self, channel_id: str) -> str: ...
    def usergroup(self, group_id: str) -> str: ...


class WorkspaceNames:
    """The names of one workspace, as they are now."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def person(self, user_id: str) -> str:
        user = self._workspace.users.get(user_id)
        return user.real_name if user else user_id

    def channel(self, channel_id: str) -> str:
        channel = self._workspace.channels.get(channel_id)
        return channel.name or "direct message" if channel else channel_id

    def usergroup(self, group_id: str) -> str:
        group = self._workspace.usergroups.get(group_id)
        return group.handle if group else group_id
