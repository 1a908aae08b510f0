"""Identifiers in Slack's shape: a letter for the kind, then capitals and digits."""

import secrets
import string

_DIGITS = string.digits + string.ascii_uppercase


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits


class Ids:
    """A counter of ids: two runs of the same story produce the same ids."""

    def __init__(self) -> None:
        self.last = 0

    def new(self, kind: str) -> str:
        """A fresh id such as `U0LS00001`; `kind` is U, C, D, G, S, A, B, V, F, T or Ev."""
        self.last += 1
        return f"{kind}0LS{_base36(self.last).rjust(5, '0')}"


def random_block_id() -> str:
    """What Slack fills in where an app left out a block_id or an action_id."""
    return secrets.token_urlsafe(4)[:5]


def secret(prefix: str = "") -> str:
    """An unguessable token; it differs from run to run, since nothing depends on its value."""
    return prefix + secrets.token_hex(16)
