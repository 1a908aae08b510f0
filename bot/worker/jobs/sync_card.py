"""The job `card`: brings a copy of a card up to date (a person's or a channel's), or posts it at first."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import structlog

from blocks.cards import Story, draw
from blocks.kit import Message
from bot.errors import UpstreamUnavailable
from bot.slack.gateway import Gateway, Gone
from bot.worker.jobs import post_once
from bot.worker.jobs.email_rules import EmailRules
from bot.worker.runner import Result
from models.jobs import Work
from models.lifecycle import redraw
from models.lifecycle.request import asked_people
from models.queries import stories
from models.queries.admin_stories import change_story, pause_story
from models.queries.stories import GrantStory, RequestStory
from models.registry import company_templates
from models.registry.company_templates import NO_TEMPLATES, CompanyTemplates
from models.store.base import JOB, Store, Unavailable
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.cards import Card

K = TypeVar("K")
V = TypeVar("V")


class ReadBatcher(Generic[K, V]):
    """Gathers keys until the event loop's next round, and reads them all.

    A read begins after everybody who gets a value of it has asked, so that no value is older than its `get`.
    """

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]]) -> None:
        self._read = read
        self._waiting: dict[K, asyncio.Future[V]] = {}
        self._reading: set[asyncio.Task[None]] = set()

    async def get(self, key: K) -> V:
        """The value of this key. Raises what reading this key raises, and not what another's does."""
        if not self._waiting:
            reading = asyncio.create_task(self._read_next_round())
            self._reading.add(reading)
            reading.add_done_callback(self._reading.discard)
        future = self._waiting.setdefault(key, asyncio.get_running_loop().create_future())
        # A `get` that is cancelled does not take the value from the others.
        return await asyncio.shield(future)

    async def _read_next_round(self) -> None:
        await asyncio.sleep(0)
        waiting, self._waiting = self._waiting, {}
        await self._answer(waiting)

    async def _answer(self, waiting: "Mapping[K, asyncio.Future[V]]") -> None:
        try:
            read = await self._read(list(waiting))
            values = {key: read[key] for key in waiting}
        except Exception as error:  # noqa: BLE001 - whatever it was, each `get` has to raise it
            if len(waiting) == 1 or isinstance(error, Unavailable):
                _fail(waiting, error)
                return
            for key, future in waiting.items():  # one key's own error; the others get their values
                await self._answer({key: future})
        else:
            for key, future in waiting.items():
                future.set_result(values[key])


def _fail(waiting: "Mapping[K, asyncio.Future[V]]", error: Exception) -> None:
    for future in waiting.values():
        future.set_exception(error)
        future.exception()  # retrieved here, since the `get` may have been cancelled


log = structlog.stdlib.get_logger(__name__)

STORY_READERS: dict[str, Callable[[Case, str], Story]] = {
    "AR": stories.request_story,
    "GR": stories.grant_story,
    "TK": stories.task_story,
    "CH": change_story,
    "PS": pause_story,
}
"""How the story that a card is about is read, by the first letters of its reference."""


@dataclass(frozen=True)
class CardContent:
    """A card with what it should show."""

    card: Card
    story: Story
    message: Message
    digest: str

    @property
    def up_to_date(self) -> bool:
        """Whether nothing has to be done in Slack."""
        return self.card.gone or (bool(self.card.ts) and self.card.digest == self.digest)


class SyncCardJob:
    """Posts and updates cards."""

    def __init__(self, store: Store, gateway: Gateway, email: EmailRules) -> None:
        self._store, self._gateway, self._email = store, gateway, email
        # The copies of one card are updated together, and tell the same story.
        self._contents = ReadBatcher[int, CardContent](
            lambda ids: store.read(lambda case: read_cards(case, ids))
        )

    async def run(self, work: Work) -> Result:
        """Carry out one; payload: {"card": id}.

        What else `Gateway.call` raises is raised here too, but not Gone.

        Raises:
            UpstreamUnavailable: Slack does not answer; an e-mail is considered first.
        """
        content = await self._contents.get(work.payload["card"])
        if content.up_to_date:
            return lambda out: self._save_unchanged(out, content)
        try:
            channel, ts = await self._post_or_update(content, tried=work.attempts > 1)
        except Gone:
            return lambda out: self._save_unreachable(out, content)
        except UpstreamUnavailable:
            await self._consider_email(content)
            raise
        return lambda out: self._save_posted(out, content, channel, ts)

    async def _post_or_update(self, content: CardContent, *, tried: bool) -> tuple[str, str]:
        """Post or update the message; returns channel and ts of where it lies."""
        card, metadata = content.card, post_once.card_metadata(content.card)
        place = (card.channel, card.ts) if card.ts else None
        if place is None and tried:  # an earlier run may have posted it without hearing so
            place = await post_once.find_lost_post(self._gateway, card.target, metadata, card.created_at)
        if place is not None:
            await self._gateway.call("chat.update", channel=place[0], ts=place[1], **content.message)
            return place
        answer = await post_once.post(self._gateway, card.target, content.message, metadata)
        return str(answer["channel"]), str(answer["ts"])

    def _save_posted(self, out: Outcome, content: CardContent, channel: str, ts: str) -> None:
        card = content.card
        redraw.save_drawn(out, card.id, channel, ts, content.digest)
        company_templates.record_failures(out, custom_wording(content.story))
        self._email.after_post(out, card, content.story, first=not card.ts)

    def _save_unreachable(self, out: Outcome, content: CardContent) -> None:
        if out.case.get_one(Card, content.card.id).ts != content.card.ts:
            return  # it was found deleted meanwhile, and is posted again
        card = out.change(content.card, gone=True)
        if card.place:
            log.warning("a channel cannot be used", channel=card.place, about=card.about)
            asked_people.leave_channel(out, card.about, card.place)
        self._email.unreachable(out, card, content.story)

    def _save_unchanged(self, out: Outcome, content: CardContent) -> None:
        """Nothing is to be done in Slack; whom it does not reach may have to hear by e-mail."""
        if content.card.gone:
            self._email.unreachable(out, content.card, content.story)

    async def _consider_email(self, content: CardContent) -> None:
        if self._email.enabled:
            card, story = content.card, content.story
            await self._store.run(self._email.slack_unavailable, card, story, priority=JOB)


def custom_wording(story: Story) -> CompanyTemplates:
    """The company's own wording that a story was drawn with."""
    return story.own if isinstance(story, RequestStory | GrantStory) else NO_TEMPLATES


def read_cards(case: Case, ids: Sequence[int]) -> dict[int, CardContent]:
    """These cards by their ids, with what each should show now."""
    case.hand(Card, ids)
    stories: dict[str, Story] = {}
    return {card_id: _content(case, case.get_one(Card, card_id), stories) for card_id in ids}


def read_card(case: Case, card_id: int) -> CardContent:
    """One card, with what it should show now."""
    return read_cards(case, [card_id])[card_id]


def _content(case: Case, card: Card, stories: dict[str, Story]) -> CardContent:
    """Draw a card; `stories` are those read so far, by reference."""
    if card.about not in stories:
        stories[card.about] = STORY_READERS[card.about[:2]](case, card.about)
    message = draw(card.kind, stories[card.about], card.target)
    return CardContent(card, stories[card.about], message, post_once.digest_of(message))
