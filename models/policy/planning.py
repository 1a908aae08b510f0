"""Which stages a request goes through, and who is asked in each."""

from collections.abc import Iterator, Sequence

from models.catalogue.spec import DEFAULT_STAGE, StageSpec
from models.policy.clashes import Clash
from models.policy.conditions import applies, names_emergency
from models.policy.course import JUST_OPENED, Course
from models.policy.decision import PlannedStage, Reason
from models.policy.facts import Who
from models.policy.people import name_of
from models.policy.question import Question
from models.policy.seating import Seating
from models.policy.staffing import Staffing, least, stage_rule


def plan_stages(question: Question, who: Who, conflicts: Sequence[Clash] = ()) -> tuple[PlannedStage, ...]:
    """The stages that apply, in order, with their people; the last one has none where nobody can be found.

    Those that `conflicts` ask for come after the others. In an emergency only those apply whose condition
    names it, besides, and there may be none.
    """
    seating, used_up, stages = Seating(), dict[str, str](), list[PlannedStage]()
    for position, (spec, why) in enumerate(
        (*_applying(question, who), *_conflicting(conflicts, question, who))
    ):
        stage = Staffing(spec, position, question, who, used_up).find(seating, least(spec.rule), why)
        stages.append(stage)
        if not stage.approvers:
            break
        if spec.rule == "all":  # each of them decides there, so none is left for a later stage
            used_up = {**used_up, **dict.fromkeys(stage.seats, "decides in an earlier stage")}
    return tuple(stages)


def open_stage(
    spec: StageSpec, position: int, question: Question, who: Who, course: Course = JUST_OPENED
) -> PlannedStage:
    """Look up the people of one stage afresh: when it opens, and at every click.

    Args:
        spec: the stage, as its `PlannedStage.spec` was when the request was sent.
        position: its place, counted from 0.
        question: the request, with the policy that it was sent under.
        who: looks people up as they are now.
        course: what has happened to the stage so far.

    Returns the people who can still decide. Where some are needed and none can be found, `because` says why.
    """
    missing = max(least(spec.rule) - course.decided_here, 0)
    staffing = Staffing(spec, position, question, who, course.spent, course)
    planned = staffing.find(Seating(), missing, _still(spec, question, who))
    return staffing.escalated(planned) if course.escalated else planned


def _applying(question: Question, who: Who) -> Iterator[tuple[StageSpec, Reason]]:
    app, stages = question.policy.app_name, question.policy.stages
    found = [(spec, why) for spec in stages if (why := _why(spec, question, who))]
    if question.emergency:
        yield from ((spec, why) for spec, why in found if names_emergency(spec.when))
    elif stages == (DEFAULT_STAGE,):
        yield DEFAULT_STAGE, Reason(stage_rule(DEFAULT_STAGE), f"{app} has no stages, so its owners decide.")
    elif not found:
        yield (
            DEFAULT_STAGE,
            Reason(stage_rule(DEFAULT_STAGE), f"No stage of {app} applies, so its owners decide."),
        )
    else:
        yield from found


def _conflicting(
    conflicts: Sequence[Clash], question: Question, who: Who
) -> Iterator[tuple[StageSpec, Reason]]:
    """The stages of conflicts, each once, with everything that is the matter."""
    said: dict[StageSpec, list[str]] = {}
    for clash in conflicts:
        if clash.conflict.stage is not None:
            said.setdefault(clash.conflict.stage, []).append(told(clash, question, who))
    for spec, texts in said.items():
        yield spec, Reason(stage_rule(spec), " ".join(texts))


def told(clash: Clash, question: Question, who: Who) -> str:
    """A conflict in words, with the name of the one who would have both."""
    return clash.said(f"{name_of(question.beneficiary, who)} has")


def _why(spec: StageSpec, question: Question, who: Who) -> Reason | None:
    if spec.when is None:
        own = spec in (question.access.stage or ())
        what = question.access.name if own else question.policy.app_name
        return Reason(stage_rule(spec), f"Every request for {what} goes through it.")
    return applies(spec.when, question, who, rule=stage_rule(spec))


def _still(spec: StageSpec, question: Question, who: Who) -> Reason:
    """Why a stage of a request under way applies; of one that a conflict asked for, that is kept with it."""
    own = spec in (*question.policy.stages, DEFAULT_STAGE)
    return (_why(spec, question, who) if own else None) or Reason(
        stage_rule(spec), "It applied when the request was sent."
    )
