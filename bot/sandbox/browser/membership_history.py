"""The history of who was in each user group and channel, recorded at every change."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.slack import LocalSlack

_CAPACITY = 200


@dataclass(frozen=True)
class MembershipChange:
    """One change of a group or channel: its members before and after."""

    at: datetime
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def joiners(self) -> list[str]:
        return [user_id for user_id in self.after if user_id not in self.before]

    @property
    def leavers(self) -> list[str]:
        return [user_id for user_id in self.before if user_id not in self.after]


class MembershipHistory:
    """The last changes of all groups and channels, newest first in `changes`."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._last = self._members()
        self.changes: deque[MembershipChange] = deque(maxlen=_CAPACITY)

    def _members(self) -> dict[str, tuple[str, ...]]:
        workspace = self._slack.workspace
        groups = {f"@{group.handle}": group.members for group in workspace.usergroups.values()}
        channels = {
            f"#{channel.name}": channel.members for channel in workspace.channels.values() if channel.name
        }
        return {name: tuple(members) for name, members in (groups | channels).items()}

    def record(self) -> None:
        """Compare with the last time and record what changed."""
        now, current = self._slack.clock.now(), self._members()
        for name, members in current.items():
            before = self._last.get(name, ())
            if set(before) != set(members):
                self.changes.appendleft(MembershipChange(now, name, before, members))
        self._last = current

    async def watch(self) -> None:
        """Record changes until cancelled."""
        async for _ in self._slack.changes():
            self.record()
