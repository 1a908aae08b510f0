"""The people and user groups that configuration and catalogue name: whether they are there and can act."""

from collections.abc import AsyncIterator

from bot.check import references
from bot.check.bench import Bench
from bot.check.finding import Finding, bad, note, ok
from bot.check.lookup import Lookup
from bot.words import counted
from models.catalogue.mentions import mentions
from models.catalogue.spec import PersonRef


async def admins(bench: Bench) -> AsyncIterator[Finding]:
    """Whether somebody can configure Keyturn."""
    configured = tuple(bench.config.slack.admins)
    if not configured and not bench.admins:
        yield bad("Admins", "nobody is a workspace admin of Keyturn. Put member ids into [slack] admins")
        return
    lookup, names = Lookup(bench.slack), []
    for one in dict.fromkeys((*configured, *bench.admins)):
        person = await lookup.person(PersonRef(id=one))
        if person is not None and not (problem := references.cannot(person)):
            names.append(person.name)
            continue
        where = (
            "Correct [slack] admins" if one in configured else "Slack's admins can say what became of them"
        )
        yield bad("Admins", f"{one} {problem if person else 'is nobody in Slack'}. {where}")
    if names:
        yield ok("Admins", ", ".join(names))


async def people(bench: Bench) -> AsyncIterator[Finding]:
    """Whether everybody whom the catalogue names is there and can decide."""
    found = await references.people(bench.slack, mentions(bench.apps or (), bench.parts))
    for one in found:
        if one.problem:
            yield bad("People", f"{one.who}, {one.problem}. {one.mend}")
    there = sum(not one.problem for one in found)
    yield ok("People", f"{counted(there, 'person', 'people')} of the catalogue can be asked")


async def groups(bench: Bench) -> AsyncIterator[Finding]:
    """Whether the user groups of stages and conditions are there and in use."""
    found = await references.groups(bench.slack, mentions(bench.apps or (), bench.parts))
    if not found:
        yield ok("User groups", "the catalogue names none")
        return
    for one in found:
        if one.problem:
            yield bad("User groups", f"{one.who}, {one.problem}. {one.mend}")
        elif one.empty:
            yield note("User groups", f"{one.who}, has nobody in it")
    there = sum(not one.problem for one in found)
    yield ok("User groups", f"{counted(there, 'group')} of the catalogue in use")
