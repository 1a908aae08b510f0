"""What a job raises that did not fail, but could not be done now."""

from datetime import timedelta


class Later(Exception):
    """It has to wait: the job runs again after `wait`, and that is counted as no failure."""

    def __init__(self, reason: str, wait: timedelta) -> None:
        super().__init__(reason)
        self.wait = wait


class Away(Exception):
    """The other side does not answer. The job is tried again for as long as that lasts, and never parked."""
