"""A Slack on this machine, for any Slack app: Web API, signed deliveries, Socket Mode, limits and faults."""
