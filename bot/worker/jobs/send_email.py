"""The job `mail`: sends one card as an e-mail to the person whose it is."""

from datetime import datetime

from blocks import mail
from bot.email import Mailer, Undeliverable, is_address
from bot.errors import RetryAfter, UpstreamUnavailable
from bot.slack.gateway import Gateway, Refused
from bot.worker.jobs.email_rules import REFUSED, SENT, EmailReason, app_of, was_sent
from bot.worker.jobs.sync_card import CardContent, read_card
from bot.worker.runner import Result
from models.jobs import Work
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import Card
from models.tables.people import Person


class SendEmailJob:
    """Sends e-mail; without a mailer what is left from before is dropped."""

    def __init__(self, store: Store, gateway: Gateway, mailer: Mailer | None) -> None:
        self._store, self._gateway, self._mailer = store, gateway, mailer

    async def run(self, work: Work) -> Result | None:
        """Carry out one; payload: {"card": id, "why": an EmailReason}.

        Raises:
            UpstreamUnavailable: The mail server does not answer, or not now.
        """
        due = await self._store.read(lambda case: _read_due(case, work))
        if self._mailer is None or due is None:
            return None
        content, person = due
        link = await self._permalink(content.card)
        ident, now = _ident(content.card), self._store.clock.now()
        letter = mail.render(content.message, mail.names_of(content.story), person.timezone, link, now)
        try:
            await self._mailer.send(person.email, letter, ident=ident, at=now)
        except Undeliverable as refusal:
            why = str(refusal)
            return lambda out: _record(out, work, content, REFUSED, error=why)
        return lambda out: _record(out, work, content, SENT)

    async def _permalink(self, card: Card) -> str | None:
        """Where the card lies in Slack; None where it does not, or Slack cannot say just now."""
        if not card.ts:
            return None
        try:
            answer = await self._gateway.call("chat.getPermalink", channel=card.channel, message_ts=card.ts)
        except (Refused, UpstreamUnavailable, RetryAfter):
            return None
        return str(answer["permalink"])


def _read_due(case: Case, work: Work) -> tuple[CardContent, Person] | None:
    """The card and its reader, if it still has something to tell somebody whom e-mail reaches."""
    content = read_card(case, work.payload["card"])
    card, person = content.card, case.get(Person, content.card.person_id)
    if person is None or not person.active or not is_address(person.email):
        return None
    # Slack came back meanwhile, and the person has seen it there.
    reached = work.payload["why"] == EmailReason.AWAY and content.up_to_date
    if reached or was_sent(case, card) or not mail.should_mail(card.kind, content.story, card.person_id):
        return None
    return content, person


def _ident(card: Card) -> str:
    """The local part of its Message-ID: equal for each try, different in each database."""
    return f"keyturn.card.{card.id}.{_milliseconds(card.created_at)}"


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _record(out: Outcome, work: Work, content: CardContent, action: str, **more: str) -> None:
    card, app = content.card, app_of(content.story)
    out.record(
        SYSTEM,
        action,
        card.about,
        app=app.key if app else "",
        person=card.person_id,
        card=card.id,
        what=card.kind,
        why=work.payload["why"],
        **more,
    )
