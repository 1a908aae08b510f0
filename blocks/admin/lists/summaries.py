"""An app's parts summarized in mrkdwn, for the admin lists."""

from collections.abc import Sequence

from blocks.admin.fields.base import SlackNames
from blocks.admin.fields.connector import ConnectorKind
from blocks.admin.fields.people import ROLES
from blocks.kit.text import cut, esc, mention
from models.catalogue.app_edits import RULES
from models.catalogue.spec import (
    AccessSpec,
    ApproverRole,
    AppSpec,
    ConnectorSpec,
    DecisionComment,
    EmailUse,
    GroupRef,
    OnBehalf,
    OnReject,
    OverMax,
    Reassign,
    RuleSpec,
    StageSpec,
    parse_approver,
)
from models.catalogue.spec.condition_words import describe_condition
from models.durations import duration_words
from models.text import first_items

MAX_NAMES = 12
"""People and groups named in one line; the others are counted."""
NAME_LIMIT = 60
_RULE_TEXTS = {
    "deny": ("denied when", "always denied"),
    "require": ("denied unless", "always met"),
    "auto_approve": ("approved automatically when", "always approved automatically"),
}
_REASON_TEXTS = {
    "required": "a reason is required",
    "optional": "a reason is optional",
    "hidden": "no reason is requested",
}


def about_app(app: AppSpec) -> str:
    """Name, description, traits, owners and request rules of an app."""
    icon = f"{app.icon} " if app.icon.startswith(":") else ""
    traits = [esc(app.category)] if app.category else []
    traits += [f"{app.risk} risk", f"key `{app.key}`", *([esc(app.link)] if app.link else [])]
    lines = [f"{icon}*{esc(app.name)}*", cut(esc(app.description), 800), cut(" · ".join(traits), 400)]
    instructions = f"Instructions: {cut(esc(app.instructions), 300)}" if app.instructions else ""
    owners = f"Owners: {_approver_list(app.owners, SlackNames())}" if app.owners else "No owner"
    return "\n".join(line for line in [*lines, owners, _request_rules(app), instructions] if line)


def durations(app: AppSpec) -> str:
    """The durations of an app's accesses, requests and notices."""
    longer = "not allowed" if app.over_max is OverMax.REFUSE else "allowed with a warning"
    longest = (
        f"at most {duration_words(app.max_duration)} (longer: {longer})" if app.max_duration else "any length"
    )
    presets = ", ".join(map(duration_words, app.durations)) or "no presets"
    notices = ", ".join(map(duration_words, app.expiry_notices)) or "none"
    lines = [
        f"*How long:* {presets}; {longest}{'; or without an end' if app.indefinite else ''}.",
        _waiting_times(app),
        f"*Notices before access ends:* {notices}.",
        f"*Grace* for a pending extension: {duration_words(app.grace)}." if app.grace else "",
    ]
    return "\n".join(line for line in lines if line)


def _waiting_times(app: AppSpec) -> str:
    """How long requests wait, and when somebody is told of it."""
    warning = duration_words(min(app.expiry_warning, app.request_expiry / 2))
    expiry = f"*Requests* expire after {duration_words(app.request_expiry)}, with a warning {warning} before."
    reminder = f"requesters can remind after {duration_words(app.remind_wait)}"
    return f"{expiry}\n*Reminders* after {duration_words(app.remind_after)}; {reminder}."


def emergency(app: AppSpec, names: SlackNames) -> str:
    """The emergency access of an app."""
    if app.emergency is None:
        return "*Emergency access:* off."
    spec = app.emergency
    reviewers = _approver_list(spec.reviewers, names)
    return (
        f"*Emergency access:* immediate for up to {duration_words(spec.max)}, reviewed by {reviewers}; "
        f"reminded after {duration_words(spec.review_within)}."
    )


def stage(spec: StageSpec, at: int, names: SlackNames) -> str:
    """One stage: its approvers, how many, and when."""
    count = {"any": "one of ", "all": "all of "}.get(str(spec.rule), f"{spec.rule} of ")
    if spec.approvers == (ApproverRole.MANAGER,):
        count = ""  # there is but one
    when = f"\nOnly when {cut(esc(describe_condition(spec.when)), 1000)}." if spec.when else ""
    lines = [
        f"*{at + 1}. {esc(spec.name)}*: {count}{_approver_list(spec.approvers, names)}.",
        *_stage_details(spec, names),
    ]
    return "\n".join(lines) + when


