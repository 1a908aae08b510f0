"""Reading what is typed behind the command: `github engineering 8h because INC-42`.

Names count as they are spoken: without case, accents and punctuation around them, or by the beginnings of
their words where only one thing fits. Nothing is lost: what cannot be placed comes back as `unread`.
"""

from handlers.command_text.form import as_typed, filled_in
from handlers.command_text.reading import Typed, read

__all__ = ["Typed", "as_typed", "filled_in", "read"]
