"""A small mail server on this machine: it takes every e-mail and sends none on, so they can be read here."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email import message_from_bytes, policy
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Mail:
    """One e-mail, as its reader sees it. `to` is whom it was sent to, whatever its headers say."""

    to: str
    subject: str
    text: str
    date: str
    ident: str


class Mailbox:
    """Everybody's e-mail, oldest first. Belongs to one event loop."""

    def __init__(self, arrived: Callable[[], None] = lambda: None) -> None:
        """`arrived` is called after each e-mail."""
        self.mails: list[Mail] = []
        self.refuse: str | None = None
        """What is answered to each recipient instead of taking them ("550 No such user")."""
        self._arrived, self._port = arrived, 0
        self._server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        """As it stands in a configuration; known once started."""
        return f"smtp://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen: on any free port at first, on the same one when started again."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._speak, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Answer nobody any more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def load(self, path: Path) -> None:
        """Take what an earlier run kept, if it kept any."""
        if path.exists():
            self.mails = [Mail(**one) for one in json.loads(path.read_text("utf-8"))]

    def save(self, path: Path) -> None:
        """Keep it for a later run."""
        path.write_text(json.dumps([asdict(one) for one in self.mails]), "utf-8")

    def _speak(self) -> asyncio.BaseProtocol:
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
        found = {name: str(message[name] or "") for name in ("Subject", "Date", "Message-ID")}
        for to in envelope.rcpt_tos:
            self.mails.append(Mail(to, found["Subject"], text, found["Date"], found["Message-ID"]))
        self._arrived()
        return "250 OK"
