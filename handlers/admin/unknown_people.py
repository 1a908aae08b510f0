"""Check that people and user groups typed into an admin form exist in Slack."""

import asyncio
from collections.abc import Collection, Mapping

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from blocks.admin.fields.base import InvalidForm
from blocks.admin.fields.people import typed_people
from handlers.deliveries import SlackDelivery, Submission
from models.catalogue.spec import ApproverRef, GroupRef, PersonRef, parse_approver

log = structlog.get_logger("keyturn.admin")

LOOKUP_TIMEOUT = 1.0
"""Seconds to wait for Slack, of the three in which it waits for an answer."""
UNKNOWN = {"user_not_found", "users_not_found"}
MAX_LOOKUPS = 20
"""People and user groups that are looked up at once."""


async def refuse_unknown(submission: Submission, before: Collection[str]) -> None:
    """Look up who was typed into a form and was not there `before`.

    Where Slack does not answer in time, everybody passes: `keyturn check` looks again.

    Raises:
        InvalidForm: Slack does not know somebody, or they have left; with an error at each field.
    """
    blocks = {text: block for text, block in typed_people(submission.values).items() if text not in before}
    refs = {text: ref for text in list(blocks)[:MAX_LOOKUPS] if (ref := _parse_ref(text)) is not None}
    problems = await asyncio.gather(*(_problem(submission, ref) for ref in refs.values()))
    errors = {blocks[text]: problem for text, problem in zip(refs, problems, strict=True) if problem}
    if errors:
        raise InvalidForm(errors)


def _parse_ref(text: str) -> ApproverRef | None:
    """Return None for what cannot be looked up: parsing the form says so."""
    try:
        return parse_approver(text)
    except ValueError:
        return None


async def _problem(submission: Submission, ref: ApproverRef) -> str:
    if isinstance(ref, GroupRef):
        groups = await submission.context.people.usergroups.labels()
        unknown = bool(groups) and str(ref) not in groups
        return f"Slack has no user group {ref}. Correct it, or choose one from the menu." if unknown else ""
    if isinstance(ref, PersonRef) and await _is_unknown(submission, ref):
        return f"No active Slack user is {ref}. Correct or remove it."
    return ""


async def _is_unknown(delivery: SlackDelivery, ref: PersonRef) -> bool:
    client = delivery.client
    call = client.users_info(user=ref.id) if ref.id else client.users_lookupByEmail(email=str(ref))
    try:
        answer = await asyncio.wait_for(call, LOOKUP_TIMEOUT)
    except SlackApiError as error:
        return error.response.get("error") in UNKNOWN
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        log.warning("lookup got no answer", why=str(error) or type(error).__name__)
        return False
    user = answer.get("user")
    return isinstance(user, Mapping) and bool(user.get("deleted"))
