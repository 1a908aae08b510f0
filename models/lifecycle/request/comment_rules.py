"""What somebody says with a decision: how much fits, and where the policy wants it said."""

from models.errors import Invalid
from models.registry.policy_snapshot import policy_of
from models.store.case import Case
from models.tables.requests import Request
from models.text_cleanup import tidy

COMMENT_LIMIT = 2000


def fitting(case: Case, request: Request, comment: str, *, approves: bool) -> str:
    """The comment as it is kept.

    Raises Invalid (field "comment") where it is too long, or missing and needed by the policy of the request.
    """
    comment = tidy(comment)
    if len(comment) > COMMENT_LIMIT:
        raise Invalid(f"The comment has {len(comment)} characters. {COMMENT_LIMIT} fit.", field="comment")
    policy = policy_of(case, request.policy).policy
    if not comment and policy.decision_comment.needed(approves=approves):
        raise Invalid(_missing(request, approves=approves), field="comment")
    return comment


def _missing(request: Request, *, approves: bool) -> str:
    if approves:
        return f"Say why you approve it. {request.app_name} wants a comment with every decision."
    return f"Say why you reject it. {request.app_name} wants to know that."
