"""The form that asks for access, and what comes back of it.

It grows as it is filled in: with an application come its accesses and the lengths it offers, and then the
preview. Slack keeps what is typed where block and action stay the same; the accesses stand in a
block that is named after their application, so that another application starts without a choice.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from blocks import kit, term_form
from blocks.answers import Values, all_picked, picked, typed
from blocks.elements import person_chosen, person_select
from blocks.kit import Block, View
from blocks.request_form import emergency
from blocks.request_form.ids import CALLBACK, RequestAction, RequestBlock, access_block
from blocks.request_form.options import access_option, app_option, open_accesses
from blocks.term_form import Errors, Offer, TermChoice
from blocks.text import cut, esc
from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, Need, effective
from models.durations import LONGEST
from models.lifecycle.request.plan import Draft
from models.lifecycle.request.submit import REASON_LIMIT

MOST_AT_ONCE = 50
"""Accesses in one submission: they are all written down, a card for each approver too, while Slack waits."""
_ANY = AccessSpec(key="any", name="Any")
"""Stands for what is not chosen yet: as the application has it."""


@dataclass(frozen=True)
class Filled:
    """How the form is filled in."""

    app_key: str = ""
    access_keys: tuple[str, ...] = ()
    term: TermChoice = field(default_factory=TermChoice)
    reason: str = ""
    for_whom: str = ""
    """The id of somebody else who would have it; empty where it is for oneself."""
    emergency: bool = False
    """Whether the box is ticked that it is an emergency."""


def begin(filled: Filled, app: AppSpec) -> Filled:
    """Choose what there is only one of, and the preset that the application names first."""
    accesses = open_accesses(app)
    if len(accesses) == 1 and not filled.access_keys:
        filled = replace(filled, access_keys=(accesses[0].key,))
    filled = replace(filled, emergency=filled.emergency and app.emergency is not None)
    presets = offer(filled, app).presets
    if presets and not filled.term.choice:
        filled = replace(filled, term=TermChoice(str(int(presets[0].total_seconds()))))
    return filled


def build(
    filled: Filled,
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
        filled: what is chosen and typed.
        app: the application that is chosen, if there is one.
        below: the preview.
        note: said on top, as plain text.
        others: whether somebody else can be chosen who would have it.
        temporary: whether it is for a guest or a contractor, who always have an end.
        carries: comes back with every change (`kit.carried`), beside "drawn", which is the same for forms
            that look the same.
    """
    fields = _fields(filled, app, temporary=temporary) if app else [_reason_field(filled, Need.REQUIRED)]
    if app and (others or filled.for_whom):
        fields.append(_beneficiary_field(filled))
    if app and (box := emergency.field(app, _policies(filled, app), ticked=filled.emergency)):
        fields.append(box)
    blocks = [_app_field(app), *fields, *below]
    return kit.modal(
        "Request access",
        [kit.context(esc(note)), *blocks] if note else blocks,
        callback_id=CALLBACK,
        submit="Send request",
        carries={"drawn": _fingerprint(blocks), **(carries or {})},
    )


def read(values: Values) -> Filled:
    """How somebody filled it in. Whatever is missing or misshapen reads as empty."""
    app_key = picked(values, RequestBlock.APP)
    return Filled(
        app_key=app_key,
        access_keys=all_picked(values, access_block(app_key)),
        term=TermChoice.read(values),
        reason=typed(values, RequestBlock.REASON),
        for_whom=person_chosen(values, RequestBlock.BENEFICIARY),
        emergency=emergency.ticked(values),
    )


def offer(filled: Filled, app: AppSpec, *, temporary: bool = False) -> Offer:
    """The lengths to choose from: what all the chosen accesses offer, and what is chosen already."""
    policies = _policies(filled, app)
    usual = Offer.of(policies, temporary=temporary)
    made = emergency.offer(policies) if filled.emergency else usual
    kept = _preset(filled.term)
    if kept is None or kept in made.presets:
        return made
    return replace(made, presets=(*made.presets, kept))


def draft(filled: Filled, app: AppSpec | None, person_id: str, now: datetime) -> Draft | Errors:
    """What is asked for, or what is missing or wrong, by block. Whether it is allowed is for the policy.

    The reason is not looked at here (`unexplained`), since nothing in the preview depends on it.
    """
    if app is None:
        return {RequestBlock.APP: "Choose an application from the list."}
    term = term_form.term_of(filled.term, offer(filled, app), now)
    errors = _mischosen(filled, app) | (term if isinstance(term, dict) else {})
    if errors or isinstance(term, dict):
        return errors
    return Draft(
        requester_id=person_id,
        beneficiary_id=filled.for_whom or person_id,
        app_key=app.key,
        access_keys=filled.access_keys,
        term=term,
        reason="" if _need(filled, app) is Need.HIDDEN else filled.reason,
        emergency=filled.emergency,
    )


