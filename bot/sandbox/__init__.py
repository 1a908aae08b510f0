"""The sandbox: all of Keyturn on one machine, without a Slack account."""
