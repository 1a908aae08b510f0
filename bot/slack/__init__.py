"""Slack: deliveries, calls, and the health of both."""
