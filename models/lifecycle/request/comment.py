"""Comment on a request: anybody involved may at any time, everybody involved reads it, no state changes."""

from models.errors import Invalid, Repeated
from models.lifecycle import redraw, transitions
from models.lifecycle.deliver_comment import add_comment
from models.lifecycle.request.rate_limits import DEFAULT_LIMITS, Limits, refuse_too_many_comments
from models.registry.by_reference import lock_request
from models.registry.permissions import only_involved
from models.store.outcome import Outcome
from models.tables.requests import FROM_THREAD, Comment
from models.text import tidy_text


def comment(
    out: Outcome, ref: str, by: str, text: str, *, source: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Comment:
    """Add a comment to a request.

    `source` is "channel:ts" where it was written as a reply in a card's thread.

    Raises:
        Repeated: The reply was taken already, by whichever delivery.
        Invalid: The comment is empty, too long, or one too many; field "comment".
        NotAllowed: `by` is not involved.
    """
    request = lock_request(out.case, ref)
    if source is not None and out.case.first(FROM_THREAD, source) is not None:
        raise Repeated(source)
    text = tidy_text(text, "The comment")
    if not text:
        raise Invalid("Write a comment first.", field="comment")
    only_involved(out.case, request, by)
    refuse_too_many_comments(out.case, request, by, limits)
    written = add_comment(out, request, by, text, source=source)
    transitions.record_request(out, request, by, "comment", text=text)
    redraw.redraw_request(out, request)
    return written
