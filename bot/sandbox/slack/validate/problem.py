"""One thing wrong with some Block Kit."""

from typing import NamedTuple


class Problem(NamedTuple):
    """`pointer` is the JSON pointer of the place (`/blocks/0/text/text`), `message` what is wrong there."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"
