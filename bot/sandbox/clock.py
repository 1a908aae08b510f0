"""The company's clock: the machine's, moved forward by as much as somebody pressed the buttons."""

from datetime import UTC, datetime, timedelta


class MovableClock:
    """Goes on like the machine's own clock, `offset` ahead of it."""

    def __init__(self, offset: timedelta = timedelta()) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """The company's time, aware and in UTC."""
        return datetime.now(UTC) + self.offset

    def advance(self, step: timedelta) -> None:
        """Lets time pass at once. Never back: what has happened stays."""
        self.offset += max(step, timedelta())
