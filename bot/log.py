"""Logging: one line per event on standard error, the libraries' too, without secrets.

Lines are JSON, or meant for eyes where standard error is a terminal. Every module takes its logger by
`structlog.stdlib.get_logger(__name__)`. What holds for all lines of one delivery or job (`actor`, `delivery`,
`request`, `job`) is bound with `bound(...)` around it.
"""

import logging
import sys
from collections.abc import Iterable
from typing import TextIO

import structlog
from structlog.types import EventDict, Processor, WrappedLogger

from bot.redact import Redactor

# `with bound(actor="U0123"):` adds that to every line logged inside, in this task and those it starts.
bound = structlog.contextvars.bound_contextvars

# Libraries that report every call or tick at INFO.
QUIET = ("aiohttp.access", "apscheduler", "httpx")


def configure(
    secrets: Iterable[str] = (), *, stream: TextIO | None = None, level: int = logging.INFO
) -> Redactor:
    """Sends all logging to `stream` (standard error), hiding `secrets` and whatever looks like one.

    May be called again, as when the configuration has been read. Returns what hides the secrets, for other
    texts that leave the process.
    """
    stream, redactor = stream or sys.stderr, Redactor(secrets)
    handler = _Handler(stream)
    handler.setFormatter(_formatter(redactor, console=stream.isatty()))
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            *_common(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    return redactor


def _common() -> list[Processor]:
    """What every line gets, whoever logs it."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]


def _formatter(redactor: Redactor, *, console: bool) -> logging.Formatter:
    def without_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {redactor.text(key): redactor.value(value) for key, value in event.items()}

    plain = structlog.dev.plain_traceback
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_common(), structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            # To text here, since secrets are taken out of texts.
            structlog.processors.format_exc_info,
            without_secrets,
            structlog.dev.ConsoleRenderer(exception_formatter=plain)
            if console
            else structlog.processors.JSONRenderer(),
        ],
    )


class _Handler(logging.StreamHandler[TextIO]):
    """Logging's own answer to a line that cannot be formatted prints its arguments, secrets and all."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        self.stream.write(f"a line logged at {record.pathname}:{record.lineno} could not be written\n")
