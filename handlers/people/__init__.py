"""What Slack knows of people and user groups: looking it up in time, and keeping it fresh enough."""
