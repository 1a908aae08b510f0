"""Check the people and user groups that configuration and catalogue name: there, and able to act."""

from collections.abc import AsyncIterator

from bot.check import references
from bot.check.context import CheckContext
from bot.check.lookup import Lookup
from bot.check.result import CheckResult, bad, note, ok
from bot.plural import plural
from models.catalogue.mentions import find_mentions
from models.catalogue.spec import PersonRef

MISSING = "doesn't exist in Slack"


async def admins(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether somebody can configure Keyturn."""
    configured = tuple(context.config.slack.admins)
    if not configured and not context.admins:
        yield bad("Admins", "Keyturn has no workspace admin. Add member IDs to [slack] admins")
        return
    lookup, names = Lookup(context.slack), []
    for admin in dict.fromkeys((*configured, *context.admins)):
        person = await lookup.person(PersonRef(id=admin))
        if person is not None and not (problem := references.why_unable(person)):
            names.append(person.name)
            continue
        where = "Correct [slack] admins" if admin in configured else "Your Slack admins may know more"
        yield bad("Admins", f"{admin} {problem if person else MISSING}. {where}")
    if names:
        yield ok("Admins", ", ".join(names))


async def people(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether everybody whom the catalogue names is there and can decide."""
    entries = await references.people(context.slack, find_mentions(context.apps or (), context.parts))
    for entry in entries:
        if entry.problem:
            yield bad("People", f"{entry.who}, {entry.problem}. {entry.fix}")
    usable = sum(not entry.problem for entry in entries)
    yield ok("People", f"{plural(usable, 'person', 'people')} ready")


async def groups(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether the user groups of stages and conditions are there and in use."""
    entries = await references.groups(context.slack, find_mentions(context.apps or (), context.parts))
    if not entries:
        yield ok("User groups", "none in the catalogue")
        return
    for entry in entries:
        if entry.problem:
            yield bad("User groups", f"{entry.who}, {entry.problem}. {entry.fix}")
        elif entry.empty:
            yield note("User groups", f"{entry.who}, is empty")
    usable = sum(not entry.problem for entry in entries)
    yield ok("User groups", f"{plural(usable, 'group')} ready")
