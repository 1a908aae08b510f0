"""From Slack to the apps: events and interactions over signed HTTP or Socket Mode, response URLs, faults."""
