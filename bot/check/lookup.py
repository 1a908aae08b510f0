"""Look people up in Slack, many at once where many are needed."""

from collections.abc import Collection

from bot.slack.gateway import Gateway, Gone
from models.catalogue.spec import PersonRef
from models.catalogue.spec.references import address_key
from models.policy.facts import PersonFacts
from models.registry.directory import facts_of
from models.registry.slack_mapping import person_of

LIST_FROM = 50
"""From here on the list of everybody is fewer calls than one for each, at 1,000 people a page."""
PAGE = 1000


class Lookup:
    """Looks each person up in Slack once."""

    def __init__(self, slack: Gateway) -> None:
        self._slack = slack
        self._known: dict[str, PersonFacts] = {}
        self._listed = False

    async def prepare(self, refs: Collection[PersonRef]) -> None:
        """Announce who will be looked up."""
        if len(refs) >= LIST_FROM:
            await self._list_everybody()

    async def addresses(self) -> list[str]:
        """The e-mail addresses of everybody active."""
        await self._list_everybody()
        return [name for name in self._known if "@" in name]

    async def person(self, ref: PersonRef) -> PersonFacts | None:
        """The person, or None where Slack knows nobody by that; nobody deactivated is known by an address."""
        if (known := self._known.get(str(ref).casefold())) is not None:
            return known
        try:
            if ref.id:
                answer = await self._slack.call("users.info", user=ref.id)
            else:
                answer = await self._slack.call("users.lookupByEmail", email=ref.email)
        except Gone:
            return None
        return self._keep(facts_of(person_of(answer["user"])))

    async def _list_everybody(self) -> None:
        cursor, complete, self._listed = "", self._listed, True
        while not complete:
            answer = await self._slack.call("users.list", limit=PAGE, cursor=cursor)
            for user in answer["members"]:
                self._keep(facts_of(person_of(user)))
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            complete = not cursor

    def _keep(self, person: PersonFacts) -> PersonFacts:
        self._known[person.id.casefold()] = person
        if person.email and person.active:
            self._known[address_key(person.email)] = person
        return person
