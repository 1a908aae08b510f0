"""What the sandbox shows beside Slack: the audit trail, and the e-mail that went out."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from bot.sandbox.browser import Panel, Table
from bot.sandbox.mailbox import Mail
from bot.sandbox.running_company import Town
from bot.words import counted
from models import audit
from models.audit import AuditEntry
from models.store.case import Case

SHOWN = 200
_LATEST = select(AuditEntry).order_by(AuditEntry.seq.desc()).limit(SHOWN)


def panels(town: Town) -> tuple[Panel, ...]:
    """The panels for "What really happened"."""

    async def trail() -> Table:
        names = {each.id: each.real_name for each in town.slack.workspace.users.values()}
        return await town.bot.store.read(lambda case: _trail(case, names))

    async def email() -> Table:
        return _email(town.mailbox.mails)

    return (Panel("Audit trail", trail), Panel("E-mail", email))


def _trail(case: Case, names: Mapping[str, str]) -> Table:
    """The last entries, newest first, and what `keyturn audit verify` would say."""
    columns = ("No.", "Time (UTC)", "Who", "What", "Which", "App", "For", "More")
    entries = audit.joined(case, case.read(_LATEST))
    return Table(columns, [_row(each, names) for each in entries], _verdict(case))


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
    """The last ones, newest first."""
    rows = [(each.date, each.to, each.subject, each.text) for each in reversed(mails[-SHOWN:])]
    note = (
        ""
        if rows
        else "No e-mail yet. It goes out where Slack does not reach somebody, or an app wants copies."
    )
    return Table(("Time", "To", "Subject", "Text"), rows, note)


def _verdict(case: Case) -> str:
    found = audit.verify(case)
    if found.fault:
        return f"The chain is broken: {found.fault}."
    return f"The chain is whole: {counted(found.entries, 'entry', 'entries')}."
