"""The options of the request form's menus: apps, and the accesses of an app."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from blocks import kit
from blocks.kit import Option
from models.catalogue.search import AppEntry, AppIndex
from models.catalogue.spec import AccessSpec, AppSpec
from models.queries.already_held import AccessMark
from models.tables.states import GrantState, RequestState

MAX_OPTIONS = 100
"""The most options that Slack shows in a menu."""


def app_option(app: AppSpec) -> Option:
    """An app as an option, with its category and risk."""
    return kit.option(app.name, app.key, " · ".join(filter(None, (app.category, f"{app.risk} risk"))))


def access_option(
    access: AccessSpec, mark: AccessMark | None = None, zone: str = "UTC", *, own: bool = True
) -> Option:
    """An access as an option, with whether it is held or requested already, and its description.

    Times are in `zone`. `own`: the mark is about the viewer, not about another beneficiary.
    """
    parts = (_mark_text(mark, zone, own=own) if mark else "", access.description)
    return kit.option(access.name, access.key, " · ".join(filter(None, parts)))


def access_options(
    app: AppSpec, query: str, marks: Mapping[str, AccessMark], zone: str, *, own: bool = True
) -> list[Option]:
    """The accesses of an app that match the query, best first; an empty query gives the catalogue's order."""
    matches = _matching(app, query)[:MAX_OPTIONS]
    return [access_option(access, marks.get(access.key), zone, own=own) for access in matches]


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


def _mark_text(mark: AccessMark, zone: str, *, own: bool) -> str:
    if mark.state is RequestState.PENDING:
        return f"Asked for in {mark.ref}"
    if mark.state is GrantState.SCHEDULED:
        return f"Will be {'yours' if own else 'theirs'} soon"
    if mark.state is GrantState.GRANTING:
        return f"Being given to {'you' if own else 'them'} now"
    until = f" until {_local_time(mark.ends_at, zone)}" if mark.ends_at else ""
    return f"{'You' if own else 'They'} have this{until}"


def _local_time(at: datetime, zone: str) -> str:
    try:
        local = at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # a zone that this machine does not know
        local = at.astimezone(UTC)
    return local.strftime("%-d %b %Y %H:%M") + (" UTC" if local.tzinfo is UTC else "")
