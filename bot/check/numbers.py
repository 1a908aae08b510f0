"""Whether as many people are known as the stages want."""

from collections.abc import AsyncIterator

from bot.check.context import Bench
from bot.check.result import Finding, note, ok

ABOUT = "Stages"


async def numbers(bench: Bench) -> AsyncIterator[Finding]:
    """What is found in the database; of whom nothing is known yet, nothing is said."""
    for doubt in bench.doubts:
        yield note(ABOUT, doubt.removesuffix("."))
    if not bench.doubts:
        yield ok(ABOUT, "enough people are known for all of them")
