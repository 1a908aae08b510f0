"""The request form, and its parser.

It grows as it is filled in: with an app come its accesses and durations, and then the preview. Slack keeps
what is typed where block and action stay the same; the block of the accesses is named after their app, so
that another app starts without a choice.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence

from blocks import kit
from blocks.cards import phrases
from blocks.forms import term as term_form
from blocks.forms.term import TermChoice, emergency_maximum
from blocks.kit import Block, View
from blocks.kit.inputs import Values, choice_of, choices_of, person_of, text_of
from blocks.kit.text import cut, esc
from blocks.request_form.input import (
    CALLBACK,
    MAX_ACCESSES,
    RequestAction,
    RequestBlock,
    RequestInput,
    access_block,
    access_option,
    access_policies,
    app_option,
    open_accesses,
    reason_need,
    term_offer,
)
from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, Need
from models.durations import duration_words
from models.text import TEXT_LIMIT

_CHECKED = "yes"


def build(
    inputs: RequestInput,
    app: AppSpec | None,
    below: Sequence[Block] = (),
    *,
    note: str = "",
    others: bool = False,
    temporary: bool = False,
    carries: Mapping[str, str] | None = None,
) -> View:
    """The form.

    Args:
        inputs: what is chosen and typed.
        app: the chosen app, if any.
        below: the preview.
        note: a sentence above the form, as plain text.
        others: whether a beneficiary can be chosen.
        temporary: whether it is for a guest or a contractor, whose access always has an end.
        carries: comes back with every event (`kit.carried`), beside "drawn", a digest of the form's look.
    """
    fields = _fields(inputs, app, temporary=temporary) if app else [_reason_field(inputs, Need.REQUIRED)]
    if app and (others or inputs.for_whom):
        fields.append(_beneficiary_field(inputs))
    if app and (box := _emergency_field(app, access_policies(inputs, app), checked=inputs.emergency)):
        fields.append(box)
    blocks = [_app_field(app), *_about(app, inputs), *fields, *below]
    return kit.modal(
        "Request access",
        [kit.context(esc(note)), *blocks] if note else blocks,
        callback_id=CALLBACK,
        submit="Send request",
        carries={"drawn": _fingerprint(blocks), **(carries or {})},
    )


def parse(values: Values) -> RequestInput:
    """The content of the form. A missing or malformed part reads as empty."""
    app_key = choice_of(values, RequestBlock.APP)
    return RequestInput(
        app_key=app_key,
        access_keys=choices_of(values, access_block(app_key)),
        term=TermChoice.read(values),
        reason=text_of(values, RequestBlock.REASON),
        for_whom=person_of(values, RequestBlock.BENEFICIARY),
        emergency=_CHECKED in choices_of(values, RequestBlock.EMERGENCY),
    )


def _app_field(app: AppSpec | None) -> Block:
    menu = kit.external_select(
        RequestAction.APP, initial=app_option(app) if app else None, placeholder="Choose or type a name"
    )
    return kit.input_block("Application", menu, block_id=RequestBlock.APP, dispatch=True)


def _about(app: AppSpec | None, inputs: RequestInput) -> list[Block]:
    """What the chosen app is, with its link, and what the chosen accesses give."""
    if app is None:
        return []
    lines = [" · ".join(filter(None, (phrases.one_line(app.description), esc(app.link))))]
    lines += [
        f"*{esc(access.name)}*: {phrases.one_line(access.description)}"
        for access in app.access
        if access.key in inputs.access_keys and access.description.strip()
    ]
    text = phrases.fit_lines(line for line in lines if line)
    return [kit.context(text)] if text else []


def _fields(inputs: RequestInput, app: AppSpec, *, temporary: bool) -> list[Block]:
    accesses = open_accesses(app)
    if not accesses:
        return []
    fields = [_access_field(inputs, app.key, accesses)]
    lengths = term_offer(inputs, app, temporary=temporary)
    fields += term_form.build(lengths, inputs.term, action_id=RequestAction.TERM, live=True)
    need = reason_need(inputs, app)
    return fields if need is Need.HIDDEN else [*fields, _reason_field(inputs, need)]


def _access_field(inputs: RequestInput, app_key: str, accesses: Sequence[AccessSpec]) -> Block:
    selected = [access_option(access) for access in accesses if access.key in inputs.access_keys]
    menu = kit.multi_external_select(
        RequestAction.ACCESS,
        initial=selected[:MAX_ACCESSES],
        placeholder="Choose one or several",
        max_selected=MAX_ACCESSES,
    )
    return kit.input_block("Access", menu, block_id=access_block(app_key), dispatch=True)


def _reason_field(inputs: RequestInput, need: Need) -> Block:
    return kit.text_block(
        "Reason",
        block_id=RequestBlock.REASON,
        action_id="reason",
        limit=TEXT_LIMIT,
        initial=cut(inputs.reason, TEXT_LIMIT),
        hint="Visible to everyone notified." if inputs.emergency else "Approvers will see this.",
        optional=need is Need.OPTIONAL,
    )


def _beneficiary_field(inputs: RequestInput) -> Block:
    menu = kit.person_select(RequestAction.BENEFICIARY, initial=inputs.for_whom, placeholder="Someone else")
    return kit.input_block(
        "Request for", menu, block_id=RequestBlock.BENEFICIARY, optional=True, dispatch=True
    )


def _emergency_field(app: AppSpec, policies: Sequence[AccessPolicy], *, checked: bool) -> Block | None:
    """The checkbox, if all chosen accesses allow emergency access (or if it is checked already)."""
    maximum = emergency_maximum(policies) or (app.emergency.max if app.emergency and checked else None)
    if maximum is None:
        return None
    description = f"Immediate access for up to {duration_words(maximum)}, reviewed afterwards."
    box = kit.checkboxes(
        RequestAction.EMERGENCY,
        [kit.option("This is an emergency", _CHECKED, description)],
        initial=[_CHECKED] if checked else (),
    )
    return kit.input_block("Emergency", box, block_id=RequestBlock.EMERGENCY, optional=True, dispatch=True)


def _fingerprint(blocks: Sequence[Block]) -> str:
    """A digest of how the blocks look, whatever is filled in."""
    empty = []
    for block in blocks:
        element = block.get("element", {})
        kept = {name: value for name, value in element.items() if not name.startswith("initial_")}
        empty.append(block | {"element": kept})
    return hashlib.sha256(json.dumps(empty, sort_keys=True).encode()).hexdigest()[:16]
