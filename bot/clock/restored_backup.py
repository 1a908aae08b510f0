"""Detect a restored backup: Slack shows cards that the database does not know.

Each card carries its number in its metadata. One that lies in a conversation and that the database has never
counted to was posted after the backup was made. Looked for where the latest cards lie, and with those whose
access ends first, since it is they who may have been given more time.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select

from bot.errors import RetryAfter, UpstreamUnavailable
from bot.slack.clock import CLOCK_SKEW
from bot.slack.gateway import Answer, Gateway, Refused
from models.lifecycle import mass_revocation
from models.store.base import Store
from models.store.case import Case
from models.tables.cards import Card
from models.tables.grants import Grant
from models.tables.pauses import PauseKind
from models.tables.states import GrantState

log = structlog.stdlib.get_logger(__name__)

MAX_CHANNELS = 15
"""So many conversations are looked at, of each of the two kinds."""
MIN_GAP = timedelta(minutes=5)
"""Between a backup and its restoration Keyturn is stopped for longer than this."""

_NEWEST = select(func.coalesce(func.max(Card.id), 0))
_LATEST = (
    select(Card.channel)
    .where(Card.channel != "")
    .group_by(Card.channel)
    .order_by(func.max(Card.id).desc())
    .limit(MAX_CHANNELS)
)
_ENDING = (
    select(Card.channel)
    .join(Grant, Grant.person_id == Card.person_id)
    .where(Card.channel != "", Grant.state == GrantState.ACTIVE, Grant.due_at.is_not(None))
    .group_by(Card.channel)
    .order_by(func.min(Grant.due_at))
    .limit(MAX_CHANNELS)
)


class RestoredBackupCheck:
    """Pauses what would end at the start where the database is a backup, until an admin has decided."""

    def __init__(self, store: Store, gateway: Gateway, last_seen: datetime | None, *, always: bool) -> None:
        """`last_seen` is when a bot last worked on the database; `always`: it is known to be a backup."""
        self._store, self._gateway, self._last_seen, self._always = store, gateway, last_seen, always

    async def run(self) -> None:
        """Begin a pause where the database is a backup. To be done before anything is revoked."""
        since, now = self._last_seen, self._store.clock.now()
        if since is None:
            return
        was_stopped = now - since >= MIN_GAP
        if self._always or (was_stopped and await is_behind_slack(self._store, self._gateway, since)):
            await self._store.run(mass_revocation.open_pause, PauseKind.RESTORED, since, now)


async def is_behind_slack(store: Store, gateway: Gateway, since: datetime) -> bool:
    """Whether a card was posted `since` then that this database knows nothing of."""
    newest, channels = await store.read(_read_targets)
    oldest = f"{(since - CLOCK_SKEW).timestamp():.6f}"
    for channel in channels:
        try:
            answer = await gateway.call(
                "conversations.history",
                channel=channel, oldest=oldest, limit=200, include_all_metadata=True,
            )  # fmt: skip
        except Refused:  # that one is closed; there are others
            continue
        except (UpstreamUnavailable, RetryAfter) as error:
            log.warning("cannot look whether this database is a restored backup", why=str(error))
            return False
        if any(card_id > newest for card_id in _card_ids(answer)):
            log.warning("Slack shows cards that this database does not know", channel=channel)
            return True
    return False


def _read_targets(case: Case) -> tuple[int, list[str]]:
    """The number of the newest card, and the conversations to look at."""
    (newest,) = case.read(_NEWEST)
    return newest, list(dict.fromkeys([*case.read(_LATEST), *case.read(_ENDING)]))


def _card_ids(answer: Answer) -> list[int]:
    metadata = [message.get("metadata") or {} for message in answer.get("messages", ())]
    return [
        int(each["event_payload"]["card"]) for each in metadata if each.get("event_type") == "keyturn_card"
    ]
