"""Before anything is sent: who will be asked, in which stages, and why; or what is in the way."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from blocks import kit
from blocks.kit import Block
from blocks.text import cut, esc, mentions
from models.catalogue.conflicts import ConflictAction
from models.catalogue.words import OnReject
from models.durations import spoken
from models.errors import Refusal, SentAlready
from models.lifecycle.request.plan import Planned
from models.policy import Aftermath, Outcome, PlannedStage, escalation_wait

_MOST_BLOCKS = 60
"""Of the 100 of a modal; the form's own fields need a dozen."""
_NAMES = 8
_BECAUSE = 150
"""So that eight reasons with their people fit one section, and no mention is cut in half."""


def preview(planned: Sequence[Planned]) -> list[Block]:
    """What sending would come to. Accesses that go the same way are shown together."""
    ways = _ways(planned)
    blocks = [kit.divider()]
    if len(planned) > 1:
        blocks.append(kit.context(f"{len(planned)} requests will be sent, and each is decided on its own."))
    for at, way in enumerate(ways):
        drawn = list(_way(way, named=len(ways) > 1))
        if len(blocks) + len(drawn) > _MOST_BLOCKS:
            left = sum(len(one) for one in ways[at:])
            return [*blocks, kit.context(f"{left} more go other ways. Send them apart to see each.")]
        blocks += drawn
    return blocks


def flagged(planned: Sequence[Planned]) -> bool:
    """Whether there is something in it that one should have read before sending."""
    return any(one.length.message or one.decision.conflicts for one in planned)


def problem(refusal: Refusal) -> list[Block]:
    """Why it cannot be sent like this, or need not be."""
    if isinstance(refusal, SentAlready):
        return [kit.divider(), kit.section(f":white_check_mark: {esc(str(refusal))}")]
    return [kit.divider(), kit.section(f":no_entry: *This cannot be sent yet.* {esc(str(refusal))}")]


def hint(sentence: str) -> list[Block]:
    """What is still missing, or under way, before anything can be shown."""
    return [kit.context(esc(sentence))]


def _ways(planned: Sequence[Planned]) -> list[list[Planned]]:
    ways: dict[object, list[Planned]] = {}
    for one in planned:
        decision = one.decision
        stages = tuple((stage.name, stage.rule, stage.asked, stage.because) for stage in decision.stages)
        key = (
            decision.outcome,
            stages or decision.because,
            one.length.message,
            one.after,
            one.unreviewed,
            *_conflicts(one),
        )
        ways.setdefault(key, []).append(one)
    return list(ways.values())


def _way(way: Sequence[Planned], *, named: bool) -> Iterator[Block]:
    first = way[0]
    if named:
        yield kit.section(f"*{_names([one.snapshot.access.name for one in way])}*")
    yield from _warnings(first)
    if first.after is not None:
        yield kit.section(_at_once(first, first.after))
        yield from _unreviewed(first)
    if first.decision.outcome is Outcome.AUTO and first.after is not None:
        return
    if first.decision.outcome is Outcome.AUTO:
        yield kit.section("*No approval is needed*")
        yield kit.context(*(esc(reason.text) for reason in first.decision.because))
        return
    if not named or first.after is not None:
        yield kit.section("*Who will be asked before*" if first.after else "*Who will be asked*")
    said: set[str] = set()
    for stage in first.decision.stages:
        yield kit.section(_stage(stage, numbered=len(first.decision.stages) > 1))
        because = [stage.because.text] if stage.because.text not in said else []
        said.update(because)
        if below := [*map(esc, because), *_then(stage, first.snapshot.policy.request_expiry)]:
            yield kit.context(*below)


