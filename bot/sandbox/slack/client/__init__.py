"""A person's Slack client: what people can do, the payloads it sends, and how it applies the answers."""
