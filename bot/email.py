"""Send e-mail by the server of the configuration.

RFC 5322 for the message (built by `EmailMessage`, so that no line break gets into a header), RFC 3834 for the
mark that keeps out-of-office answers away.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP as LINE_ENDS
from email.utils import format_datetime, parseaddr

import aiosmtplib

from blocks.mail import Letter
from bot.config import EmailConfig
from bot.errors import UpstreamUnavailable

STEP_TIMEOUT = 15.0
"""Seconds that each step with the server may take."""
TRANSIENT = range(400, 500)
"""SMTP's replies that mean: not now, try again (RFC 5321, 4.2.1)."""
ENCODED_WORD = "=?"
"""How an encoded word begins (RFC 2047). EmailMessage decodes one as it takes it, line breaks and all."""
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+")


class Undeliverable(Exception):
    """The server will never take an e-mail to this person."""


def is_address(text: str) -> bool:
    """Whether it is one e-mail address, and nothing else."""
    plain = text.isprintable() and ENCODED_WORD not in text
    return plain and _ADDRESS.fullmatch(text) is not None


class Mailer:
    """Sends e-mail from one sender."""

    def __init__(self, config: EmailConfig) -> None:
        self._config, self._address = config, parseaddr(config.sender)[1]

    async def send(self, to: str, letter: Letter, *, ident: str, at: datetime) -> None:
        """Send an e-mail. `ident` makes its Message-ID, by which a repetition is recognized.

        Raises:
            Undeliverable: The server will never take an e-mail to this person, or `to` is no address.
            UpstreamUnavailable: The server does not answer, or not now: it can be tried again later.
            SMTPException: An admin has to mend something, such as a login that is refused.
        """  # noqa: DOC501 - `_recipient_error` makes one of these
        message = compose(self._config.sender, to, letter, ident=ident, at=at)
        try:
            async with connected(self._config) as server:
                await server.send_message(message, sender=self._address, recipients=[to])
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _recipient_error(refused.recipients[0]) from refused


def compose(sender: str, to: str, letter: Letter, *, ident: str, at: datetime) -> EmailMessage:
    """The message as it is sent.

    Raises:
        Undeliverable: `to` is no address.
    """
    if not is_address(to):
        raise Undeliverable("it is no e-mail address")
    message = EmailMessage(LINE_ENDS)
    message["From"], message["To"] = sender, to
    message["Subject"] = " ".join(letter.subject.replace(ENCODED_WORD, "= ?").split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{ident}@{parseaddr(sender)[1].partition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


@asynccontextmanager
async def connected(config: EmailConfig) -> AsyncIterator[aiosmtplib.SMTP]:
    """Connect, greet and log in.

    smtps:// is encrypted from the start; smtp:// by STARTTLS where the server has it. A password is only ever
    sent encrypted.

    Raises:
        UpstreamUnavailable: The server does not answer, or not now.
        SMTPResponseException: The server refuses for good.
    """
    server = config.server
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.tls,
        start_tls=True if server.password and not server.tls else None,
        username=server.username,
        password=server.password,
        timeout=STEP_TIMEOUT,
    )
    try:
        async with client:
            yield client
    except OSError as error:  # aiosmtplib's own for a lost or refused connection are among them
        raise UpstreamUnavailable(f"the mail server {server.host} does not answer: {error}") from error
    except aiosmtplib.SMTPResponseException as error:
        raise (_unavailable(error) if error.code in TRANSIENT else error) from error


def _recipient_error(refused: aiosmtplib.SMTPRecipientRefused) -> Exception:
    return _unavailable(refused) if refused.code in TRANSIENT else Undeliverable(_reply(refused))


def _unavailable(error: aiosmtplib.SMTPResponseException) -> UpstreamUnavailable:
    return UpstreamUnavailable(f"the mail server asks to wait: {_reply(error)}")


def _reply(error: aiosmtplib.SMTPResponseException) -> str:
    return f"{error.code} {error.message}"
