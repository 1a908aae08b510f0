"""The table of jobs: what carries out each kind, by the name that is stored with it."""

from collections.abc import Mapping

from bot.connectors.base import Connector
from bot.email import Mailer
from bot.metrics import Metrics
from bot.slack.gateway import Gateway
from bot.worker.jobs import apply_access, delete_duplicate_posts
from bot.worker.jobs.apply_access import ApplyAccessJob
from bot.worker.jobs.delete_duplicate_posts import DeleteDuplicatePostsJob
from bot.worker.jobs.email_rules import EmailRules
from bot.worker.jobs.notify_witness import NotifyWitnessJob
from bot.worker.jobs.post_message import PostMessageJob
from bot.worker.jobs.send_email import SendEmailJob
from bot.worker.jobs.sync_card import SyncCardJob
from bot.worker.jobs.sync_home import SyncHomeJob
from bot.worker.jobs.sync_people import SyncPeopleJob
from bot.worker.runner import Handler
from models.lifecycle.people import app_home
from models.store.base import Store

EMAIL_TIMEOUT = 90
"""Seconds for a job that talks to the mail server, in several steps."""


def job_handlers(
    store: Store,
    gateway: Gateway,
    connectors: Mapping[str, Connector],
    metrics: Metrics,
    mailer: Mailer | None,
) -> dict[str, Handler]:
    """What carries out each kind of job. Without a mailer nothing is sent by e-mail."""
    card = SyncCardJob(store, gateway, EmailRules(enabled=mailer is not None))
    post, people = PostMessageJob(store, gateway), SyncPeopleJob(store, gateway)
    posting = Handler(post.run, on_lease_lost=delete_duplicate_posts.enqueue)
    return {
        "card": Handler(card.run, on_lease_lost=delete_duplicate_posts.enqueue),
        "groups": Handler(people.usergroups),
        "home": Handler(SyncHomeJob(store, gateway).run, on_lease_lost=app_home.publish_again),
        "mail": Handler(SendEmailJob(store, gateway, mailer).run, EMAIL_TIMEOUT),
        "manager": Handler(people.manager),
        "note": posting,
        "person": Handler(people.person),
        "retire": Handler(DeleteDuplicatePostsJob(store, gateway).run),
        "say": posting,
        "settle": Handler(
            ApplyAccessJob(store, connectors, metrics).run, apply_access.ROUND_TIMEOUT + 20, large=True
        ),
        "tell": posting,
        "witness": Handler(NotifyWitnessJob(store, gateway, mailer).run, EMAIL_TIMEOUT),
    }
