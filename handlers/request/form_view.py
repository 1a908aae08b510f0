"""Show the request form with a preview of who will be asked, and look those people up meanwhile."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import structlog
from slack_sdk.errors import SlackApiError

from blocks import request_form
from blocks.forms.term import TermBlock
from blocks.kit import Block, View
from blocks.kit.inputs import Errors
from blocks.request_form import RequestInput, access_block, preview
from handlers.deliveries import SlackDelivery, view_version
from models.catalogue.spec import AppSpec
from models.errors import Refusal
from models.lifecycle.request.plan import Draft, can_request_for_others, plan
from models.registry.directory import Directory, only_members
from models.store.case import Case

log = structlog.get_logger("keyturn.request")

FIRST_VIEW_TIMEOUT = 0.3
"""Seconds that the form waits for lookups in Slack before it is shown without a preview."""
LOOKUP_TIMEOUT = 1.5
"""Seconds until the preview is drawn from the tables as they are. Slack waits three for an answer."""
FLAGGED = "yes"
_MAX_COMMAND = 2700
"""Characters of the command's text, of the 3,000 in a modal's private_metadata."""
_CLOSED_ERRORS = ("not_found", "hash_conflict")
"""Slack's error codes for a form that was closed or redrawn meanwhile."""
_UNSUPPORTED_ERRORS = ("unknown_method", "method_not_supported", "missing_scope")
"""Slack's error codes where forms cannot be redrawn; this one shows its fields once it is sent."""

ShowView = Callable[[View], Awaitable[Mapping[str, Any]]]
"""Shows a view, and returns it as Slack has it; empty where the form was closed."""


@dataclass(frozen=True)
class RequestForm:
    """The entries of a request form, with what is shown above them."""

    request_input: RequestInput
    app: AppSpec | None = None
    note: str = ""
    command: str = ""
    """The text behind the command, while no app is chosen to parse it for."""

    def view(self, form_preview: "FormPreview") -> View:
        """Draw the form with this preview."""
        metadata = {"flagged": FLAGGED} if form_preview.flagged else {}
        if self.command and self.app is None:
            metadata["command"] = _shorten_command(self.command)
        return request_form.build(
            self.request_input,
            self.app,
            form_preview.blocks,
            note=self.note,
            others=form_preview.others,
            temporary=form_preview.temporary,
            carries=metadata,
        )


@dataclass(frozen=True)
class FormPreview:
    """What sending a form would lead to."""

    blocks: list[Block]
    flagged: bool = False
    """Whether it shows a warning, which has to be shown before the form is sent."""
    others: bool = False
    """Whether a beneficiary can be chosen."""
    temporary: bool = False
    """Whether the beneficiary is a guest or a contractor, whose access always ends."""


async def show_form(delivery: SlackDelivery, form: RequestForm, show_view: ShowView) -> None:
    """Show a form for an app whose approvers may not have been looked up yet.

    It is shown at once, and redrawn where their lookup takes longer than `FIRST_VIEW_TIMEOUT`.
    """
    await delivery.read(only_members, delivery.person)
    if form.app is None:
        await show_view(form.view(await load_preview(delivery, form)))
        return
    people = form.request_input.people(delivery.person)
    lookups = asyncio.create_task(delivery.context.people.refresh_for_app(form.app, people))
    try:
        if await _finished_within(lookups, FIRST_VIEW_TIMEOUT):
            await show_view(form.view(await load_preview(delivery, form)))
        elif first_view := await show_view(
            form.view(FormPreview(preview.hint_blocks("Looking up approvers…")))
        ):
            await _finished_within(lookups, LOOKUP_TIMEOUT)
            complete_view = form.view(await load_preview(delivery, form))
            await _update(delivery, complete_view, **view_version(first_view))
    finally:
        lookups.cancel()


async def load_preview(delivery: SlackDelivery, form: RequestForm) -> FormPreview:
    """Return what sending the form would lead to, or what is missing or in the way."""
    app = form.app
    if app is None:
        return FormPreview(preview.hint_blocks("Choose an app to see who will approve it."))
    if not request_form.open_accesses(app):
        return FormPreview(preview.hint_blocks(f"{app.name} has nothing to request right now."))
    draft = request_form.to_draft(form.request_input, app, delivery.person, delivery.context.clock.now())

    def read(case: Case) -> FormPreview:
        others = can_request_for_others(case, app, delivery.person)
        beneficiary = Directory(case).person(form.request_input.for_whom or delivery.person)
        temporary = bool(beneficiary and beneficiary.temporary)
        if isinstance(draft, Draft):
            form_preview = _plan_preview(case, draft)
        else:
            form_preview = FormPreview(preview.hint_blocks(_missing(draft, form.request_input)))
        return replace(form_preview, others=others, temporary=temporary)

    return await delivery.read(read)


async def redraw(delivery: SlackDelivery, view: View) -> Mapping[str, Any]:
    """Redraw the form that the delivery came from, and return it; empty where it was closed."""
    return await _update(delivery, view, view_id=str(delivery.view.get("id") or ""))


def _plan_preview(case: Case, draft: Draft) -> FormPreview:
    try:
        outcome = plan(case, draft)
    except Refusal as refusal:
        return FormPreview(preview.refusal_blocks(refusal))
    return FormPreview(preview.preview(outcome), preview.has_warnings(outcome))


def _missing(errors: Errors, request_input: RequestInput) -> str:
    if access_block(request_input.app_key) in errors and request_input.access_keys:
        return errors[access_block(request_input.app_key)]
    if TermBlock.END in errors:
        return errors[TermBlock.END]
    if TermBlock.LENGTH in errors:
        return "Enter how long, such as 8 hours or 2 days, to see who will approve it."
    what = "how long" if TermBlock.CHOICE in errors else "an access"
    return f"Choose {what} to see who will approve it."


async def _update(delivery: SlackDelivery, view: View, **version: str) -> Mapping[str, Any]:
    """Replace a view by its `view_id`; with its `hash`, only where nothing newer is shown.

    Returns the view as Slack has it now; empty where it was closed.

    Raises:
        SlackApiError: Slack does not take the view.
    """
    if not version.get("view_id"):
        return {}
    try:
        answer = await delivery.client.views_update(view=dict(view), **version)
    except SlackApiError as error:
        if error.response.get("error") not in (*_CLOSED_ERRORS, *_UNSUPPORTED_ERRORS):
            raise
        log.info("the form was not drawn anew", why=error.response.get("error"))
        return {}
    return answer.get("view") or {}


async def _finished_within(lookups: asyncio.Task[None], seconds: float) -> bool:
    """Whether the task ends within this time. Its error is raised."""
    done, _ = await asyncio.wait({lookups}, timeout=seconds)
    if done:
        lookups.result()
    return bool(done)


def _shorten_command(command: str) -> str:
    """Cut the text to what fits into private_metadata; JSON writes some characters as six."""
    return command if len(json.dumps(command)) <= _MAX_COMMAND else command[: _MAX_COMMAND // 6]
