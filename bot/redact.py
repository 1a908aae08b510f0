"""Takes secrets out of text that leaves the process: logs, and errors that people are shown."""

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "[hidden]"
# A shorter value is a word like any other; hiding it everywhere would only make logs unreadable.
SHORTEST_SECRET = 4
# How deep nested values are looked through; what lies deeper is taken as one text.
DEEPEST = 8

# What is a secret wherever it stands. The first group, if any, is kept.
SHAPES = (
    re.compile(r"()(?:xox[a-z]|xapp)-[\w-]+(?:\.[\w-]+)*"),
    # The password of a URL, up to the last @ of its host part.
    re.compile(r"(://[^\s/:@]*:)[^\s/]+(?=@)"),
    re.compile(r"(\bBearer\s+)[^\s'\",]+", re.IGNORECASE),
    # Whoever has one of these may answer in Slack for the app.
    re.compile(r"(hooks\.slack\.com/)[^\s'\"]+"),
    re.compile(r"([?&]ticket=)[^\s&'\"]+"),
)


class Redactor:
    """Hides the given secrets, and whatever looks like one, in texts and values."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spellings = {form for secret in secrets if len(secret) >= SHORTEST_SECRET for form in forms(secret)}
        # The longest first, so that one secret inside another does not leave a rest.
        known = sorted(spellings, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def text(self, text: str) -> str:
        """The text with every secret replaced by `[hidden]`."""
        if self._known:
            text = self._known.sub(HIDDEN, text)
        for shape in SHAPES:
            if shape.search(text):  # `sub` takes ten times as long, also where there is nothing
                text = shape.sub(rf"\1{HIDDEN}", text)
        return text

    def value(self, value: object, depth: int = 0) -> object:
        """Any value with its secrets replaced: what is no text, number, list or dict becomes a text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict) and depth < DEEPEST:
            return {self.text(str(key)): self.value(each, depth + 1) for key, each in value.items()}
        if isinstance(value, list | tuple | set | frozenset) and depth < DEEPEST:
            return [self.value(each, depth + 1) for each in value]
        return self.text(value if isinstance(value, str) else repr(value))


def forms(secret: str) -> set[str]:
    """A secret as it is, in a URL, in JSON, and as `repr` shows it."""
    return {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}
