"""Finding the people of one stage.

Where a stage has too few people whom it can ask, the owners are asked, then the workspace admins. As one
person counts in one stage only, "too few" looks at the stages together: two stages that name the same
single person are one person short.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from models.catalogue.spec import Role, StageSpec
from models.policy.absence import with_stand_ins
from models.policy.course import JUST_OPENED, Course
from models.policy.decision import PlannedStage, Reason
from models.policy.facts import Who
from models.policy.passing import passed_on
from models.policy.people import Pool, pool
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
                text = (
                    f"{why.text} Without the quiet approvers too few could be asked, so they are asked too."
                )
                return self._stage(named, Reason(why.rule, text))
        owners = self._pool((*self.spec.approvers, Role.OWNERS)).awake
        if seating.take(self.position, owners.ids, needed):
            return self._stood_in(named, owners, f"the owners of {self._app}", why, needed)
        admins = self._pool((*self.spec.approvers, Role.OWNERS, Role.ADMINS)).awake
        if seating.take(self.position, admins.ids, needed):
            helped = f"the owners of {self._app} and " if owners.ids != named.ids else ""
            return self._stood_in(named, admins, f"{helped}the workspace admins", why, needed)
        return self._stage(Pool((), admins.left_out), self._nobody(admins, needed))

    @property
    def _app(self) -> str:
        return self.question.policy.app_name

    def _pool(self, approvers: Iterable[str]) -> Pool:
        """Whom these and the quiet approvers come to, as passed on, and with those who stand in for them."""
        named = dict.fromkeys((*approvers, *self.spec.quiet))
        found = pool(named, self.question, self.who, spent=self.spent)
        quiet = set(pool(self.spec.quiet, self.question, self.who, spent=self.spent).ids)
        candidates = tuple(replace(one, quiet=one.person_id in quiet) for one in found.candidates)
        candidates = passed_on(candidates, self.course, self.question, self.who)
        candidates = with_stand_ins(candidates, self.spent, self.question, self.who)
        return Pool(candidates, found.left_out)

    def _wakes(self, named: Pool) -> bool:
        """Whether the quiet ones are needed: some have rejected, and the others cannot make up the number."""
        missing = least(self.spec.rule) - self.course.approved_here
        return named.awake != named and len(named.ids) < missing

    def _stage(self, found: Pool, because: Reason, *, fallback: bool = False) -> PlannedStage:
        everybody = max(len(found.ids) + self.course.decided_here, 1)
        return PlannedStage(
            position=self.position,
            spec=self.spec,
            needed=everybody if self.spec.rule == "all" else least(self.spec.rule),
            approvers=found.candidates,
            because=because,
            fallback=fallback,
            left_out=found.left_out,
        )

    def _stood_in(self, named: Pool, found: Pool, stand_ins: str, why: Reason, needed: int) -> PlannedStage:
        if not named.candidates:
            lack, too = f"Nobody it names can be asked{_details(named)}", ""
        elif len(named.ids) < needed:
            lack, too = f"Too few of the people it names can be asked{_details(named)}", " too"
        else:
            lack, too = (
                "Those it names are needed in another stage, and one person counts in one stage only",
                " too",
            )
        text = f"{why.text} {lack}, so {stand_ins} are asked{too}."
        return self._stage(found, Reason(why.rule, text), fallback=True)

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
        return Reason(stage_rule(self.spec), f"{text}{_details(everybody)}.")


def least(rule: str | int) -> int:
    """How many people a stage cannot do without. One is enough for "all", which asks whoever is there."""
    return rule if isinstance(rule, int) else 1


def stage_rule(spec: StageSpec) -> str:
    """How reasons name a stage."""
    return f"stage “{spec.name}”"


def _details(found: Pool) -> str:
    left_out = found.left_out[:_MOST_DETAILS]
    if len(found.left_out) > _MOST_DETAILS:
        left_out = (*left_out, f"{len(found.left_out) - _MOST_DETAILS} more")
    return f" ({', '.join(left_out)})" if left_out else ""
