"""What the workspace consists of: people, apps, conversations, views, and what each client holds."""
