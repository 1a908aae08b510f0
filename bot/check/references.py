"""Whom a catalogue names, held against Slack: who is not there, or cannot act."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from bot.check.lookup import Lookup
from bot.slack.gateway import Gateway
from models.catalogue.mentions import Mention
from models.catalogue.spec import GroupRef, PersonRef
from models.policy.facts import PersonFacts

Ref = TypeVar("Ref", PersonRef, GroupRef)

DIRECTORY = "directory entry"
"""Where guests may be named: nothing is asked of them there."""


@dataclass(frozen=True)
class Found:
    """Somebody whom the catalogue names, and how it stands with them."""

    mentions: Sequence[Mention]
    problem: str = ""
    """"is deactivated"; empty where all is well."""
    meant: str = ""
    """Somebody of nearly that name, where nobody has this one."""
    empty: bool = False
    """A user group with nobody in it."""

    @property
    def who(self) -> str:
        """As the catalogue writes it, with where, as people say it."""
        places = list(dict.fromkeys(one.place for one in self.mentions))
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        return f"{self.mentions[0].ref}, {places[0]}{more}"

    @property
    def mend(self) -> str:
        """What to do."""
        return f"Did you mean “{self.meant}”?" if self.meant else "Correct the catalogue"


async def people(slack: Gateway, mentions: Iterable[Mention]) -> list[Found]:
    """Look every person up. Raises what the gateway raises."""
    named, lookup = _by_ref(PersonRef, mentions), Lookup(slack)
    await lookup.prepare(named)
    found = []
    for ref, some in named.items():
        person = await lookup.person(ref)
        if person is None:
            meant = _address(ref.email, await lookup.addresses()) if ref.email else ""
            found.append(Found(some, "isn't an active person in Slack", meant))
        else:
            found.append(Found(some, _problem(person, some)))
    return found


async def groups(slack: Gateway, mentions: Iterable[Mention]) -> list[Found]:
    """Look every user group up; what connectors fill is not here. Raises what the gateway raises."""
    named = _by_ref(GroupRef, mentions)
    if not named:
        return []
    answer = await slack.call("usergroups.list", include_disabled=True, include_count=True)
    there = {name: one for one in answer["usergroups"] for name in (one["id"], f"@{one['handle']}")}
    return [_group(str(ref), some, there) for ref, some in named.items()]


def cannot(person: PersonFacts) -> str:
    """Why somebody can decide nothing; empty where they can."""
    return person.barred or ("is a guest" if person.guest else "")


def _problem(person: PersonFacts, mentions: Sequence[Mention]) -> str:
    if all(one.place == DIRECTORY for one in mentions):
        return person.barred or ""
    return cannot(person)


def _group(name: str, mentions: Sequence[Mention], there: dict[str, Any]) -> Found:
    group = there.get(name)
    if group is None:
        handles = [one for one in there if one.startswith("@")]
        return Found(mentions, "isn't a user group in Slack", _nearest(name, handles))
    if group.get("date_delete"):
        return Found(mentions, "is disabled in Slack")
    return Found(mentions, empty=not int(group.get("user_count") or 0))


def _nearest(name: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.7)), "")


def _address(name: str, known: Iterable[str]) -> str:
    """The address that is mistyped before its @, or after it."""
    before, _, after = name.casefold().partition("@")
    parted = {one: one.partition("@") for one in known}
    colleagues = {local: one for one, (local, _, domain) in parted.items() if domain == after}
    elsewhere = {domain: one for one, (local, _, domain) in parted.items() if local == before}
    return colleagues.get(_nearest(before, colleagues)) or elsewhere.get(_nearest(after, elsewhere)) or ""


def _by_ref(kind: type[Ref], mentions: Iterable[Mention]) -> dict[Ref, list[Mention]]:
    found: dict[Ref, list[Mention]] = defaultdict(list)
    for one in mentions:
        if isinstance(one.ref, kind):
            found[one.ref].append(one)
    return found
