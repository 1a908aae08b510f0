"""The people and user groups that configuration and catalogue name: whether they are there and can act."""

from collections.abc import AsyncIterator

from bot.check import references
from bot.check.context import Bench
from bot.check.lookup import Lookup
from bot.check.result import Finding, bad, note, ok
from bot.plural import counted
from models.catalogue.mentions import mentions
from models.catalogue.spec import PersonRef

MISSING = "doesn't exist in Slack"


async def admins(bench: Bench) -> AsyncIterator[Finding]:
    """Whether somebody can configure Keyturn."""
    configured = tuple(bench.config.slack.admins)
    if not configured and not bench.admins:
        yield bad("Admins", "Keyturn has no workspace admin. Add member IDs to [slack] admins")
        return
    lookup, names = Lookup(bench.slack), []
    for one in dict.fromkeys((*configured, *bench.admins)):
        person = await lookup.person(PersonRef(id=one))
        if person is not None and not (problem := references.cannot(person)):
            names.append(person.name)
            continue
        where = "Correct [slack] admins" if one in configured else "Your Slack admins may know more"
        yield bad("Admins", f"{one} {problem if person else MISSING}. {where}")
    if names:
        yield ok("Admins", ", ".join(names))


async def people(bench: Bench) -> AsyncIterator[Finding]:
    """Whether everybody whom the catalogue names is there and can decide."""
    found = await references.people(bench.slack, mentions(bench.apps or (), bench.parts))
    for one in found:
        if one.problem:
            yield bad("People", f"{one.who}, {one.problem}. {one.mend}")
    there = sum(not one.problem for one in found)
    yield ok("People", f"{counted(there, 'person', 'people')} ready")


async def groups(bench: Bench) -> AsyncIterator[Finding]:
    """Whether the user groups of stages and conditions are there and in use."""
    found = await references.groups(bench.slack, mentions(bench.apps or (), bench.parts))
    if not found:
        yield ok("User groups", "none in the catalogue")
        return
    for one in found:
        if one.problem:
            yield bad("User groups", f"{one.who}, {one.problem}. {one.mend}")
        elif one.empty:
            yield note("User groups", f"{one.who}, is empty")
    there = sum(not one.problem for one in found)
    yield ok("User groups", f"{counted(there, 'group')} ready")
