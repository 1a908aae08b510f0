"""The preview of a request: the approvers of each stage and why, or what prevents sending."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from blocks import kit
from blocks.kit import Block
from blocks.kit.text import cut, esc, mentions
from models.catalogue.spec.conflicts import ConflictAction
from models.catalogue.spec.enums import OnReject
from models.durations import duration_words
from models.errors import Refusal, SentAlready
from models.lifecycle.request.plan import Planned
from models.policy import Conflict, EmergencyFollowUp, PlannedStage, Verdict, escalation_wait
from models.text import first_items

_MAX_BLOCKS = 60
"""Of the 100 blocks of a modal; the form's own fields need a dozen."""
_MAX_NAMES = 8
_MANAGER = re.compile(r"\bmanager of .+?(?= and |; |\)|$)")
"""How a stage names the beneficiary's manager among the reasons."""
_REASON_LIMIT = 150
"""Characters of a reason, so that eight reasons with their people fit one section and no mention is cut."""


def preview(planned: Sequence[Planned], *, own: bool = True) -> list[Block]:
    """The approval path of each access. Accesses with the same path are shown together.

    `own`: the reader is the requester, not an admin who tries the rules.
    """
    groups = _group_by_outcome([_with_your_manager(plan) for plan in planned] if own else planned)
    blocks = [kit.divider()]
    if len(planned) > 1:
        blocks.append(kit.context(f"This sends {len(planned)} separate requests."))
    for at, group in enumerate(groups):
        group_blocks = list(_group_blocks(group, with_names=len(groups) > 1))
        if len(blocks) + len(group_blocks) > _MAX_BLOCKS:
            remaining = sum(len(rest) for rest in groups[at:])
            return [
                *blocks,
                kit.context(f"{remaining} more have other approvers. Send them separately to see each."),
            ]
        blocks += group_blocks
    return blocks


def has_warnings(planned: Sequence[Planned]) -> bool:
    """Whether the preview has a warning that should be read before sending."""
    return any(plan.length.message or plan.decision.conflicts for plan in planned)


def refusal_blocks(refusal: Refusal) -> list[Block]:
    """Why the request cannot be sent, or was sent already."""
    if isinstance(refusal, SentAlready):
        return [kit.divider(), kit.section(f":white_check_mark: {esc(str(refusal))}")]
    return [kit.divider(), kit.section(f":no_entry: {esc(str(refusal))}")]


def hint_blocks(sentence: str) -> list[Block]:
    """What is missing or in progress before there is a preview."""
    return [kit.context(esc(sentence))]


def _with_your_manager(plan: Planned) -> Planned:
    """The plan with "your manager" where a stage names the requester's manager."""
    if plan.question.on_behalf:
        return plan
    stages = tuple(
        replace(
            stage,
            approvers=tuple(
                replace(approver, because=_MANAGER.sub("your manager", approver.because))
                for approver in stage.approvers
            ),
        )
        for stage in plan.decision.stages
    )
    return replace(plan, decision=replace(plan.decision, stages=stages))


def _group_by_outcome(planned: Sequence[Planned]) -> list[list[Planned]]:
    groups: dict[object, list[Planned]] = {}
    for plan in planned:
        decision = plan.decision
        stages = tuple((stage.name, stage.rule, stage.asked, stage.because) for stage in decision.stages)
        key = (
            decision.verdict,
            stages or decision.because,
            plan.length.message,
            plan.after,
            plan.unreviewed,
            *_conflict_texts(plan),
        )
        groups.setdefault(key, []).append(plan)
    return list(groups.values())


def _group_blocks(group: Sequence[Planned], *, with_names: bool) -> Iterator[Block]:
    first = group[0]
    if with_names:
        names = first_items([esc(plan.snapshot.access.name) for plan in group], _MAX_NAMES)
        yield kit.section(f"*{', '.join(names)}*")
    if first.length.message:
        yield kit.section(f":warning: {esc(first.length.message)}")
    yield from (kit.section(f":warning: *Conflict:* {esc(text)}") for text in _conflict_texts(first))
    if first.after is not None:
        yield from _emergency_blocks(first, first.after)
    if first.decision.verdict is Verdict.AUTO:
        if first.after is None:
            yield kit.section("*No approval needed*")
            yield kit.context(*(esc(reason.text) for reason in first.decision.because))
        return
    if not with_names or first.after is not None:
        yield kit.section("*Who will approve it first*" if first.after else "*Who will approve it*")
    yield from _stage_blocks(first)


