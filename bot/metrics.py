"""The numbers at /metrics (Prometheus). What each means for whoever operates Keyturn: docs/operating."""

import collections
import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

from models.audit import AuditEvent
from models.store.base import Store

log = structlog.stdlib.get_logger(__name__)

ACKNOWLEDGEMENTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Seconds; Slack gives up after three."""
SWEEPS = (0.001, 0.005, 0.025, 0.1, 0.5, 1, 5, 30, 120)
WORK = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100)
"""Seconds; a connector has a hundred."""
LOGGED_ENTRIES = 10
"""So many audit entries are descriptions in one line of the log; a sweep writes hundreds."""


class Metrics:
    """The numbers of one bot. Each has a registry of its own, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        Info("keyturn_build", "Which Keyturn runs", registry=self.registry).info(
            {"version": version("keyturn"), "python": platform.python_version()}
        )
        self._deliveries()
        self._slack()
        self._work()
        self._state()

    def _deliveries(self) -> None:
        self.acknowledged = self._times(
            "acknowledgement", "From a delivery of Slack's to its acknowledgement", ["mode"], ACKNOWLEDGEMENTS
        )
        self.refused_deliveries = self._counter(
            "refused_deliveries", "Requests that Slack did not send", ["why"]
        )
        self.turned_away = self._counter(
            "turned_away", "Deliveries that were not begun, since there were too many at once"
        )
        self.recorded = self._counter(
            "audit_entries", "Entries of the audit trail that this process wrote", ["action"]
        )

    def _slack(self) -> None:
        self.slack_calls = self._times(
            "slack_call", "Calls to Slack, from the request to the answer", ["method"], WORK
        )
        self.slack_errors = self._counter(
            "slack_errors", "Calls to Slack that failed, by its word for why", ["method", "error"]
        )
        self.throttled = self._counter("slack_throttles", "Answers of Slack's that ask to wait", ["method"])
        self.throttled_for = self._counter(
            "slack_throttled_seconds", "For how long Slack asked to wait", ["method"]
        )

    def _work(self) -> None:
        self.jobs_run = self._times("job", "Runs of a job, failed ones too", ["kind"], WORK)
        self.job_failures = self._counter("job_failures", "Runs of a job that failed", ["kind"])
        self.connector_times = self._times(
            "connector", "Rounds of changes at a target system, by the connector's type", ["type"], WORK
        )
        self.connector_failures = self._counter(
            "connector_failures", "Changes that a connector could not make", ["type", "direction"]
        )
        self.sweeps = self._times("sweep", "Sweeps over what is due, empty ones too", [], SWEEPS)
        self.last_sweep = self._gauge(
            "last_sweep_seconds_ago", "How long ago a sweep, or a batch of a long one, ended in this process"
        )

    def _state(self) -> None:
        """How the work stands in the database: every process of one database counts the same."""
        self.jobs = self._gauge("jobs", "Jobs by state", ["state"])
        self.due_jobs = self._gauge("due_jobs", "Jobs whose time has come, not begun", ["kind", "urgency"])
        self.oldest_job = self._gauge(
            "oldest_due_job_seconds", "How long the oldest due job of an urgency has waited", ["urgency"]
        )
        self.overdue_revokes = self._gauge(
            "overdue_revokes", "Grants that are over for more than a minute and not yet taken back"
        )
        self.requests = self._gauge("pending_requests", "Requests that wait for a decision")
        self.grants = self._gauge("grants", "Grants that are not over, by state", ["state"])
        self.tasks = self._gauge("open_tasks", "Things to do by hand that nobody has done yet")
        self.reviews = self._gauge("open_reviews", "Emergencies that nobody has reviewed yet")
        self.clock_ahead = self._gauge(
            "clock_ahead_seconds", "By how much the machine's clock jumped and is not believed; 0 while it is"
        )
        self.counted_at = self._gauge(
            "counted_timestamp_seconds", "When the database was last counted, in Unix time"
        )
        self.up = self._gauge("up", "Whether a part works: 1 or 0, as at /readyz", ["part"])

    def watch(self, checks: Mapping[str, Callable[[], bool]]) -> None:
        """Show these checks as they stand whenever somebody looks."""
        for part, check in checks.items():
            self.up.labels(part).set_function(check)

    def render(self) -> bytes:
        """The numbers as Prometheus reads them."""
        return generate_latest(self.registry)

    def _times(self, name: str, says: str, labels: list[str], buckets: tuple[float, ...]) -> Histogram:
        return Histogram(f"keyturn_{name}_seconds", says, labels, buckets=buckets, registry=self.registry)

    def _counter(self, name: str, says: str, labels: list[str] | None = None) -> Counter:
        return Counter(f"keyturn_{name}", says, labels or [], registry=self.registry)

    def _gauge(self, name: str, says: str, labels: list[str] | None = None) -> Gauge:
        return Gauge(f"keyturn_{name}", says, labels or [], registry=self.registry)


def follow_audit_trail(store: Store, metrics: Metrics) -> None:
    """Count and log the audit entries that this process writes from now on, one line for each commit."""

    def on_commit(entries: Sequence[AuditEvent]) -> None:
        for action, number in collections.Counter(entry.action for entry in entries).items():
            metrics.recorded.labels(action).inc(number)
        descriptions = [
            f"{entry.action} {entry.subject} by {entry.actor}" for entry in entries[:LOGGED_ENTRIES]
        ]
        log.info("recorded", entries=descriptions, more=max(len(entries) - LOGGED_ENTRIES, 0))

    store.on_records(on_commit)
