"""Whether Slack shows more than the database knows: then the database is a backup that was restored.

Each card carries its number in its metadata. One that lies in a conversation and that the database has never
counted to was posted after the backup was made. Looked for where the latest cards lie, and with those whose
access ends first, since it is they who may have been given more time.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from bot.jobs.posts import CLOCKS_APART
from bot.later import Away, Later
from bot.slack import Answer, Gateway, Refused
from models.lifecycle import mass_revocation
from models.store.base import Store
from models.store.case import Case
from models.tables.cards import Card
from models.tables.grants import Grant
from models.tables.pauses import PauseKind
from models.tables.states import GrantState

log = structlog.stdlib.get_logger(__name__)

PLACES = 15
"""Conversations to look at, of each of the two kinds."""
LONG = timedelta(minutes=5)
"""Whoever restores a backup has stopped Keyturn for longer than this since it was made."""

_NEWEST = select(func.coalesce(func.max(Card.id), 0))
_LATEST = (
    select(Card.channel)
    .where(Card.channel != "")
    .group_by(Card.channel)
    .order_by(func.max(Card.id).desc())
    .limit(PLACES)
)
_ENDING = (
    select(Card.channel)
    .join(Grant, Grant.person_id == Card.person_id)
    .where(Card.channel != "", Grant.state == GrantState.ACTIVE, Grant.due_at.is_not(None))
    .group_by(Card.channel)
    .order_by(func.min(Grant.due_at))
    .limit(PLACES)
)


class Caution:
    """At start: is this the latest state of things? Where it is not, nothing is taken away unasked."""

    def __init__(self, store: Store, gateway: Gateway, seen: datetime | None, *, always: bool) -> None:
        """`seen` is when a bot last worked on the database; `always`: it is known to be a backup."""
        self._store, self._gateway, self._seen, self._always = store, gateway, seen, always

    async def look_back(self) -> None:
        """Begin a pause where the database is a backup. To be done before anything is taken away."""
        since, now = self._seen, self._store.clock.now()
        if since is None:
            return
        if self._always or (now - since >= LONG and await behind(self._store, self._gateway, since)):
            await self._store.run(mass_revocation.open_pause, PauseKind.RESTORED, since, now)


async def behind(store: Store, gateway: Gateway, since: datetime) -> bool:
    """Whether a card was posted `since` then that this database knows nothing of."""
    newest, channels = await store.read(_where)
    oldest = f"{(since - CLOCKS_APART).timestamp():.6f}"
    for channel in channels:
        try:
            answer = await gateway.call(
                "conversations.history",
                channel=channel, oldest=oldest, limit=200, include_all_metadata=True,
            )  # fmt: skip
        except Refused:  # that one is closed; there are others
            continue
        except (Away, Later) as error:
            log.warning("cannot look whether this database is a restored backup", why=str(error))
            return False
        if any(number > newest for number in _cards(answer)):
            log.warning("Slack shows cards that this database does not know", channel=channel)
            return True
    return False


def _where(case: Case) -> tuple[int, list[str]]:
    """The number of the newest card, and the conversations to look at."""
    (newest,) = case.read(_NEWEST)
    return newest, list(dict.fromkeys([*case.read(_LATEST), *case.read(_ENDING)]))


def _cards(answer: Answer) -> list[int]:
    marks = [one.get("metadata") or {} for one in answer.get("messages", ())]
    return [int(mark["event_payload"]["card"]) for mark in marks if mark.get("event_type") == "keyturn_card"]