def _stage_blocks(plan: Planned) -> Iterator[Block]:
    """Each stage with its reason (once, where several have the same) and its notes."""
    repeated: set[str] = set()
    for stage in plan.decision.stages:
        yield kit.section(_stage(stage, numbered=len(plan.decision.stages) > 1))
        reasons = [stage.because.text] if stage.because.text not in repeated else []
        repeated.update(reasons)
        if notes := [*map(esc, reasons), *_stage_notes(stage, plan.snapshot.policy.request_expiry)]:
            yield kit.context(*notes)


def _emergency_blocks(plan: Planned, after: EmergencyFollowUp) -> Iterator[Block]:
    """What emergency access means here: the start, who is informed, and who reviews it."""
    spec = plan.snapshot.policy.emergency
    maximum = f", for up to {duration_words(spec.max)}" if spec else ""
    event = "you confirm" if plan.decision.verdict is Verdict.AUTO else "it is approved"
    sentences = [f"Starts as soon as {event}{maximum}."]
    if after.notified:
        sentences.append(f"{mentions(after.notified)} will be notified, with your reason.")
    if after.reviewers:
        reviewers = mentions(after.reviewers, word="or")
        sentences.append(f"Reviewed afterwards by {reviewers}.")
    else:
        sentences.append("Nobody else can review it, so admins will choose a reviewer.")
    yield kit.section(f":rotating_light: *Immediate access*\n{' '.join(sentences)}")
    if plan.unreviewed:
        single = plan.unreviewed == 1
        earlier = "1 earlier emergency" if single else f"{plan.unreviewed} earlier emergencies"
        verb = "isn't" if single else "aren't"
        warning = f"{earlier} for this {verb} reviewed yet; everyone notified will see that."
        yield kit.section(f":warning: {warning}")


def _conflict_texts(planned: Planned) -> list[str]:
    """The conflicts that approvers are warned of. A stage that a conflict adds names it itself."""
    conflicts, question = planned.decision.conflicts, planned.question
    if not question.on_behalf:
        return [
            _conflict_text(planned, conflict)
            for conflict in conflicts
            if conflict.action is ConflictAction.FLAG
        ]
    rules = {conflict.rule for conflict in conflicts}
    return [reason.text for reason in planned.decision.because if reason.rule in rules]


def _conflict_text(planned: Planned, conflict: Conflict) -> str:
    requested = f"{planned.snapshot.app.name} · {planned.snapshot.access.name}"
    rule = f"should not be held together (rule “{conflict.spec.name}”)."
    why = f" {conflict.spec.why}" if conflict.spec.why else ""
    sendable = "You can still send this; approvers will see the warning."
    return f"{requested} and {conflict.holding.title} {rule}{why} {sendable}"


def _stage(stage: PlannedStage, *, numbered: bool) -> str:
    """A stage in one line: "*1. Owner:* @Mia (your manager), or @Grace or @Alan (owner of GitHub)"."""
    number = f"{stage.position + 1}. " if numbered else ""
    if len(stage.asked) == 1 or stage.rule == "any":
        quorum = ""
    else:
        quorum = "all of " if stage.rule == "all" else f"{stage.needed} of "
    approvers = (", or " if stage.rule == "any" else "; ").join(_approver_groups(stage))
    return f"*{number}{esc(stage.name)}:* {quorum}{approvers}"


def _stage_notes(stage: PlannedStage, expiry: timedelta) -> list[str]:
    """The escalation of a stage, and the effect of one rejection."""
    notes, delay = list[str](), escalation_wait(stage.spec, expiry)
    alternates = [alternate.person_id for alternate in stage.alternates]
    if delay and alternates:
        are = "is" if len(alternates) == 1 else "are"
        late = f"After {duration_words(delay)} without a decision"
        notes.append(f"{late}, {mentions(alternates)} {are} asked as well.")
    if isinstance(stage.rule, int) and stage.spec.on_reject is OnReject.VETO:
        notes.append("One rejection rejects the request.")
    return notes


def _approver_groups(stage: PlannedStage) -> Iterator[str]:
    """The approvers of a stage, grouped by why they are: "@Grace and @Alan (owner of GitHub)"."""
    word = "or" if stage.rule == "any" else "and"
    by_reason: dict[str, list[str]] = {}
    for candidate in stage.asked:
        by_reason.setdefault(candidate.because, []).append(candidate.person_id)
    for reason, ids in list(by_reason.items())[:_MAX_NAMES]:
        yield f"{mentions(ids, word=word)} ({cut(esc(reason), _REASON_LIMIT)})"
    if rest := list(by_reason.values())[_MAX_NAMES:]:
        yield f"{sum(map(len, rest))} more"
