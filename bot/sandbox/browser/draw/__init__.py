"""HTML of what Slack stores: mrkdwn, markdown, rich text, dates, emoji, pictures."""
