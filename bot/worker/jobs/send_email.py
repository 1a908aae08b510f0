"""The job `mail`: one card as an e-mail to the person whose it is."""

from datetime import datetime

from blocks import mail
from bot.email import Mailer, Undeliverable, is_address
from bot.errors import RetryAfter, UpstreamUnavailable
from bot.slack.gateway import Gateway, Refused
from bot.worker.jobs.email_rules import REFUSED, SENT, Why, app_of, mailed
from bot.worker.jobs.sync_card import Drawn, read_card
from bot.worker.worker import Result
from models.jobs import Work
from models.store.base import Store
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.cards import Card
from models.tables.people import Person


class MailJob:
    """Sends e-mail; without a mailer what is left from before is dropped."""

    def __init__(self, store: Store, gateway: Gateway, mailer: Mailer | None) -> None:
        self._store, self._gateway, self._mailer = store, gateway, mailer

    async def run(self, work: Work) -> Result | None:
        """Carry out one; its payload is {"card": id, "why": a Why}.

        Raises UpstreamUnavailable while the server does not answer.
        """
        found = await self._store.read(lambda case: _due(case, work))
        if self._mailer is None or found is None:
            return None
        drawn, person = found
        link = await self._link(drawn.card)
        letter = mail.render(drawn.message, mail.names_of(drawn.story), person.timezone, link)
        try:
            await self._mailer.send(
                person.email, letter, ident=_ident(drawn.card), at=self._store.clock.now()
            )
        except Undeliverable as refusal:
            why = str(refusal)
            return lambda out: _noted(out, work, drawn, REFUSED, error=why)
        return lambda out: _noted(out, work, drawn, SENT)

    async def _link(self, card: Card) -> str | None:
        """Where the card lies in Slack; None where it does not, or Slack cannot say just now."""
        if not card.ts:
            return None
        try:
            answer = await self._gateway.call("chat.getPermalink", channel=card.channel, message_ts=card.ts)
        except (Refused, UpstreamUnavailable, RetryAfter):
            return None
        return str(answer["permalink"])


def _due(case: Case, work: Work) -> tuple[Drawn, Person] | None:
    """The card and its reader, if it still has something to tell somebody whom e-mail reaches."""
    drawn = read_card(case, work.payload["card"])
    card, person = drawn.card, case.get(Person, drawn.card.person_id)
    if person is None or not person.active or not is_address(person.email):
        return None
    # Slack came back meanwhile, and the person has seen it there.
    reached = work.payload["why"] == Why.AWAY and drawn.shown
    if reached or mailed(case, card) or not mail.should_mail(card.kind, drawn.story, card.person_id):
        return None
    return drawn, person


def _ident(card: Card) -> str:
    """The same for each try, and another in each database."""
    return f"keyturn.card.{card.id}.{_stamp(card.created_at)}"


def _stamp(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _noted(out: Outcome, work: Work, drawn: Drawn, action: str, **more: str) -> None:
    card, app = drawn.card, app_of(drawn.story)
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
