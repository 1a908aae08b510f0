"""Showing the form that asks for access, and who would be asked."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from blocks import request_form
from blocks.forms.term import TermBlock
from blocks.kit import Block, View
from blocks.kit.state import Errors
from blocks.request_form import RequestInput, access_block, preview
from handlers.incoming import Incoming, which
from handlers.whois import STANDING
from models.catalogue.spec import AppSpec
from models.errors import Refusal
from models.lifecycle.request.plan import Draft, can_request_for_others, plan
from models.policy.stages import listed
from models.registry.directory import Directory, only_members
from models.store.case import Case

log = structlog.get_logger("keyturn.request")

AT_ONCE = 0.3
"""Seconds that the form waits for Slack's word before it is shown without."""
PATIENCE = 1.5
"""Seconds until it is shown with what is known. Slack waits three for the answer to a click."""
FLAGGED = "yes"
_ROOM = 2700
"""For what was typed, of the 3,000 characters that a modal carries."""
_GONE = ("not_found", "hash_conflict")
"""The form was closed, or shows something newer."""
_UNABLE = ("unknown_method", "method_not_supported", "missing_scope")
"""Slack redraws no forms here; this one shows what belongs to the choice when it is sent."""

Put = Callable[[View], Awaitable[Mapping[str, Any]]]
"""Shows a view, and returns it as Slack has it; empty where there is nothing left to show it on."""


@dataclass(frozen=True)
class Form:
    """What is to be shown."""

    filled: RequestInput
    app: AppSpec | None = None
    note: str = ""
    command: str = ""
    """What was typed behind the command, while there is no application to read it by."""

    def view(self, outlook: "Outlook") -> View:
        """The form, drawn with this below."""
        carries = {"flagged": FLAGGED} if outlook.flagged else {}
        if self.command and self.app is None:
            carries["command"] = _brief(self.command)
        return request_form.build(
            self.filled,
            self.app,
            outlook.blocks,
            note=self.note,
            others=outlook.others,
            temporary=outlook.temporary,
            carries=carries,
        )


@dataclass(frozen=True)
class Outlook:
    """What sending a form would come to."""

    blocks: list[Block]
    flagged: bool = False
    """Whether it shows something that one should have read before sending."""
    others: bool = False
    """Whether somebody else can be chosen who would have it."""
    temporary: bool = False
    """Whether it is for a guest or a contractor, who always have an end."""


async def show(incoming: Incoming, form: Form, put: Put) -> None:
    """Show a form whose application is new here, so that the people whom it asks may not be known yet.

    It is shown at once, and once more where Slack's word of them comes later.
    """
    await incoming.read(only_members, incoming.person)
    if form.app is None:
        await put(form.view(await outlook(incoming, form)))
        return
    lookups = asyncio.create_task(_look_up(incoming, form.app, form.filled))
    try:
        if await _within(lookups, AT_ONCE):
            await put(form.view(await outlook(incoming, form)))
        elif shown := await put(form.view(Outlook(preview.hint_blocks("Looking up who will be asked…")))):
            await _within(lookups, PATIENCE)
            later = form.view(await outlook(incoming, form))
            await _update(incoming, later, **which(shown))
    finally:
        lookups.cancel()


async def refresh(
    incoming: Incoming, app: AppSpec | None, filled: RequestInput, max_age: timedelta = STANDING
) -> bool:
    """Look up whoever the form is about, for as long as there is time. After that, what is known counts.

    `max_age` is how old the word may be of those who request. Returns whether there was time to ask for
    everybody.
    """
    try:
        async with asyncio.timeout(PATIENCE):
            await _look_up(incoming, app, filled, max_age)
    except TimeoutError:
        log.warning("lookup took too long", app=app and app.key)
        return False
    return True


async def refuse_unheard(incoming: Incoming, app: AppSpec, *, looked_up: bool) -> None:
    """Raises a Refusal while Slack has not told who decides here: nobody else is asked for that."""
    if unheard := await incoming.desk.whois.not_told(app, looked_up=looked_up):
        raise Refusal(
            f"Slack does not say just now who {listed(unheard)} is, who would be asked. Nothing was sent. "
            "Send it again in a moment.",
            field="access",
        )


async def outlook(incoming: Incoming, form: Form) -> Outlook:
    """What sending would come to, or what is missing or in the way."""
    app = form.app
    if app is None:
        return Outlook(preview.hint_blocks("Choose an application, and you see here who will be asked."))
    if not request_form.open_accesses(app):
        return Outlook(preview.hint_blocks(f"{app.name} has nothing that can be asked for at the moment."))
    draft = request_form.to_draft(form.filled, app, incoming.person, incoming.desk.clock.now())

    def look(case: Case) -> Outlook:
        others = can_request_for_others(case, app, incoming.person)
        beneficiary = Directory(case).person(form.filled.for_whom or incoming.person)
        temporary = bool(beneficiary and beneficiary.temporary)
        if isinstance(draft, Draft):
            found = _planned(case, draft)
        else:
            found = Outlook(preview.hint_blocks(_missing(draft, form.filled)))
        return replace(found, others=others, temporary=temporary)

    return await incoming.read(look)


async def redraw(incoming: Incoming, view: View) -> Mapping[str, Any]:
    """Draw the form anew that somebody has changed, and return it; empty if they have closed it."""
    return await _update(incoming, view, view_id=str(incoming.view.get("id") or ""))


def _planned(case: Case, draft: Draft) -> Outlook:
    try:
        planned = plan(case, draft)
    except Refusal as refusal:
        return Outlook(preview.refusal_blocks(refusal))
    return Outlook(preview.preview(planned), preview.has_warnings(planned))


def _missing(errors: Errors, filled: RequestInput) -> str:
    if access_block(filled.app_key) in errors and filled.access_keys:
        return errors[access_block(filled.app_key)]
    if TermBlock.END in errors:
        return errors[TermBlock.END]
    if TermBlock.LENGTH in errors:
        return "Type how long, such as 8 hours or 2 days, and you see here who will be asked."
    what = "how long" if TermBlock.CHOICE in errors else "an access"
    return f"Choose {what}, and you see here who will be asked."


async def _update(incoming: Incoming, view: View, **named: str) -> Mapping[str, Any]:
    """With a `hash`, nothing newer is drawn over."""
    if not named.get("view_id"):
        return {}
    try:
        answer = await incoming.client.views_update(view=dict(view), **named)
    except SlackApiError as error:
        if error.response.get("error") not in (*_GONE, *_UNABLE):
            raise
        log.info("the form was not drawn anew", why=error.response.get("error"))
        return {}
    return answer.get("view") or {}


async def _look_up(
    incoming: Incoming, app: AppSpec | None, filled: RequestInput, max_age: timedelta = STANDING
) -> None:
    whois, people = incoming.desk.whois, {incoming.person, filled.for_whom or incoming.person}
    await (whois.for_app(app, people, max_age) if app else whois.people(people, max_age))


async def _within(lookups: asyncio.Task[None], seconds: float) -> bool:
    """Whether they are done by then. What went wrong in them is raised."""
    done, _ = await asyncio.wait({lookups}, timeout=seconds)
    for one in done:
        one.result()
    return bool(done)


def _brief(command: str) -> str:
    """As much of it as a modal carries; JSON writes some characters as six."""
    return command if len(json.dumps(command)) <= _ROOM else command[: _ROOM // 6]
