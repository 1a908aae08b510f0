"""The messages in the company's own words: whether this version of Keyturn can use them."""

from collections.abc import AsyncIterator

from bot.check.context import Bench
from bot.check.result import Finding, bad, ok
from bot.plural import counted
from models.catalogue.spec.messages import MESSAGE, MessageSpec, broken


async def messages(bench: Bench) -> AsyncIterator[Finding]:
    """Looks at each template. Nothing is said where nobody has written one."""
    own = [one for one in bench.parts.get(MESSAGE.name, ()) if isinstance(one, MessageSpec)]
    wrong = [(one, name, text) for one in own for name, text in broken(one)]
    for one, name, text in wrong:
        yield bad("Messages", f"{MESSAGE.title(one)}, {name}: {text} The standard text is used instead")
    if own and not wrong:
        yield ok("Messages", f"{counted(len(own), 'message')} of your own")
