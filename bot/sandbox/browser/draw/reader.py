"""The person for whom something is drawn: their time, and the names of the ids in their workspace."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol
from zoneinfo import ZoneInfo

from bot.sandbox.browser.draw import dates
from bot.sandbox.slack.state.workspace import Workspace


class Names(Protocol):
    """Names for mentions; an unknown id is its own name."""

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


@dataclass(frozen=True)
class Reader:
    """A person at one moment; `now` is in their zone."""

    user_id: str
    now: datetime
    names: Names

    @property
    def zone(self) -> tzinfo:
        return self.now.tzinfo or UTC

    def moment(self, seconds: float) -> datetime:
        """A Unix time in this person's zone."""
        return datetime.fromtimestamp(seconds, self.zone)

    def date(self, seconds: str, pattern: str) -> str | None:
        """The text of a `<!date^…>`, None where `seconds` is no time."""
        try:
            return dates.format_date(self.moment(int(seconds)), pattern, self.now)
        except (ValueError, OverflowError, OSError):
            return None


def reader_of(workspace: Workspace, user_id: str) -> Reader:
    """A person of the workspace as reader, now."""
    zone = ZoneInfo(workspace.user(user_id).tz)
    return Reader(user_id, workspace.clock.now().astimezone(zone), WorkspaceNames(workspace))
