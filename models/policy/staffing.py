"""Finding the people of one stage.

Where a stage has too few people whom it can ask, its alternates are asked, then the owners, then the
workspace admins. As one person counts in one stage only, "too few" looks at the stages together: two stages
that name the same single person are one person short.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.catalogue.spec import Role, StageSpec
from models.policy.absence import with_stand_ins
from models.policy.course import JUST_OPENED, Course
from models.policy.decision import Candidate, PlannedStage, Reason
from models.policy.facts import Who
from models.policy.passing import passed_on
from models.policy.people import Pool, name_of, pool
from models.policy.question import Question
from models.policy.seating import Seating

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
        quiet = set(pool(self.spec.quiet, self.question, self.who, spent=self.spent).ids)
        candidates = tuple(
            replace(one, quiet=True) if one.person_id in quiet else one for one in found.candidates
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
