"""Check e-mail: whether the server of the configuration lets us send."""

from collections.abc import AsyncIterator

import aiosmtplib

from bot.check.context import CheckContext
from bot.check.result import CheckResult, bad, note, ok
from bot.email import connected


async def server(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Connect, greet, and log in where there is a login; nothing is sent.

    Raises:
        UpstreamUnavailable: The server does not answer, or not now.
    """
    config = context.config.email
    if config is None:
        yield note("E-mail", "not set up; people Slack can't reach won't be notified")
        return
    where = f"{config.server.host}:{config.server.port}"
    try:
        async with connected(config):
            login = ", login works" if config.server.username else ""
            yield ok("E-mail", f"{where} answers{login}; from {config.sender}")
    except aiosmtplib.SMTPException as error:
        yield bad("E-mail", f"{where} refuses the connection: {error}. Correct smtp under [email]")
