"""What the connectors say of what they change is known, as in every process that gives access."""

from bot.connectors import registry

registry.load_types()
