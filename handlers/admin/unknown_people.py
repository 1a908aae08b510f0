"""Those whom an admin wrote into a form by address, id or handle: whether Slack knows them."""

import asyncio
from collections.abc import Collection, Mapping

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from blocks.admin.fields.base import InvalidForm
from blocks.admin.fields.people import typed_people
from handlers.deliveries import Incoming, Submission
from models.catalogue.spec import ApproverRef, GroupRef, PersonRef, parse_approver

log = structlog.get_logger("keyturn.admin")

PATIENCE = 1.0
"""Seconds to wait for Slack within an answer that has to be given in three."""
UNKNOWN = {"user_not_found", "users_not_found"}
MOST = 20
"""As many are asked about at once."""


async def refuse_unknown(sent: Submission, before: Collection[str]) -> None:
    """Raises InvalidForm, at their field, where somebody is written whom Slack does not know or who has left.

    Whoever was there `before` may stay. Where Slack does not answer in time, everybody passes:
    `keyturn check` looks again.
    """
    new = {one: block for one, block in typed_people(sent.values).items() if one not in before}
    refs = {one: ref for one in list(new)[:MOST] if (ref := _ref(one)) is not None}
    said = await asyncio.gather(*(_problem(sent, ref) for ref in refs.values()))
    errors = {new[one]: text for one, text in zip(refs, said, strict=True) if text}
    if errors:
        raise InvalidForm(errors)


def _ref(text: str) -> ApproverRef | None:
    """None where it is nothing that can be looked up: the form itself says so."""
    try:
        return parse_approver(text)
    except ValueError:
        return None


async def _problem(sent: Submission, ref: ApproverRef) -> str:
    if isinstance(ref, GroupRef):
        groups = await sent.desk.whois.usergroups.labels()
        gone = bool(groups) and str(ref) not in groups
        return f"Slack has no user group {ref}. Choose it in the menu, or correct it." if gone else ""
    if isinstance(ref, PersonRef) and await _gone(sent, ref):
        return f"Nobody active in Slack is {ref}. Correct it, or take it out."
    return ""


async def _gone(sent: Incoming, ref: PersonRef) -> bool:
    call = sent.client.users_info(user=ref.id) if ref.id else sent.client.users_lookupByEmail(email=str(ref))
    try:
        answer = await asyncio.wait_for(call, PATIENCE)
    except SlackApiError as error:
        return error.response.get("error") in UNKNOWN
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        log.warning("lookup got no answer", why=str(error) or type(error).__name__)
        return False
    user = answer.get("user")
    return isinstance(user, Mapping) and bool(user.get("deleted"))
