"""Check the addresses in a configuration. Each check raises ValueError with what would be right."""

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

SQLITE, POSTGRES = "sqlite+aiosqlite", "postgresql+asyncpg"
DATABASE_FORMAT = f'should start with "{SQLITE}:///" or "{POSTGRES}://"'
SMTP_FORMAT = (
    'should look like "smtp://user:password@mail.example.com:587", or smtps:// for TLS from the start'
)
# RFC 6409 (submission) and RFC 8314 (submission over TLS).
SMTP_PORTS = {"smtp": 587, "smtps": 465}


@dataclass(frozen=True)
class SmtpServer:
    """Where e-mail goes out. With `tls` the connection starts encrypted; without, by STARTTLS."""

    host: str
    port: int
    tls: bool
    username: str | None = None
    password: str | None = field(default=None, repr=False)


def split_url(text: str, message: str) -> SplitResult:
    """The parts of a URL.

    Raises:
        ValueError: The URL has no host, or a blank or control character; with this message.
    """
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(message) from None
    if not parts.hostname or port == 0 or re.search(r"[\s\x00-\x1f\x7f]", text):
        raise ValueError(message)
    return parts


def check_api_url(text: str) -> str:
    """Check the URL of Slack's Web API; method names are appended to it.

    Raises:
        ValueError: It is no http(s) URL with a slash at its end.
    """
    message = 'should look like "https://slack.com/api/", with the slash at the end'
    parts = split_url(text, message)
    plain = not parts.query and not parts.fragment
    if parts.scheme not in ("http", "https") or not parts.path.endswith("/") or not plain:
        raise ValueError(message)
    return text


def check_public_url(text: str) -> str:
    """Check the URL where Slack reaches Keyturn from outside.

    Raises:
        ValueError: It is no https URL, or has a query or a fragment.
    """
    message = 'should look like "https://keyturn.example.com"'
    parts = split_url(text, message)
    if parts.scheme != "https" or parts.query or parts.fragment:
        raise ValueError(message)
    return text


def check_database_url(text: str) -> URL:
    """Check the URL of a SQLite file or a PostgreSQL database, with Keyturn's driver.

    Raises:
        ValueError: It is no such URL, or names no database.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError(DATABASE_FORMAT) from None
    if url.drivername not in (SQLITE, POSTGRES):
        raise ValueError(DATABASE_FORMAT)
    if not url.database or (url.drivername == SQLITE and url.host):
        raise ValueError(f'should name a database: "{SQLITE}:///keyturn.db" or "{POSTGRES}://host/keyturn"')
    if url.database.startswith(":memory:"):
        raise ValueError("should name a file; what is kept in memory is gone at the next start")
    return url


def parse_smtp(text: str) -> SmtpServer:
    """The server that an smtp:// or smtps:// URL names. User and password are percent-decoded.

    Raises:
        ValueError: It is no such URL, or has more than a server and a login.
    """
    parts = split_url(text, SMTP_FORMAT)
    extra = parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in SMTP_PORTS or extra or not parts.hostname:
        raise ValueError(SMTP_FORMAT)
    return SmtpServer(
        host=parts.hostname,
        port=parts.port or SMTP_PORTS[parts.scheme],
        tls=parts.scheme == "smtps",
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
    )


def check_sender(text: str) -> str:
    """Check one address, with or without a name: `Keyturn <keyturn@example.com>`.

    Raises:
        ValueError: It is no such address.
    """
    address = parseaddr(text)[1]
    if not text.isprintable() or not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", address):
        raise ValueError('should be an e-mail address such as "keyturn@example.com"')
    return text
