"""The people and user groups that configuration and catalogue name: whether they are there and can act."""

from collections.abc import AsyncIterator

from bot.check.bench import Bench
from bot.check.finding import Finding, bad, note, ok
from bot.check.lookup import Lookup
from bot.check.references import groups_named, people_named
from bot.words import counted
from models.catalogue.spec import PersonRef
from models.policy.facts import PersonFacts

CORRECT = "Correct the catalogue"


async def admins(bench: Bench) -> AsyncIterator[Finding]:
    """Whether somebody can configure Keyturn."""
    configured = tuple(bench.config.slack.admins)
    if not configured and not bench.admins:
        yield bad("Admins", "nobody is a workspace admin of Keyturn. Put member ids into [slack] admins")
        return
    lookup, names = Lookup(bench.slack), []
    for one in dict.fromkeys((*configured, *bench.admins)):
        person = await lookup.person(PersonRef(id=one))
        if person is not None and not (problem := _cannot(person)):
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
    places, lookup, there = people_named(bench.apps or ()), Lookup(bench.slack), 0
    await lookup.prepare(places)
    for ref, where in places.items():
        person = await lookup.person(ref)
        problem = "is nobody active in Slack" if person is None else _cannot(person)
        if problem:
            yield bad("People", f"{ref}, {_some(where)}, {problem}. {CORRECT}")
        else:
            there += 1
    yield ok("People", f"{counted(there, 'person', 'people')} of the catalogue can be asked")


async def groups(bench: Bench) -> AsyncIterator[Finding]:
    """Whether the user groups of stages and conditions are there and in use."""
    places = groups_named(bench.apps or ())
    if not places:
        yield ok("User groups", "the catalogue names none")
        return
    answer = await bench.slack.call("usergroups.list", include_disabled=True, include_count=True)
    found = {name: one for one in answer["usergroups"] for name in (one["id"], f"@{one['handle']}")}
    there = 0
    for ref, where in places.items():
        group = found.get(str(ref))
        if group is None or group.get("date_delete"):
            gone = "is no user group of Slack's" if group is None else "is switched off in Slack"
            yield bad("User groups", f"{ref}, {_some(where)}, {gone}. {CORRECT}")
        else:
            there += 1
            if not int(group.get("user_count") or 0):
                yield note("User groups", f"{ref}, {_some(where)}, has nobody in it")
    yield ok("User groups", f"{counted(there, 'group')} of the catalogue in use")


def _cannot(person: PersonFacts) -> str | None:
    return person.barred or ("is a guest" if person.guest else None)


def _some(places: list[str]) -> str:
    return places[0] + (f" and {len(places) - 1} more" if len(places) > 1 else "")
