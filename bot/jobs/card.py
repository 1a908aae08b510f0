"""The job `card`: brings a copy of a card up to date (a person's or a channel's), or posts it at first."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog

from blocks.cards import Story, draw
from blocks.kit import Message
from bot.jobs import posts
from bot.jobs.mailing import Mailing
from bot.later import Away
from bot.slack import Gateway, Gone
from bot.together import Together
from bot.worker import Result
from models.jobs import Work
from models.lifecycle import redraw
from models.lifecycle.request import asked_people
from models.queries import stories
from models.queries.admin_stories import change_story, pause_story
from models.queries.stories import GrantStory, RequestStory
from models.registry import company_words
from models.registry.company_words import NONE, OwnWords
from models.store.base import JOB, Store
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import Card

log = structlog.stdlib.get_logger(__name__)

READ: dict[str, Callable[[Case, str], Story]] = {
    "AR": stories.request_story,
    "GR": stories.grant_story,
    "TK": stories.task_story,
    "CH": change_story,
    "PS": pause_story,
}
"""How the story that a card is about is read, by the first letters of its reference."""


@dataclass(frozen=True)
class Drawn:
    """A card with what it should show."""

    card: Card
    story: Story
    message: Message
    digest: str

    @property
    def shown(self) -> bool:
        """Whether nothing has to be done."""
        return self.card.gone or (bool(self.card.ts) and self.card.digest == self.digest)


class CardJob:
    """Posts and redraws cards."""

    def __init__(self, store: Store, gateway: Gateway, mailing: Mailing) -> None:
        self._store, self._gateway, self._mailing = store, gateway, mailing
        # The copies of one card are redrawn together, and tell the same story.
        self._drawn = Together[int, Drawn](lambda ids: store.read(lambda case: read_cards(case, ids)))

    async def run(self, work: Work) -> Result:
        """Carry out one job; its payload is {"card": id}."""
        drawn = await self._drawn.get(work.payload["card"])
        if drawn.shown:
            return lambda out: self._left(out, drawn)
        try:
            channel, ts = await self._show(drawn, tried=work.attempts > 1)
        except Gone:
            return lambda out: self._gone(out, drawn)
        except Away:
            await self._away(drawn)
            raise
        return lambda out: self._noted(out, drawn, channel, ts)

    async def _show(self, drawn: Drawn, *, tried: bool) -> tuple[str, str]:
        """Post or change the message; returns where it lies."""
        card, metadata = drawn.card, posts.card_mark(drawn.card)
        place = (card.channel, card.ts) if card.ts else None
        if place is None and tried:  # an earlier run may have posted it without hearing so
            place = await posts.lost(self._gateway, card.target, metadata, card.created_at)
        if place is not None:
            await self._gateway.call("chat.update", channel=place[0], ts=place[1], **drawn.message)
            return place
        answer = await posts.post(self._gateway, card.target, drawn.message, metadata)
        return str(answer["channel"]), str(answer["ts"])

    def _noted(self, out: Outcome, drawn: Drawn, channel: str, ts: str) -> None:
        card = drawn.card
        redraw.save_drawn(out, card.id, channel, ts, drawn.digest)
        company_words.note(out, own_of(drawn.story))
        self._mailing.shown(out, card, drawn.story, first=not card.ts)

    def _gone(self, out: Outcome, drawn: Drawn) -> None:
        card = out.change(drawn.card, gone=True)
        if card.place:
            log.warning("a channel cannot be used", channel=card.place, about=card.about)
            asked_people.leave_channel(out, card.about, card.place)
        self._mailing.unreachable(out, card, drawn.story)

    def _left(self, out: Outcome, drawn: Drawn) -> None:
        """Nothing is to be done in Slack; whom it does not reach may have to hear by e-mail."""
        if drawn.card.gone:
            self._mailing.unreachable(out, drawn.card, drawn.story)

    async def _away(self, drawn: Drawn) -> None:
        if self._mailing.on:
            card, story = drawn.card, drawn.story
            await self._store.run(self._mailing.away, card, story, priority=JOB)


def own_of(story: Story) -> OwnWords:
    """The company's own words that a story was drawn with."""
    return story.own if isinstance(story, RequestStory | GrantStory) else NONE


def read_cards(case: Case, ids: Sequence[int]) -> dict[int, Drawn]:
    """These cards by their ids, and what each should show now."""
    case.hand(Card, ids)
    stories: dict[str, Story] = {}
    return {card_id: _drawn(case, case.get_one(Card, card_id), stories) for card_id in ids}


def read_card(case: Case, card_id: int) -> Drawn:
    """One of them."""
    return read_cards(case, [card_id])[card_id]


def _drawn(case: Case, card: Card, stories: dict[str, Story]) -> Drawn:
    if card.about not in stories:
        stories[card.about] = READ[card.about[:2]](case, card.about)
    story = stories[card.about]
    message = draw(card.kind, story, card.target)
    canonical = json.dumps(message, sort_keys=True, separators=(",", ":"))
    return Drawn(card, story, message, hashlib.sha256(canonical.encode()).hexdigest())
