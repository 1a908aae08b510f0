"""From what Slack holds to HTML: mrkdwn, dates, emoji, rich text, and what templates of blocks ask."""
