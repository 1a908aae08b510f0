"""What somebody says with a decision: how much fits, and where the policy wants it said."""

from models.errors import Invalid
from models.registry.policy_snapshot import Snapshot
from models.tables.requests import Request
from models.text_cleanup import tidy

COMMENT_LIMIT = 2000


def fitting(request: Request, comment: str, *, approves: bool) -> str:
    """The comment as it is kept.

    Raises Invalid (field "comment") where it is too long, or missing and needed by the policy of the request.
    """
    comment = tidy(comment)
    if len(comment) > COMMENT_LIMIT:
        raise Invalid(f"The comment has {len(comment)} characters. {COMMENT_LIMIT} fit.", field="comment")
    if not comment and needed(request, approves=approves):
        raise Invalid(_missing(request, approves=approves), field="comment")
    return comment


def needed(request: Request, *, approves: bool) -> bool:
    """Whether an approval, or else a rejection, of this request has to say something."""
    return Snapshot.from_json(request.policy).policy.decision_comment.needed(approves=approves)


def _missing(request: Request, *, approves: bool) -> str:
    if approves:
        return f"Say why you approve it. {request.app_name} wants a comment with every decision."
    return f"Say why you reject it. {request.app_name} wants to know that."
