"""An app's parts said in mrkdwn, as the admins' screens show them."""

from collections.abc import Sequence

from blocks import kit
from blocks.admin.connectors import ConnectorKind
from blocks.admin.field import Known
from blocks.admin.people_fields import ROLES
from blocks.kit import Block
from blocks.text import cut, esc, mention
from models.catalogue.condition_words import condition
from models.catalogue.listed import RULES
from models.catalogue.spec import (
    AccessSpec,
    AppSpec,
    ConnectorSpec,
    DecisionComment,
    EmailUse,
    GroupRef,
    OnBehalf,
    OnReject,
    OverMax,
    Reassign,
    Role,
    RuleSpec,
    StageSpec,
    parse_approver,
)
from models.durations import spoken

MOST_NAMED = 12
"""People and groups named in one line; the others are counted."""
LONGEST_NAME = 60
_OUTCOMES = {
    "deny": ("refused when", "always refused"),
    "require": ("refused unless", "always given"),
    "auto_approve": ("approved without asking when", "always approved without asking"),
}
_REASON = {
    "required": "a reason is required",
    "optional": "a reason is optional",
    "hidden": "no reason is asked for",
}


def about(app: AppSpec) -> str:
    """What the app is."""
    icon = f"{app.icon} " if app.icon.startswith(":") else ""
    traits = [esc(app.category)] if app.category else []
    traits += [f"{app.risk} risk", f"key `{app.key}`", *([esc(app.link)] if app.link else [])]
    lines = [f"{icon}*{esc(app.name)}*", cut(esc(app.description), 800), cut(" · ".join(traits), 400)]
    shown = f"Instructions: {cut(esc(app.instructions), 300)}" if app.instructions else ""
    return "\n".join(line for line in [*lines, _owners(app), _terms(app), shown] if line)


def times(app: AppSpec) -> str:
    """How long its accesses last."""
    over = "refused" if app.over_max is OverMax.REFUSE else "flagged to the approvers"
    longest = f"at most {spoken(app.max_duration)} (longer is {over})" if app.max_duration else "any length"
    offered = ", ".join(map(spoken, app.durations)) or "no presets"
    notices = ", ".join(map(spoken, app.expiry_notices)) or "none"
    lines = [
        f"*How long:* {offered}; {longest}{'; or without an end' if app.indefinite else ''}.",
        _waiting(app),
        f"*Notices before the end:* {notices}.",
        f"*Grace* while more time is asked for: {spoken(app.grace)}." if app.grace else "",
    ]
    return "\n".join(line for line in lines if line)


def _waiting(app: AppSpec) -> str:
    """How long requests wait, and when somebody is told of it."""
    warning = spoken(min(app.expiry_warning, app.request_expiry / 2))
    expiry = f"*Requests* expire after {spoken(app.request_expiry)}, with a warning {warning} before."
    wish = f"{spoken(app.remind_wait)} after the last, whoever asks can send one"
    return f"{expiry}\n*Reminders* after {spoken(app.remind_after)}; {wish}."


def emergency(app: AppSpec, known: Known) -> str:
    """What the app allows in an emergency."""
    if app.emergency is None:
        return "*Emergencies:* access is not given at once."
    said = app.emergency
    reviewers = _row(said.reviewers, known)
    return (
        f"*Emergencies:* access at once, for at most {spoken(said.max)}, reviewed by {reviewers}; "
        f"reminded after {spoken(said.review_within)}."
    )


def stage(spec: StageSpec, at: int, known: Known) -> str:
    """One stage: who, how many, when."""
    how = {"any": "one of ", "all": "all of "}.get(str(spec.rule), f"{spec.rule} of ")
    if spec.approvers == (Role.MANAGER,):
        how = ""  # there is but one
    when = f"\nOnly when {cut(esc(condition(spec.when)), 1000)}." if spec.when else ""
    lines = [f"*{at + 1}. {esc(spec.name)}*: {how}{_row(spec.approvers, known)}.", *_further(spec, known)]
    return "\n".join(lines) + when


def _further(spec: StageSpec, known: Known) -> list[str]:
    veto = "One rejection ends it." if spec.on_reject is OnReject.VETO else ""
    quiet = f"Without a message: {_row(spec.quiet, known)}." if spec.quiet else ""
    after = f"after {spoken(spec.escalate_after)}" if spec.escalate_after else "at half of the time"
    later = f"Asked {after}: {_row(spec.alternates, known)}." if spec.alternates else ""
    channel = f"In the channel <#{esc(spec.channel)}> when it would ask more than {spec.channel_over}."
    lines = [veto, quiet, later, channel if spec.channel else ""]
    return [line for line in lines if line]


