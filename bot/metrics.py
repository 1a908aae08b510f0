"""What Prometheus is told at /metrics."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

ACKNOWLEDGEMENTS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3)
"""Seconds; Slack gives up after three."""


class Metrics:
    """The numbers of one bot. Each has a registry of its own, so that two in one process do not mix."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.acknowledged = Histogram(
            "keyturn_acknowledgement_seconds",
            "From a delivery of Slack's to its acknowledgement",
            ["mode"],
            buckets=ACKNOWLEDGEMENTS,
            registry=registry,
        )
        self.refused_deliveries = Counter(
            "keyturn_refused_deliveries", "Requests that Slack did not send", ["why"], registry=registry
        )
        self.slack_errors = Counter(
            "keyturn_slack_errors", "Calls to Slack that failed", ["method", "error"], registry=registry
        )
        self.jobs = Gauge("keyturn_jobs", "Jobs by state", ["state"], registry=registry)
        self.oldest_job = Gauge(
            "keyturn_oldest_due_job_seconds", "How long the oldest due job has waited", registry=registry
        )
        self.job_failures = Counter(
            "keyturn_job_failures", "Runs of a job that failed", ["kind"], registry=registry
        )
        self.connector_failures = Counter(
            "keyturn_connector_failures",
            "Changes that a connector could not make",
            ["type", "direction"],
            registry=registry,
        )
        self.overdue_revokes = Gauge(
            "keyturn_overdue_revokes", "Grants that are over and not yet taken back", registry=registry
        )

    def render(self) -> bytes:
        """The numbers as Prometheus reads them."""
        return generate_latest(self.registry)
