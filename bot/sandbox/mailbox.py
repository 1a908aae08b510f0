"""A mail server on this machine that accepts every e-mail, forwards none, and lets them be read."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Mail:
    """An e-mail as its reader sees it; `to` is the recipient of the envelope, whatever the headers say."""

    to: str
    subject: str
    text: str
    date: str
    ident: str


class Mailbox:
    """All e-mail, oldest first. Belongs to one event loop."""

    def __init__(self, on_mail: Callable[[], None] = lambda: None) -> None:
        """`on_mail` is called after each e-mail."""
        self.mails: list[Mail] = []
        self.refuse: str | None = None
        """The answer that refuses each recipient ("550 No such user"), None to accept them."""
        self._on_mail, self._port = on_mail, 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """The address for `email.smtp` of a configuration; known once started."""
        return f"smtp://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen on any free port; on the same one when started again."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def load(self, path: Path) -> None:
        """Load the e-mails that an earlier run saved, if there are any."""
        if path.exists():
            self.mails = [Mail(**fields) for fields in json.loads(path.read_text("utf-8"))]

    def save(self, path: Path) -> None:
        """Save the e-mails for a later run."""
        path.write_text(json.dumps([asdict(mail) for mail in self.mails]), "utf-8")

    def _protocol(self) -> asyncio.BaseProtocol:
        return SMTP(self, hostname="localhost", ident="Keyturn sandbox", enable_SMTPUTF8=True)

    # aiosmtpd calls these by their names.

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        body = message.get_body(("plain",))
        text = body.get_content() if body else ""
        headers = {name: str(message[name] or "") for name in ("Subject", "Date", "Message-ID")}
        for to in envelope.rcpt_tos:
            self.mails.append(Mail(to, headers["Subject"], text, headers["Date"], headers["Message-ID"]))
        self._on_mail()
        return "250 OK"
