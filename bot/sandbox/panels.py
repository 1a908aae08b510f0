"""The panels that the sandbox adds to the page: the audit trail, and the e-mail sent."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bot.plural import plural
from bot.sandbox.browser import Panel, Table
from bot.sandbox.mailbox import Mail
from bot.sandbox.running_company import RunningCompany
from models import audit
from models.audit import AuditEntry
from models.store.case import Case

MAX_ROWS = 200
_LATEST = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(MAX_ROWS)


def panels(running: RunningCompany) -> tuple[Panel, ...]:
    """The sandbox's panels."""

    async def trail() -> Table:
        names = {user.id: user.real_name for user in running.slack.workspace.users.values()}
        return await running.bot.store.read(lambda case: _trail(case, names))

    async def email() -> Table:
        return _email(running.mailbox.mails)

    return (Panel("Audit trail", trail), Panel("E-mail", email))


def _trail(case: Case, names: Mapping[str, str]) -> Table:
    """The last entries, newest first, and the result of `keyturn audit verify`."""
    columns = ("No.", "Time (UTC)", "Who", "What", "Which", "App", "For", "More")
    entries = audit.with_texts(case, case.read(_LATEST))
    return Table(columns, [_row(entry, names) for entry in entries], _verification(case))


def _row(entry: AuditEntry, names: Mapping[str, str]) -> tuple[object, ...]:
    return (
        entry.seq,
        entry.at.strftime("%Y-%m-%d %H:%M:%S"),
        names.get(entry.actor, entry.actor),
        entry.action,
        entry.subject,
        entry.app,
        names.get(entry.person, entry.person),
        json.dumps(entry.data, ensure_ascii=False) if entry.data else "",
    )


def _email(mails: Sequence[Mail]) -> Table:
    """The last e-mails, newest first."""
    rows = [(mail.date, mail.to, mail.subject, mail.text) for mail in reversed(mails[-MAX_ROWS:])]
    note = (
        ""
        if rows
        else "No e-mail yet. It goes out where Slack does not reach somebody, or an app wants copies."
    )
    return Table(("Time", "To", "Subject", "Text"), rows, note)


def _verification(case: Case) -> str:
    result = audit.verify(case)
    if result.fault:
        return f"The chain is broken: {result.fault}."
    return f"The chain is whole: {plural(result.entries, 'entry', 'entries')}."
