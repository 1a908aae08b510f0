"""Who was in a user group or channel before and after: noticed at every change."""

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from bot.sandbox.slack import LocalSlack

_KEPT = 200


@dataclass(frozen=True)
class Step:
    """One change of one group or channel."""

    at: datetime
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def added(self) -> list[str]:
        return [each for each in self.after if each not in self.before]

    @property
    def removed(self) -> list[str]:
        return [each for each in self.before if each not in self.after]


class Memberships:
    """The last changes, newest first in `steps`."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._seen = self._look()
        self.steps: deque[Step] = deque(maxlen=_KEPT)

    def _look(self) -> dict[str, tuple[str, ...]]:
        workspace = self._slack.workspace
        groups = {f"@{each.handle}": each.members for each in workspace.usergroups.values()}
        rooms = {f"#{each.name}": each.members for each in workspace.channels.values() if each.name}
        return {name: tuple(members) for name, members in (groups | rooms).items()}

    def notice(self) -> None:
        """Compares with what was last seen."""
        now, seen = self._slack.clock.now(), self._look()
        for name, members in seen.items():
            before = self._seen.get(name, ())
            if set(before) != set(members):
                self.steps.appendleft(Step(now, name, before, members))
        self._seen = seen

    async def watch(self) -> None:
        """Notices for as long as it runs."""
        async for _ in self._slack.changes():
            self.notice()
