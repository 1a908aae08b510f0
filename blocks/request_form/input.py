"""The request form's ids, options and input: what is chosen and typed, and what follows from it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from blocks import kit
from blocks.cards import phrases
from blocks.forms import term as term_form
from blocks.forms.term import TermBlock, TermChoice, TermOffer
from blocks.kit import Option
from blocks.kit.inputs import Errors
from blocks.kit.text import day_words
from models.catalogue.search import AppEntry, AppIndex
from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, Need, effective_policy
from models.durations import LONGEST
from models.lifecycle.request.plan import Draft
from models.queries.already_held import AccessMark
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState

CALLBACK = "request"
SHORTCUT = "request_access"
"""The global shortcut, by the callback id that the manifest gives it."""


class RequestAction(StrEnum):
    """Action ids. The value of an OPEN button may be an app's key."""

    OPEN = "request.open"
    APP = "request.app"
    ACCESS = "request.access"
    TERM = "request.term"
    BENEFICIARY = "request.beneficiary"
    EMERGENCY = "request.in_emergency"


class RequestBlock(StrEnum):
    """Block ids beside those of `TermBlock`. ACCESS is followed by ":" and the app's key."""

    APP = "app"
    ACCESS = "access"
    REASON = "reason"
    BENEFICIARY = "beneficiary"
    EMERGENCY = "emergency"


FIELDS = {
    "app": RequestBlock.APP,
    "access": RequestBlock.ACCESS,
    "term": TermBlock.CHOICE,
    "reason": RequestBlock.REASON,
    "beneficiary": RequestBlock.BENEFICIARY,
}
"""The block that shows a refusal, by the refusal's field."""


def access_block(app_key: str) -> str:
    """The id of the block with an app's accesses."""
    return f"{RequestBlock.ACCESS}:{app_key}"


def app_key_of(block_id: str) -> str:
    """The key of the app whose accesses this block holds."""
    return block_id.partition(":")[2]


MAX_OPTIONS = 100
"""The most options that Slack shows in a menu."""


def app_option(app: AppSpec) -> Option:
    """An app as an option, with its icon, category and risk."""
    return kit.option(
        f"{phrases.icon(app)}{app.name}",
        app.key,
        " · ".join(filter(None, (app.category, f"{app.risk} risk"))),
    )


def access_option(access: AccessSpec, mark: str = "") -> Option:
    """An access as an option, with whether it is held or requested already (`mark`), and its description."""
    return kit.option(access.name, access.key, " · ".join(filter(None, (mark, access.description))))


def access_options(
    app: AppSpec, query: str, marks: Mapping[str, AccessMark], now: datetime, zone: str, *, own: bool = True
) -> list[Option]:
    """The accesses of an app that match the query, best first; an empty query gives the catalogue's order.

    Times are in `zone`. `own`: the marks are about the viewer, not about another beneficiary.
    """
    texts = {key: _mark_text(mark, _local(now, zone), own=own) for key, mark in marks.items()}
    matches = _matching(app, query)[:MAX_OPTIONS]
    return [access_option(access, texts.get(access.key, "")) for access in matches]


def open_accesses(app: AppSpec) -> list[AccessSpec]:
    """The accesses of an app that may be requested."""
    return [access for access in app.access if access.enabled]


def _matching(app: AppSpec, query: str) -> list[AccessSpec]:
    accesses = open_accesses(app)
    if not query.strip():
        return accesses
    by_key = {access.key: access for access in accesses}
    return [by_key[entry.key] for entry in AppIndex(_entries(accesses)).search(query, limit=MAX_OPTIONS)]


def _entries(accesses: Iterable[AccessSpec]) -> Iterable[AppEntry]:
    # An access is looked for as an app is, so that both menus answer alike.
    return (
        AppEntry(access.key, access.name, access.description, kinds=frozenset((access.kind,)))
        for access in accesses
    )


def _mark_text(mark: AccessMark, now: datetime, *, own: bool) -> str:
    """What stands beside an access; times are in the zone of `now`."""
    if mark.state is RequestState.PENDING:
        return f"Requested ({mark.ref})"
    if mark.state is GrantState.SCHEDULED:
        return "Scheduled"
    if mark.state is GrantState.GRANTING:
        return "Being set up"
    until = f" until {_local_time(mark.ends_at, now)}" if mark.ends_at else ""
    return f"{'You' if own else 'They'} have this{until}"


def _local(at: datetime, zone: str) -> datetime:
    try:
        return at.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # a zone that this machine does not know
        return at.astimezone(UTC)


def _local_time(at: datetime, now: datetime) -> str:
    local = at.astimezone(now.tzinfo)
    suffix = " UTC" if local.tzinfo is UTC else ""
    return f"{day_words(local.date(), now.date())} {local:%H:%M}{suffix}"


MAX_ACCESSES = 50
"""Accesses in one submission: all of them and their cards are written while Slack waits."""
_ANY = AccessSpec(key="any", name="Any")
"""Stands for an access while none is chosen: it inherits everything from the app."""


