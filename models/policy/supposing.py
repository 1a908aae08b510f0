"""People and groups of whom nothing is known, supposed to be there: so that an example tests the rules alone.

A catalogue can be taken in before Keyturn has met a single person. Its owners and approvers are then taken to
exist; what is known of somebody always counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from models.catalogue.fields import MOST_PEOPLE
from models.catalogue.spec import Someone
from models.policy.facts import GroupFacts, PersonFacts, StandIn, Who

DESCRIBED = "the one who asks"
"""The id of the person whom an example describes. No id of Slack's has a space in it."""
MANAGER = "their manager"
COLLEAGUE = "a colleague"


@dataclass(frozen=True)
class Supposing:
    """A `Who` that knows what `who` knows, the described person, and supposes the rest."""

    who: Who
    described: PersonFacts | None = None
    groups: Sequence[str] = ()
    """What the described person is in, by id or by handle written with its @."""

    def person(self, person_id: str, /) -> PersonFacts | None:
        if self.described and person_id == self.described.id:
            return self.described
        return self.who.person(person_id) or PersonFacts(person_id, person_id)

    def missing(self, person_id: str, /) -> bool:
        return False

    def by_email(self, email: str, /) -> PersonFacts | None:
        return self.who.by_email(email) or PersonFacts(email, email, email)

    def look_up(self, person_ids: Iterable[str], /) -> None:
        self.who.look_up(person_ids)

    def group(self, ref: str, /) -> GroupFacts | None:
        group = self._group(ref)
        if self.described and group.id in {self._group(named).id for named in self.groups}:
            return replace(group, members=(*group.members, self.described.id))
        return group

    def admins(self) -> tuple[str, ...]:
        return self.who.admins()

    def stand_in(self, person_id: str, at: datetime, /) -> StandIn | None:
        return None  # an example is about the rules, not about who is on holiday today

    def _group(self, ref: str) -> GroupFacts:
        return self.who.group(ref) or GroupFacts(ref, ref.removeprefix("@"), members=_members(ref))


def _members(ref: str) -> tuple[str, ...]:
    """As many as any stage can want."""
    return tuple(f"member {number} of {ref}" for number in range(1, MOST_PEOPLE + 1))


def supposing(who: Who, someone: Someone) -> Supposing:
    """What is known, with the person whom an example describes among the people."""
    if someone.person:
        return Supposing(who)
    described = PersonFacts(
        id=DESCRIBED,
        name=str(someone),
        title=someone.title,
        department=someone.department,
        guest=someone.guest,
        contractor=someone.contractor,
        manager_id=MANAGER if someone.manager else None,
    )
    return Supposing(who, described, someone.groups or ())
