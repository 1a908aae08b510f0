"""Telling one person something that has no card."""

from models.store.tx import Tx


def tell(tx: Tx, person_id: str, text: str, key: str) -> None:
    """Send somebody this plain text, once for each `key`, as soon as Slack takes it."""
    tx.enqueue("tell", f"tell:{key}"[:255], person=person_id, text=text, at=tx.now.isoformat())
