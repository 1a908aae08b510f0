"""The options of the request form's menus: apps, and the accesses of an app."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from blocks import kit
from blocks.kit import Option
from blocks.kit.text import day_words
from models.catalogue.search import AppEntry, AppIndex
from models.catalogue.spec import AccessSpec, AppSpec
from models.queries.already_held import AccessMark
from models.tables.states import GrantState, RequestState

MAX_OPTIONS = 100
"""The most options that Slack shows in a menu."""


def app_option(app: AppSpec) -> Option:
    """An app as an option, with its category and risk."""
    return kit.option(app.name, app.key, " · ".join(filter(None, (app.category, f"{app.risk} risk"))))


def access_option(access: AccessSpec, mark: str = "") -> Option:
    """An access as an option, with whether it is held or requested already (`mark`), and its description."""
    return kit.option(access.name, access.key, " · ".join(filter(None, (mark, access.description))))


def access_options(
    app: AppSpec, query: str, marks: Mapping[str, AccessMark], now: datetime, zone: str, *, own: bool = True
) -> list[Option]:
    """The accesses of an app that match the query, best first; an empty query gives the catalogue's order.

    Times are in `zone`. `own`: the marks are about the viewer, not about another beneficiary.
    """
    texts = {key: _mark_text(mark, _local(now, zone), own=own) for key, mark in marks.items()}
    matches = _matching(app, query)[:MAX_OPTIONS]
    return [access_option(access, texts.get(access.key, "")) for access in matches]


def open_accesses(app: AppSpec) -> list[AccessSpec]:
    """The accesses of an app that may be requested."""
    return [access for access in app.access if access.enabled]


def _matching(app: AppSpec, query: str) -> list[AccessSpec]:
    accesses = open_accesses(app)
    if not query.strip():
        return accesses
    by_key = {access.key: access for access in accesses}
    return [by_key[entry.key] for entry in AppIndex(_entries(accesses)).search(query, limit=MAX_OPTIONS)]


def _entries(accesses: Iterable[AccessSpec]) -> Iterable[AppEntry]:
    # An access is looked for as an app is, so that both menus answer alike.
    return (
        AppEntry(access.key, access.name, access.description, kinds=frozenset((access.kind,)))
        for access in accesses
    )


def _mark_text(mark: AccessMark, now: datetime, *, own: bool) -> str:
    """What stands beside an access; times are in the zone of `now`."""
    if mark.state is RequestState.PENDING:
        return f"Requested ({mark.ref})"
    if mark.state is GrantState.SCHEDULED:
        return "Scheduled"
    if mark.state is GrantState.GRANTING:
        return "Being set up"
    until = f" until {_local_time(mark.ends_at, now)}" if mark.ends_at else ""
    return f"{'You' if own else 'They'} have this{until}"


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # a zone that this machine does not know
        return at.astimezone(UTC)


def _local_time(at: datetime, now: datetime) -> str:
    local = at.astimezone(now.tzinfo)
    suffix = " UTC" if local.tzinfo is UTC else ""
    return f"{day_words(local.date(), now.date())} {local:%H:%M}{suffix}"
