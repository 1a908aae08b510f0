"""Requests: the form, the command that fills it in, and what people do with a pending request."""
