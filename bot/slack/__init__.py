"""Slack as Keyturn meets it: what comes in, what goes out, and how well that works."""