def access(spec: AccessSpec, kinds: Sequence[ConnectorKind], known: Known) -> str:
    """One access: what it is and how it is given."""
    off = "" if spec.enabled else " (may not be requested)"
    traits = [spec.kind.value, *(["privileged"] if spec.privileged else [])]
    traits += [f"{spec.risk} risk"] if spec.risk else []
    traits += [] if spec.emergency else ["not at once in an emergency"]
    what = f"{', '.join(traits)} · {cut(esc(_given(spec.connector, kinds, known)), 500)}"
    return "\n".join([f"*{esc(spec.name)}*{off}", what, *_of_its_own(spec)])


def rule_lines(spec: AppSpec | AccessSpec) -> list[str]:
    """The rules of an app or of an access, a line each."""
    return [f"• {rule(name, one)}" for name in RULES for one in getattr(spec, name)]


def rule(name: str, spec: RuleSpec) -> str:
    """A rule of this list: what it does, and when."""
    what, always = _OUTCOMES[name]
    said = f"{what} {cut(esc(condition(spec.when)), 1500)}" if spec.when else always
    return f"*{esc(spec.name)}*: {said}."


def notes(sentences: Sequence[str]) -> list[Block]:
    """Sentences that are worth a look."""
    return [kit.context(cut(esc(" ".join(sentences)), 2900))] if sentences else []


def overtaken(by: str, changes: Sequence[str]) -> list[Block]:
    """Somebody else was faster: who, and what they did."""
    who = mention(by) if by else "Somebody"
    said = "\n".join(f"• {esc(change)}" for change in changes)
    text = f"*{who} changed this in the meantime.* Nothing of yours is saved yet.\n{said}"
    return [kit.section(cut(text, 2900)), kit.divider()]


def _owners(app: AppSpec) -> str:
    return f"Owners: {_row(app.owners, Known())}" if app.owners else "No owner yet"


def _terms(app: AppSpec) -> str:
    guests = "guests may ask" if app.guests else "not for guests"
    own = "; approvers may decide on their own requests" if app.self_approve else ""
    copies = "; a copy of every message by e-mail" if app.email is EmailUse.COPY else ""
    said = f"{_REASON[app.reason]}; {guests}{own}{copies}."
    lines = [said[0].upper() + said[1:], *_deciding(app)]
    return " ".join(lines)


def _deciding(app: AppSpec) -> list[str]:
    """What is not as usual with asking and deciding."""
    others = {
        OnBehalf.ADMINS: "Owners and admins may ask for others.",
        OnBehalf.MANAGERS: "Managers, owners and admins may ask for others.",
        OnBehalf.ANYONE: "Everybody may ask for others.",
    }
    comments = {
        DecisionComment.ON_REJECT: "A rejection needs a comment.",
        DecisionComment.ALWAYS: "Every decision needs a comment.",
    }
    passing = {
        Reassign.ANYONE: "Decisions may be passed on to every colleague.",
        Reassign.NOBODY: "Decisions cannot be passed on.",
    }
    said = (others.get(app.on_behalf), comments.get(app.decision_comment), passing.get(app.reassign))
    return [text for text in said if text]


def _row(refs: Sequence[str], known: Known) -> str:
    said = [_who(ref, known) for ref in refs[:MOST_NAMED]]
    more = len(refs) - len(said)
    return ", ".join([*said, *([f"{more} more"] if more else [])])


def _who(text: str, known: Known) -> str:
    ref = parse_approver(text)
    if isinstance(ref, Role):
        return ROLES[ref][0].lower() + ROLES[ref][1:]
    if isinstance(ref, GroupRef):
        return cut(esc(known.groups.get(text, text)), LONGEST_NAME)
    return mention(ref.id) if ref.id else cut(esc(text), LONGEST_NAME)


def _given(connector: ConnectorSpec, kinds: Sequence[ConnectorKind], known: Known) -> str:
    kind = next((kind for kind in kinds if kind.type == connector.type), None)
    if kind is None:
        return connector.type
    params = [connector.params.get(param.name) for param in kind.params]
    said = [known.groups.get(text, text) for text in params if isinstance(text, str)]
    return ": ".join([kind.label, *said])


def _of_its_own(spec: AccessSpec) -> list[str]:
    offered = ", ".join(map(spoken, spec.durations or ()))
    longest = [f"at most {spoken(spec.max_duration)}"] if spec.max_duration else []
    lengths = [f"for {offered}"] if offered else []
    lines = [f"Of its own: {', '.join([*lengths, *longest])}."] if lengths or longest else []
    if spec.stage is not None:
        names = ", ".join(esc(stage.name) for stage in spec.stage)
        lines.append(f"Stages of its own: {names or 'none, so the owners decide'}.")
    lines += rule_lines(spec)
    return [cut("\n".join(lines), 1500)] if lines else []
