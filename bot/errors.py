"""The errors that cross rooms: what an operator reads instead of a traceback, and what a job may wait for."""

from datetime import timedelta


class Failure(Exception):
    """An error for the operator. Its text is one clear sentence, or a line per problem."""


class RetryAfter(Exception):
    """A job has to wait: it runs again after `wait`, and this run does not count as a failure."""

    def __init__(self, reason: str, wait: timedelta) -> None:
        super().__init__(reason)
        self.wait = wait


class UpstreamUnavailable(Exception):
    """Slack, a target system or the mail server does not answer.

    A job that raises it is tried again for as long as that lasts, and never parked.
    """
