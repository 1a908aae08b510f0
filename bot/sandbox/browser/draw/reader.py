"""For whom something is drawn: their clock, their zone, and what the ids of their workspace read as."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from bot.sandbox.browser.draw import dates
from bot.sandbox.browser.draw.names import Names, WorkspaceNames
from bot.sandbox.slack.workspace import Workspace


@dataclass(frozen=True)
class Reader:
    """One person before one screen, at one moment (`now` is in their zone)."""

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
        """A `<!date^…>` in words, None where the seconds are no time."""
        try:
            return dates.formatted(self.moment(int(seconds)), pattern, self.now)
        except (ValueError, OverflowError, OSError):
            return None


def reader_of(workspace: Workspace, user_id: str) -> Reader:
    """The reader with this id, now."""
    zone = ZoneInfo(workspace.user(user_id).tz)
    return Reader(user_id, workspace.clock.now().astimezone(zone), WorkspaceNames(workspace))