def _stage_details(spec: StageSpec, names: SlackNames) -> list[str]:
    veto = "One rejection is final." if spec.on_reject is OnReject.VETO else ""
    quiet = f"Quiet approvers: {_approver_list(spec.quiet, names)}." if spec.quiet else ""
    after = f"after {duration_words(spec.escalate_after)}" if spec.escalate_after else "halfway to expiry"
    later = f"Alternates {after}: {_approver_list(spec.alternates, names)}." if spec.alternates else ""
    channel = f"In <#{esc(spec.channel)}> for more than {spec.channel_over} approvers."
    lines = [veto, quiet, later, channel if spec.channel else ""]
    return [line for line in lines if line]


def access(spec: AccessSpec, kinds: Sequence[ConnectorKind], names: SlackNames) -> str:
    """One access: its traits, its connector, and what it has of its own."""
    status = "" if spec.enabled else " (can’t be requested)"
    traits = [spec.kind.value, *(["privileged"] if spec.privileged else [])]
    traits += [f"{spec.risk} risk"] if spec.risk else []
    traits += [] if spec.emergency else ["no emergency access"]
    details = f"{', '.join(traits)} · {cut(esc(_connector_text(spec.connector, kinds, names)), 500)}"
    return "\n".join([f"*{esc(spec.name)}*{status}", details, *_overrides(spec)])


def rule_lines(spec: AppSpec | AccessSpec) -> list[str]:
    """The rules of an app or of an access, a line each."""
    return [f"• {rule(name, spec_rule)}" for name in RULES for spec_rule in getattr(spec, name)]


def rule(name: str, spec: RuleSpec) -> str:
    """A rule of the list `name`: its effect, and its condition."""
    effect, always = _RULE_TEXTS[name]
    text = f"{effect} {cut(esc(describe_condition(spec.when)), 1500)}" if spec.when else always
    return f"*{esc(spec.name)}*: {text}."


def _request_rules(app: AppSpec) -> str:
    guests = "guests may request it" if app.guests else "guests can’t request it"
    own = "; approvers may decide their own requests" if app.self_approve else ""
    copies = "; a copy of every message by e-mail" if app.email is EmailUse.COPY else ""
    text = f"{_REASON_TEXTS[app.reason]}; {guests}{own}{copies}."
    lines = [text[0].upper() + text[1:], *_exceptions(app)]
    return " ".join(lines)


def _exceptions(app: AppSpec) -> list[str]:
    """Rules of requesting and deciding that differ from the defaults."""
    others = {
        OnBehalf.ADMINS: "Owners and admins may request for others.",
        OnBehalf.MANAGERS: "Managers, owners and admins may request for others.",
        OnBehalf.ANYONE: "Everyone may request for others.",
    }
    comments = {
        DecisionComment.ON_REJECT: "A rejection needs a comment.",
        DecisionComment.ALWAYS: "Every decision needs a comment.",
    }
    passing = {
        Reassign.ANYONE: "Approvers may reassign to any colleague.",
        Reassign.NOBODY: "Approvers can’t reassign.",
    }
    texts = (others.get(app.on_behalf), comments.get(app.decision_comment), passing.get(app.reassign))
    return [text for text in texts if text]


def _approver_list(refs: Sequence[str], names: SlackNames) -> str:
    return ", ".join(first_items([_approver(ref, names) for ref in refs], MAX_NAMES))


def _approver(text: str, names: SlackNames) -> str:
    ref = parse_approver(text)
    if isinstance(ref, ApproverRole):
        label = ROLES[ref]
        return label[0].lower() + label[1:] if label.startswith("The") else label
    if isinstance(ref, GroupRef):
        return cut(esc(names.groups.get(text, text)), NAME_LIMIT)
    return mention(ref.id) if ref.id else cut(esc(text), NAME_LIMIT)


def _connector_text(connector: ConnectorSpec, kinds: Sequence[ConnectorKind], names: SlackNames) -> str:
    kind = next((kind for kind in kinds if kind.type == connector.type), None)
    if kind is None:
        return connector.type
    params = [connector.params.get(param.name) for param in kind.params]
    values = [names.groups.get(text, text) for text in params if isinstance(text, str)]
    return ": ".join([kind.label, *values])


def _overrides(spec: AccessSpec) -> list[str]:
    presets = ", ".join(map(duration_words, spec.durations or ()))
    longest = [f"at most {duration_words(spec.max_duration)}"] if spec.max_duration else []
    lengths = [presets] if presets else []
    lines = [f"Own durations: {', '.join([*lengths, *longest])}."] if lengths or longest else []
    if spec.stage is not None:
        names = ", ".join(esc(stage.name) for stage in spec.stage)
        lines.append(f"Own stages: {names or 'none: owners decide'}.")
    lines += rule_lines(spec)
    return [cut("\n".join(lines), 1500)] if lines else []