def _at_once(one: Planned, after: Aftermath) -> str:
    """What an emergency comes to: access at once, who is told, and who looks at it afterwards."""
    spec = one.snapshot.policy.emergency
    most = f", for at most {spoken(spec.max)}" if spec else ""
    begins = "as soon as you confirm" if one.decision.outcome is Outcome.AUTO else "as soon as it is approved"
    told = f" {mentions(after.told)} {_are(after.told)} told then, with your reason." if after.told else ""
    return f":rotating_light: *Access at once*\nIt begins {begins}{most}.{told} {_review(after.reviewers)}"


def _review(reviewers: Sequence[str]) -> str:
    if not reviewers:
        return "Nobody else is there to review it, so the admins are asked to name somebody."
    return (
        f"Afterwards it is reviewed by {mentions(reviewers, word='or')}. Nobody reviews their own emergency."
    )


def _are(people: Sequence[str]) -> str:
    return "is" if len(people) == 1 else "are"


def _unreviewed(one: Planned) -> Iterator[Block]:
    if one.unreviewed:
        before = "An earlier one" if one.unreviewed == 1 else f"{one.unreviewed} earlier ones"
        waits = f"{before} for this {'is' if one.unreviewed == 1 else 'are'} not reviewed yet"
        yield kit.section(f":warning: {waits}, and those who are told see that.")


def _warnings(one: Planned) -> Iterator[Block]:
    if one.length.message:
        yield kit.section(f":warning: {esc(one.length.message)}")
    yield from (kit.section(f":warning: *Conflict:* {esc(text)}") for text in _conflicts(one))


def _conflicts(planned: Planned) -> list[str]:
    """What the approvers are warned of; a stage that a conflict asks for says so itself."""
    found, question = planned.decision.conflicts, planned.question
    if not question.on_behalf:
        return [one.said("You have") for one in found if one.action is ConflictAction.FLAG]
    warned = {one.rule for one in found}
    return [reason.text for reason in planned.decision.because if reason.rule in warned]


def _names(names: Sequence[str]) -> str:
    more = [f"{len(names) - _NAMES} more"] if len(names) > _NAMES else []
    return ", ".join([*(esc(name) for name in names[:_NAMES]), *more])


def _stage(stage: PlannedStage, *, numbered: bool) -> str:
    number = f"{stage.position + 1}. " if numbered else ""
    return f"*{number}{esc(stage.name)}:* {_rule(stage)}{_together(stage)}"


def _then(stage: PlannedStage, expiry: timedelta) -> list[str]:
    """What matters only later: who is asked too if nobody decides, and what one rejection does."""
    wait, alternates = escalation_wait(stage.spec, expiry), [one.person_id for one in stage.alternates]
    said = list[str]()
    if wait and alternates:
        are = "is" if len(alternates) == 1 else "are"
        said.append(f"If nobody decides within {spoken(wait)}, {mentions(alternates)} {are} asked too.")
    if isinstance(stage.rule, int) and stage.spec.on_reject is OnReject.VETO:
        said.append("One rejection ends it.")
    return said


def _rule(stage: PlannedStage) -> str:
    if len(stage.asked) == 1 or stage.rule == "any":
        return ""
    return "all of " if stage.rule == "all" else f"{stage.needed} of "


def _together(stage: PlannedStage) -> str:
    """Whoever is asked: "@Mia (manager of Ada), or @Grace or @Alan (owner of GitHub)" where one is enough."""
    return (", or " if stage.rule == "any" else "; ").join(_people(stage))


def _people(stage: PlannedStage) -> Iterator[str]:
    """Those who are asked, put together by why they are: "@Grace and @Alan (owner of GitHub)"."""
    word = "or" if stage.rule == "any" else "and"
    by_reason: dict[str, list[str]] = {}
    for candidate in stage.asked:
        by_reason.setdefault(candidate.because, []).append(candidate.person_id)
    for because, ids in list(by_reason.items())[:_NAMES]:
        yield f"{mentions(ids, word=word)} ({cut(esc(because), _BECAUSE)})"
    if left := list(by_reason.values())[_NAMES:]:
        yield f"{sum(map(len, left))} more"
