"""The worker's jobs, one kind a file, and the table of them."""

from collections.abc import Mapping

from bot.connectors.base import Connector
from bot.email import Mailer
from bot.jobs import retire, settle
from bot.jobs.card import CardJob
from bot.jobs.groups import GroupsJob
from bot.jobs.home import HomeJob
from bot.jobs.mail import MailJob
from bot.jobs.mailing import Mailing
from bot.jobs.manager import ManagerJob
from bot.jobs.note import NoteJob
from bot.jobs.person import PersonJob
from bot.jobs.retire import RetireJob
from bot.jobs.say import SayJob
from bot.jobs.settle import SettleJob
from bot.jobs.tell import TellJob
from bot.jobs.witness import WitnessJob
from bot.metrics import Metrics
from bot.slack import Gateway
from bot.worker import Handler
from models.lifecycle.people import app_home
from models.store.base import Store


def handlers(
    store: Store,
    gateway: Gateway,
    connectors: Mapping[str, Connector],
    metrics: Metrics,
    mailer: Mailer | None,
) -> dict[str, Handler]:
    """What carries out each kind of job. Without a mailer nothing is sent by e-mail."""
    mailing = Mailing(on=mailer is not None)
    return {
        "card": Handler(CardJob(store, gateway, mailing).run, overtaken=retire.want),
        "groups": Handler(GroupsJob(store, gateway).run),
        "home": Handler(HomeJob(store, gateway).run, overtaken=app_home.publish_again),
        "mail": Handler(MailJob(store, gateway, mailer).run, patience=90),
        "manager": Handler(ManagerJob(store, gateway).run),
        "note": Handler(NoteJob(store, gateway).run, overtaken=retire.want),
        "person": Handler(PersonJob(store, gateway).run),
        "retire": Handler(RetireJob(store, gateway).run),
        "say": Handler(SayJob(store, gateway).run, overtaken=retire.want),
        "settle": Handler(
            SettleJob(store, connectors, metrics).run, patience=settle.PATIENCE + 20, large=True
        ),
        "tell": Handler(TellJob(store, gateway).run, overtaken=retire.want),
        "witness": Handler(WitnessJob(store, gateway, mailer).run, patience=90),
    }
