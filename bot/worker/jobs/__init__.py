"""The worker's jobs, one kind a file, and the table of them."""

from collections.abc import Mapping

from bot.connectors.base import Connector
from bot.email import Mailer
from bot.metrics import Metrics
from bot.slack.gateway import Gateway
from bot.worker.jobs import apply_access, delete_duplicate_posts
from bot.worker.jobs.apply_access import SettleJob
from bot.worker.jobs.delete_duplicate_posts import RetireJob
from bot.worker.jobs.email_rules import Mailing
from bot.worker.jobs.notify_witness import WitnessJob
from bot.worker.jobs.post_comment import SayJob
from bot.worker.jobs.post_duration_change import NoteJob
from bot.worker.jobs.post_message import TellJob
from bot.worker.jobs.send_email import MailJob
from bot.worker.jobs.sync_card import CardJob
from bot.worker.jobs.sync_home import HomeJob
from bot.worker.jobs.sync_manager import ManagerJob
from bot.worker.jobs.sync_person import PersonJob
from bot.worker.jobs.sync_usergroups import GroupsJob
from bot.worker.worker import Handler
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
        "card": Handler(CardJob(store, gateway, mailing).run, overtaken=delete_duplicate_posts.want),
        "groups": Handler(GroupsJob(store, gateway).run),
        "home": Handler(HomeJob(store, gateway).run, overtaken=app_home.publish_again),
        "mail": Handler(MailJob(store, gateway, mailer).run, patience=90),
        "manager": Handler(ManagerJob(store, gateway).run),
        "note": Handler(NoteJob(store, gateway).run, overtaken=delete_duplicate_posts.want),
        "person": Handler(PersonJob(store, gateway).run),
        "retire": Handler(RetireJob(store, gateway).run),
        "say": Handler(SayJob(store, gateway).run, overtaken=delete_duplicate_posts.want),
        "settle": Handler(
            SettleJob(store, connectors, metrics).run, patience=apply_access.PATIENCE + 20, large=True
        ),
        "tell": Handler(TellJob(store, gateway).run, overtaken=delete_duplicate_posts.want),
        "witness": Handler(WitnessJob(store, gateway, mailer).run, patience=90),
    }