def unexplained(filled: Filled, app: AppSpec | None) -> Errors:
    """What is wrong with the reason, by block."""
    missing = app is not None and _need(filled, app) is Need.REQUIRED and not filled.reason
    return {RequestBlock.REASON: "Say why you need it."} if missing else {}


def _policies(filled: Filled, app: AppSpec) -> list[AccessPolicy]:
    """Of what is chosen; while nothing is, of the application as a whole."""
    chosen = [one for one in open_accesses(app) if one.key in filled.access_keys] or [_ANY]
    return [effective(app, access) for access in chosen]


def _need(filled: Filled, app: AppSpec) -> Need:
    """Whether a reason is asked for; in an emergency it always is."""
    return Need.REQUIRED if filled.emergency else app.reason


def _mischosen(filled: Filled, app: AppSpec) -> Errors:
    chosen, there = filled.access_keys, {access.key for access in open_accesses(app)}
    if not chosen:
        sentence = "Choose at least one access."
    elif len(chosen) > MOST_AT_ONCE:
        sentence = f"Choose at most {MOST_AT_ONCE} at once. {len(chosen)} are chosen."
    elif not there.issuperset(chosen):
        sentence = f"{app.name} has no such access any more. Choose again."
    else:
        return {}
    return {access_block(app.key): sentence}


def _app_field(app: AppSpec | None) -> Block:
    menu = kit.external_select(
        RequestAction.APP, initial=app_option(app) if app else None, placeholder="Choose or type a name"
    )
    return kit.input_block("Application", menu, block_id=RequestBlock.APP, dispatch=True)


def _fields(filled: Filled, app: AppSpec, *, temporary: bool) -> list[Block]:
    accesses = open_accesses(app)
    if not accesses:
        return []
    fields = [_access_field(filled, app.key, accesses)]
    lengths = offer(filled, app, temporary=temporary)
    fields += term_form.build(lengths, filled.term, action_id=RequestAction.TERM, live=True)
    need = _need(filled, app)
    return fields if need is Need.HIDDEN else [*fields, _reason_field(filled, need)]


def _access_field(filled: Filled, app_key: str, accesses: Sequence[AccessSpec]) -> Block:
    chosen = [access_option(access) for access in accesses if access.key in filled.access_keys]
    menu = kit.multi_external_select(
        RequestAction.ACCESS,
        initial=chosen[:MOST_AT_ONCE],
        placeholder="Choose one or several",
        most=MOST_AT_ONCE,
    )
    return kit.input_block("Access", menu, block_id=access_block(app_key), dispatch=True)


def _reason_field(filled: Filled, need: Need) -> Block:
    return kit.input_block(
        "Reason",
        kit.text_input(
            "reason", initial=cut(filled.reason, REASON_LIMIT), multiline=True, limit=REASON_LIMIT
        ),
        block_id=RequestBlock.REASON,
        hint="Everybody who is told reads this." if filled.emergency else "The people who decide read this.",
        optional=need is Need.OPTIONAL,
    )


def _beneficiary_field(filled: Filled) -> Block:
    menu = person_select(
        RequestAction.BENEFICIARY, initial=filled.for_whom, placeholder="Leave empty if it is for you"
    )
    return kit.input_block(
        "For somebody else", menu, block_id=RequestBlock.BENEFICIARY, optional=True, dispatch=True
    )


def _preset(term: TermChoice) -> timedelta | None:
    """The length that was chosen as a preset, of this application or of the one that was chosen before."""
    if not (term.choice.isascii() and term.choice.isdigit() and len(term.choice) < len("9999999999")):
        return None
    length = timedelta(seconds=int(term.choice))
    return length if timedelta() < length <= LONGEST else None


def _fingerprint(blocks: Sequence[Block]) -> str:
    """The same for blocks that look the same, whatever is filled in."""
    bare = [block | {"element": _empty(block.get("element", {}))} for block in blocks]
    return hashlib.sha256(json.dumps(bare, sort_keys=True).encode()).hexdigest()[:16]


def _empty(element: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in element.items() if not name.startswith("initial_")}
