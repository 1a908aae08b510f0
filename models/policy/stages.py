"""Which stages a request goes through, and who is asked in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.catalogue.spec import DEFAULT_STAGE, Role, StageSpec
from models.policy.approvers import Pool, name_of, passed_on, pool, with_stand_ins
from models.policy.conditions import applies, names_emergency
from models.policy.decision import JUST_OPENED, Candidate, Course, PlannedStage, Reason
from models.policy.facts import Question, Who
from models.policy.separation_of_duties import Clash
from models.policy.tally import Seating


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


_MOST_DETAILS = 6


@dataclass(frozen=True, slots=True)
class Staffing:
    """The search for the people of one stage."""

    spec: StageSpec
    position: int
    question: Question
    who: Who
    spent: Mapping[str, str]
    """Who does not count here, having decided or deciding elsewhere, with the words for it."""
    course: Course = JUST_OPENED

    def find(self, seating: Seating, needed: int, why: Reason) -> PlannedStage:
        """The stage with at least so many people of its own, stand-ins among them where they have to be."""
        named = self._pool(self.spec.approvers)
        if not self._wakes(named) and seating.take(self.position, named.ids, needed):
            return self._stage(named, why)
        if named.awake != named:
            named = named.awake
            if seating.take(self.position, named.ids, needed):
                remark = "Without the quiet approvers too few could be asked, so they are asked too."
                return _remarked(self._stage(named, why), remark)
        names, found, helpers = self.spec.approvers, named, list[str]()
        for more, words in self._helpers():
            before, names = found.ids, (*names, *more)
            found = self._pool(names).awake
            helpers += [words] if found.ids != before else []
            if seating.take(self.position, found.ids, needed):
                return self._stood_in(named, found, listed(helpers), why, needed)
        return self._stage(Pool((), found.left_out), self._nobody(found, needed))

    def escalated(self, planned: PlannedStage) -> PlannedStage:
        """The same stage when its time has passed: its alternates are asked too."""
        more = self._alternates(planned)
        if not planned.approvers or (planned.fallback and not more):
            return planned  # they were needed from the start, as far as they can be asked
        asked = "so its alternates are asked too"
        found = asked if more or self.course.alternates else self._no_alternates(planned)
        remark = f"It was not decided in time, {found}."
        return replace(_remarked(planned, remark), approvers=(*planned.approvers, *more), alternates=())

    def _helpers(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Who stands in where people are missing, one group after the other, and the words for them."""
        yield self.spec.alternates, "its alternates"
        yield (Role.OWNERS,), f"the owners of {self._app}"
        yield (Role.ADMINS,), "the workspace admins"

    def _alternates(self, planned: PlannedStage) -> tuple[Candidate, ...]:
        found = self._pool(self.spec.alternates).candidates if self.spec.alternates else ()
        there = {*planned.ids, *planned.seats}
        return tuple(
            replace(one, because=f"alternate, {one.because}", alternate=True)
            for one in found
            if not {one.person_id, one.holds} & there
        )

    def _no_alternates(self, planned: PlannedStage) -> str:
        found = self._pool(self.spec.alternates)
        asked = tuple(f"{name_of(one, self.who)} is asked already" for one in found.ids)
        return f"but none of its alternates can be asked{_details((*asked, *found.left_out))}"

    @property
    def _app(self) -> str:
        return self.question.policy.app_name

    def _pool(self, approvers: Iterable[str]) -> Pool:
        """Whom these and the quiet approvers come to, as passed on, and with those who stand in for them."""
        named = dict.fromkeys((*approvers, *self.spec.quiet))
        found = pool(named, self.question, self.who, spent=self.spent)
        candidates = found.candidates
        if self.spec.quiet:
            quiet = set(pool(self.spec.quiet, self.question, self.who, spent=self.spent).ids)
            candidates = tuple(
                replace(one, quiet=True) if one.person_id in quiet else one for one in candidates
            )
        candidates = passed_on(candidates, self.course, self.question, self.who)
        candidates = with_stand_ins(candidates, self.spent, self.question, self.who)
        return Pool(candidates, found.left_out)

    def _wakes(self, named: Pool) -> bool:
        """Whether the quiet ones are needed: some have rejected, and the others cannot make up the number."""
        missing = least(self.spec.rule) - self.course.approved_here
        return named.awake != named and len(named.ids) < missing

    def _stage(self, found: Pool, because: Reason, *, fallback: bool = False) -> PlannedStage:
        own_decided = self.course.decided_here - len(self.course.alternates)
        everybody = max(len(found.ids) + own_decided, 1)
        stage = PlannedStage(
            position=self.position,
            spec=self.spec,
            needed=everybody if self.spec.rule == "all" else least(self.spec.rule),
            approvers=found.candidates,
            because=because,
            fallback=fallback,
            left_out=found.left_out,
        )
        alternates = self._alternates(stage)
        return replace(stage, alternates=alternates) if alternates else stage

    def _stood_in(self, named: Pool, found: Pool, stand_ins: str, why: Reason, needed: int) -> PlannedStage:
        if not named.candidates:
            lack, too = f"Nobody it names can be asked{_details(named.left_out)}", ""
        elif len(named.ids) < needed:
            lack, too = f"Too few of the people it names can be asked{_details(named.left_out)}", " too"
        else:
            lack, too = (
                "Those it names are needed in another stage, and one person counts in one stage only",
                " too",
            )
        return _remarked(self._stage(found, why, fallback=True), f"{lack}, so {stand_ins} are asked{too}.")

    def _nobody(self, everybody: Pool, needed: int) -> Reason:
        stage = f"stage “{self.spec.name}” of {self._app}"
        if not everybody.candidates:
            text = f"Nobody can decide {stage}: no one it names, no owner and no workspace admin can be asked"
        elif len(everybody.ids) < needed:
            text = (
                f"Too few people can decide {stage}: it needs {needed}, owners and workspace admins included"
            )
        else:
            text = f"Too few people can decide {stage}, as one person counts in one stage only"
        return Reason(stage_rule(self.spec), f"{text}{_details(everybody.left_out)}.")


def least(rule: str | int) -> int:
    """How many people a stage cannot do without. One is enough for "all", which asks whoever is there."""
    return rule if isinstance(rule, int) else 1


def listed(words: Sequence[str]) -> str:
    """Several in a row: "a, b and c"."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else words[0]


def stage_rule(spec: StageSpec) -> str:
    """How reasons name a stage."""
    return f"stage “{spec.name}”"


def _remarked(stage: PlannedStage, remark: str) -> PlannedStage:
    because = Reason(stage.because.rule, f"{stage.because.text} {remark}")
    return replace(stage, because=because, remark=f"{stage.remark} {remark}".lstrip())


def _details(left_out: tuple[str, ...]) -> str:
    shown = left_out[:_MOST_DETAILS]
    if len(left_out) > _MOST_DETAILS:
        shown = (*shown, f"{len(left_out) - _MOST_DETAILS} more")
    return f" ({', '.join(shown)})" if shown else ""
