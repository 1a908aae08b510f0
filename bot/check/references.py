"""Compare the people and groups that a catalogue names with Slack: who is missing, or cannot act."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
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
"""Where guests may be named: they decide nothing there."""


@dataclass(frozen=True)
class ReferenceState:
    """A person or group that the catalogue names, with its state in Slack."""

    mentions: Sequence[Mention]
    problem: str = ""
    """"is deactivated"; empty where all is well."""
    suggestion: str = ""
    """Somebody of nearly that name, where nobody has this one."""
    empty: bool = False
    """A user group with nobody in it."""

    @property
    def who(self) -> str:
        """As the catalogue writes it, with the place: "U0ADA, approver of GitHub and 2 more"."""
        places = list(dict.fromkeys(mention.place for mention in self.mentions))
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        return f"{self.mentions[0].ref}, {places[0]}{more}"

    @property
    def fix(self) -> str:
        """How to fix the catalogue."""
        return f"Did you mean “{self.suggestion}”?" if self.suggestion else "Correct the catalogue"


async def people(slack: Gateway, mentions: Iterable[Mention]) -> list[ReferenceState]:
    """Look every person up. What the gateway raises is raised here."""
    by_ref, lookup = _by_ref(PersonRef, mentions), Lookup(slack)
    await lookup.prepare(by_ref)
    states = []
    for ref, of_ref in by_ref.items():
        person = await lookup.person(ref)
        if person is None:
            suggestion = _nearest_address(ref.email, await lookup.addresses()) if ref.email else ""
            states.append(ReferenceState(of_ref, "isn't an active person in Slack", suggestion))
        else:
            states.append(ReferenceState(of_ref, _problem(person, of_ref)))
    return states


async def groups(slack: Gateway, mentions: Iterable[Mention]) -> list[ReferenceState]:
    """Look every user group up; what connectors fill is not here. What the gateway raises is raised here."""
    by_ref = _by_ref(GroupRef, mentions)
    if not by_ref:
        return []
    answer = await slack.call("usergroups.list", include_disabled=True, include_count=True)
    in_slack = {
        name: group for group in answer["usergroups"] for name in (group["id"], f"@{group['handle']}")
    }
    return [_group_state(str(ref), of_ref, in_slack) for ref, of_ref in by_ref.items()]


def why_unable(person: PersonFacts) -> str:
    """Why somebody can decide nothing; empty where they can."""
    return person.barred or ("is a guest" if person.guest else "")


def _problem(person: PersonFacts, mentions: Sequence[Mention]) -> str:
    if all(mention.place == DIRECTORY for mention in mentions):
        return person.barred or ""
    return why_unable(person)


def _group_state(name: str, mentions: Sequence[Mention], in_slack: Mapping[str, Any]) -> ReferenceState:
    group = in_slack.get(name)
    if group is None:
        handles = [known for known in in_slack if known.startswith("@")]
        return ReferenceState(mentions, "isn't a user group in Slack", _nearest_name(name, handles))
    if group.get("date_delete"):
        return ReferenceState(mentions, "is disabled in Slack")
    return ReferenceState(mentions, empty=not int(group.get("user_count") or 0))


def _nearest_name(name: str, known: Iterable[str]) -> str:
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=0.7)), "")


def _nearest_address(name: str, known: Iterable[str]) -> str:
    """The address that is mistyped before its @, or after it."""
    before, _, after = name.casefold().partition("@")
    parts = {address: address.partition("@") for address in known}
    colleagues = {local: address for address, (local, _, domain) in parts.items() if domain == after}
    elsewhere = {domain: address for address, (local, _, domain) in parts.items() if local == before}
    nearest = colleagues.get(_nearest_name(before, colleagues))
    return nearest or elsewhere.get(_nearest_name(after, elsewhere)) or ""


def _by_ref(kind: type[Ref], mentions: Iterable[Mention]) -> dict[Ref, list[Mention]]:
    by_ref: dict[Ref, list[Mention]] = defaultdict(list)
    for mention in mentions:
        if isinstance(mention.ref, kind):
            by_ref[mention.ref].append(mention)
    return by_ref
