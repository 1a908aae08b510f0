"""The job `witness`: sends the second witness what was signed of the audit trail, in Slack or by e-mail."""

import zlib

from blocks.cards import thread_replies
from blocks.mail import Letter
from bot.email import Mailer
from bot.errors import Failure
from bot.slack.gateway import Gateway
from bot.worker.jobs import post_once
from models.jobs import Work
from models.store.base import Store

SUBJECT = "Keyturn's audit trail"


class NotifyWitnessJob:
    """Notifies the second witness."""

    def __init__(self, store: Store, gateway: Gateway, mailer: Mailer | None) -> None:
        self._store, self._gateway, self._mailer = store, gateway, mailer

    async def run(self, work: Work) -> None:
        """Carry out one; payload: {"text": plain} and either {"channel": id} or {"email": address}.

        A witness who is not there has the job parked before the admins, since silence would look as if all
        were well.

        Raises:
            Gone: There is no such channel.
            Refused: Slack does not take the message.
            Undeliverable: There is no such address.
            Failure: There is no [email].
        """
        if "email" in work.payload:
            await self._mail(work)
        else:
            await self._post(work)

    async def _post(self, work: Work) -> None:
        metadata = post_once.message_metadata("keyturn_witness", {"witness": zlib.crc32(work.key.encode())})
        message = thread_replies.sentence_reply(str(work.payload["text"]))
        await post_once.post(self._gateway, str(work.payload["channel"]), message, metadata)

    async def _mail(self, work: Work) -> None:
        if self._mailer is None:
            raise Failure("There is no [email] any more to tell the second witness by.")
        letter, now = Letter(SUBJECT, f"{work.payload['text']}\n"), self._store.clock.now()
        ident = f"keyturn.witness.{zlib.crc32(work.key.encode())}.{now:%Y%m%d}"
        await self._mailer.send(str(work.payload["email"]), letter, ident=ident, at=now)