@dataclass(frozen=True)
class RequestInput:
    """The content of the request form."""

    app_key: str = ""
    access_keys: tuple[str, ...] = ()
    term: TermChoice = field(default_factory=TermChoice)
    reason: str = ""
    for_whom: str = ""
    """The beneficiary's id; empty where it is the requester."""
    emergency: bool = False
    """Whether the emergency checkbox is checked."""

    def people(self, requester: str) -> set[str]:
        """Return the ids of requester and beneficiary."""
        return {requester, self.for_whom or requester}


def with_defaults(inputs: RequestInput, app: AppSpec) -> RequestInput:
    """Choose the only access, and the app's first preset, where nothing is chosen."""
    accesses = open_accesses(app)
    if len(accesses) == 1 and not inputs.access_keys:
        inputs = replace(inputs, access_keys=(accesses[0].key,))
    inputs = replace(inputs, emergency=inputs.emergency and app.emergency is not None)
    presets = term_offer(inputs, app).presets
    if presets and not inputs.term.choice:
        inputs = replace(inputs, term=TermChoice(str(int(presets[0].total_seconds()))))
    return inputs


def from_request(before: Request, app: AppSpec | None, viewer: str) -> RequestInput:
    """The content that repeats an earlier request, as far as the app (None if deleted) still offers it.

    A beneficiary other than the viewer (an id) stays. Dates are left out, since they have passed.
    """
    if app is None:
        return RequestInput()
    keys = tuple(access.key for access in open_accesses(app) if access.key == before.access_key)
    beneficiary = before.beneficiary_id if before.beneficiary_id != viewer else ""
    inputs = RequestInput(app.key, keys, reason=before.reason, for_whom=beneficiary)
    term = Term.from_json(before.asked_term)
    if term.start is not None or term.end is not None:
        return inputs
    offer = term_offer(inputs, app)
    if term.indefinite and not offer.indefinite:
        return inputs
    return replace(inputs, term=TermChoice.of(term, offer))


def term_offer(inputs: RequestInput, app: AppSpec, *, temporary: bool = False) -> TermOffer:
    """The durations that all chosen accesses offer, and the one that is chosen already."""
    policies = access_policies(inputs, app)
    usual = TermOffer.of(policies, temporary=temporary)
    offer = term_form.emergency_offer(policies) if inputs.emergency else usual
    preset = _preset_length(inputs.term)
    if preset is None or preset in offer.presets:
        return offer
    return replace(offer, presets=(*offer.presets, preset))


def to_draft(inputs: RequestInput, app: AppSpec | None, person_id: str, now: datetime) -> Draft | Errors:
    """The draft of the request, or the errors. Whether it is allowed is for the policy.

    The reason is checked apart (`reason_errors`), since nothing in the preview depends on it.
    """
    if app is None:
        return {RequestBlock.APP: "Choose an app from the list."}
    term = term_form.to_term(inputs.term, term_offer(inputs, app), now)
    errors = _access_errors(inputs, app) | (term if isinstance(term, dict) else {})
    if errors or isinstance(term, dict):
        return errors
    return Draft(
        requester_id=person_id,
        beneficiary_id=inputs.for_whom or person_id,
        app_key=app.key,
        access_keys=inputs.access_keys,
        term=term,
        reason="" if reason_need(inputs, app) is Need.HIDDEN else inputs.reason,
        emergency=inputs.emergency,
    )


def reason_errors(inputs: RequestInput, app: AppSpec | None) -> Errors:
    """The errors of the reason."""
    missing = app is not None and reason_need(inputs, app) is Need.REQUIRED and not inputs.reason
    return {RequestBlock.REASON: "Say why you need it."} if missing else {}


def access_policies(inputs: RequestInput, app: AppSpec) -> list[AccessPolicy]:
    """The policies of the chosen accesses, or of the app while none is chosen."""
    selected = [access for access in open_accesses(app) if access.key in inputs.access_keys] or [_ANY]
    return [effective_policy(app, access) for access in selected]


def reason_need(inputs: RequestInput, app: AppSpec) -> Need:
    """Whether the form needs a reason; in an emergency it always does."""
    return Need.REQUIRED if inputs.emergency else app.reason


def _access_errors(inputs: RequestInput, app: AppSpec) -> Errors:
    keys, open_keys = inputs.access_keys, {access.key for access in open_accesses(app)}
    if not keys:
        sentence = "Choose at least one access."
    elif len(keys) > MAX_ACCESSES:
        sentence = f"Choose up to {MAX_ACCESSES} at once. You have chosen {len(keys)}."
    elif not open_keys.issuperset(keys):
        sentence = f"{app.name} no longer offers this access. Choose again."
    else:
        return {}
    return {access_block(app.key): sentence}


def _preset_length(term: TermChoice) -> timedelta | None:
    """The chosen preset, of this app or of the app that was chosen before."""
    if not (term.choice.isascii() and term.choice.isdigit() and len(term.choice) < len("9999999999")):
        return None
    length = timedelta(seconds=int(term.choice))
    return length if timedelta() < length <= LONGEST else None
