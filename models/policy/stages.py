"""Plan the stages that a request goes through, and find who is asked in each."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from models.catalogue.spec import DEFAULT_STAGE, ApproverRole, StageSpec
from models.policy.approvers import (
    CandidatePool,
    find_candidates,
    name_of,
    with_delegates,
    with_reassignments,
)
from models.policy.conditions import applies, names_emergency
from models.policy.conflicts import Conflict
from models.policy.decision import NEW_STAGE, Candidate, PlannedStage, Reason, StageHistory
from models.policy.facts import PeopleDirectory, Question
from models.policy.tally import StageMatching
from models.text import first_items, join_words

_MAX_DETAILS = 6
"""How many people that cannot be asked a sentence names before it counts the rest."""


def plan_stages(
    question: Question, directory: PeopleDirectory, conflicts: Sequence[Conflict] = ()
) -> tuple[PlannedStage, ...]:
    """The stages that apply, in order, with their approvers; the last one has none where nobody can be found.

    Stages that `conflicts` require come after the others. In an emergency only those stages apply whose
    condition names it, besides, and there may be none.
    """
    matching, ineligible, stages = StageMatching(), dict[str, str](), list[PlannedStage]()
    applying = (*_applying(question, directory), *_required_by_conflicts(conflicts, question, directory))
    for position, (spec, why) in enumerate(applying):
        search = ApproverSearch(spec, position, question, directory, ineligible)
        stage = search.find(matching, min_people(spec.rule), why)
        stages.append(stage)
        if not stage.approvers:
            break
        if spec.rule == "all":  # each of them decides there, so none is left for a later stage
            ineligible = {**ineligible, **dict.fromkeys(stage.voters, "decides in an earlier stage")}
    return tuple(stages)


def open_stage(
    spec: StageSpec,
    position: int,
    question: Question,
    directory: PeopleDirectory,
    history: StageHistory = NEW_STAGE,
) -> PlannedStage:
    """Look up the approvers of one stage afresh: when it opens, and at every click.

    Args:
        spec: the stage, as its `PlannedStage.spec` was when the request was sent.
        position: its place, counted from 0.
        question: the request, with the policy that it was sent under.
        directory: people as they are now.
        history: what has happened in the stage so far.

    Returns the people who can still decide. Where some are needed and none can be found, `because` says why.
    """
    missing = max(min_people(spec.rule) - history.decided_here, 0)
    search = ApproverSearch(spec, position, question, directory, history.already_voted, history)
    planned = search.find(StageMatching(), missing, _why_still(spec, question, directory))
    return search.escalated(planned) if history.escalated else planned


def conflict_sentence(conflict: Conflict, question: Question, directory: PeopleDirectory) -> str:
    """A conflict as a sentence, with the name of the one who would have both."""
    return conflict.sentence(f"{name_of(question.beneficiary, directory)} has")


def min_people(rule: str | int) -> int:
    """How many people a stage cannot do without. One is enough for "all", which asks whoever is there."""
    return rule if isinstance(rule, int) else 1


def stage_rule(spec: StageSpec) -> str:
    """How reasons name a stage."""
    return f"stage “{spec.name}”"


def _applying(question: Question, directory: PeopleDirectory) -> Iterator[tuple[StageSpec, Reason]]:
    app, stages = question.policy.app_name, question.policy.stages
    applying = [(spec, why) for spec in stages if (why := _why_applies(spec, question, directory))]
    by_default = stage_rule(DEFAULT_STAGE)
    if question.emergency:
        yield from ((spec, why) for spec, why in applying if names_emergency(spec.when))
    elif stages == (DEFAULT_STAGE,):
        yield DEFAULT_STAGE, Reason(by_default, f"{app} has no stages, so its owners decide.")
    elif not applying:
        yield DEFAULT_STAGE, Reason(by_default, f"No stage of {app} applies, so its owners decide.")
    else:
        yield from applying


def _required_by_conflicts(
    conflicts: Sequence[Conflict], question: Question, directory: PeopleDirectory
) -> Iterator[tuple[StageSpec, Reason]]:
    """The stages of conflicts, each once, with the sentences of all conflicts that require it."""
    sentences: dict[StageSpec, list[str]] = {}
    for conflict in conflicts:
        if conflict.spec.stage is not None:
            sentence = conflict_sentence(conflict, question, directory)
            sentences.setdefault(conflict.spec.stage, []).append(sentence)
    for spec, texts in sentences.items():
        yield spec, Reason(stage_rule(spec), " ".join(texts))


def _why_applies(spec: StageSpec, question: Question, directory: PeopleDirectory) -> Reason | None:
    if spec.when is None:
        own = spec in (question.access.stage or ())
        scope = question.access.name if own else question.policy.app_name
        return Reason(stage_rule(spec), f"Required for every {scope} request.")
    return applies(spec.when, question, directory, rule=stage_rule(spec))


def _why_still(spec: StageSpec, question: Question, directory: PeopleDirectory) -> Reason:
    """Why a stage of a request under way applies; the stage of a conflict is not in the policy."""
    own = spec in (*question.policy.stages, DEFAULT_STAGE)
    return (_why_applies(spec, question, directory) if own else None) or Reason(
        stage_rule(spec), "Required when the request was sent."
    )


@dataclass(frozen=True, slots=True)
class ApproverSearch:
    """The search for the approvers of one stage."""

    spec: StageSpec
    position: int
    question: Question
    directory: PeopleDirectory
    ineligible: Mapping[str, str]
    """Who does not count here, having decided or deciding elsewhere, with the words for it."""
    history: StageHistory = NEW_STAGE

    def find(self, matching: StageMatching, needed: int, why: Reason) -> PlannedStage:
        """The stage with at least `needed` people whom no earlier stage of `matching` needs.

        First those it names; then its quiet approvers too; then, each group as well, its alternates, the
        owners and the admins. `why` says why the stage applies.
        """
        named = self._pool(self.spec.approvers)
        if not self._needs_quiet_approvers(named) and matching.assign(self.position, named.voters, needed):
            return self._stage(named, why)
        if named.with_quiet_asked != named:
            named = named.with_quiet_asked
            if matching.assign(self.position, named.voters, needed):
                remark = "Quiet approvers are asked as well, as there are too few others."
                return _with_remark(self._stage(named, why), remark)
        entries, pool, helpers = self.spec.approvers, named, list[str]()
        for more, words in self._fallbacks():
            before, entries = pool.voters, (*entries, *more)
            pool = self._pool(entries).with_quiet_asked
            helpers += [words] if pool.voters != before else []
            if matching.assign(self.position, pool.voters, needed):
                remark = f"{self._shortage(named, needed)}, so {join_words(helpers)} are asked"
                remark += " too." if named.candidates else "."
                return _with_remark(self._stage(pool, why, fallback=True), remark)
        return self._stage(CandidatePool((), pool.left_out), self._why_nobody(pool, needed))

    def escalated(self, planned: PlannedStage) -> PlannedStage:
        """The same stage when its time has passed: its alternates are asked too."""
        more = self._alternates(planned)
        if not planned.approvers or (planned.fallback and not more):
            return planned  # they were needed from the start, as far as they can be asked
        asked = more or self.history.alternates
        outcome = "alternates were asked" if asked else self._why_no_alternates()
        stage = _with_remark(planned, f"No decision in time; {outcome}.")
        return replace(stage, approvers=(*planned.approvers, *more), alternates=())

    def _fallbacks(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Who is asked where people are missing, one group after the other, with the words for them."""
        yield self.spec.alternates, "its alternates"
        yield (ApproverRole.OWNERS,), f"the owners of {self.question.policy.app_name}"
        yield (ApproverRole.ADMINS,), "the workspace admins"

    def _pool(self, approvers: Iterable[str]) -> CandidatePool:
        """Whom these and the quiet approvers come to, with reassigned votes and delegates."""
        pool = self._candidates((*approvers, *self.spec.quiet))
        candidates = pool.candidates
        if self.spec.quiet:
            quiet = set(self._candidates(self.spec.quiet).voters)
            candidates = tuple(
                replace(candidate, quiet=True) if candidate.person_id in quiet else candidate
                for candidate in candidates
            )
        candidates = with_reassignments(candidates, self.history, self.question, self.directory)
        candidates = with_delegates(candidates, self.ineligible, self.question, self.directory)
        return CandidatePool(candidates, pool.left_out)

    def _candidates(self, approvers: Iterable[str]) -> CandidatePool:
        entries = dict.fromkeys(approvers)
        return find_candidates(entries, self.question, self.directory, ineligible=self.ineligible)

    def _needs_quiet_approvers(self, named: CandidatePool) -> bool:
        """Whether some have rejected, and the others cannot make up the number without the quiet ones."""
        missing = min_people(self.spec.rule) - self.history.approved_here
        return named.with_quiet_asked != named and len(named.voters) < missing

    def _stage(self, pool: CandidatePool, because: Reason, *, fallback: bool = False) -> PlannedStage:
        own_decided = self.history.decided_here - len(self.history.alternates)
        everybody = max(len(pool.voters) + own_decided, 1)
        stage = PlannedStage(
            position=self.position,
            spec=self.spec,
            needed=everybody if self.spec.rule == "all" else min_people(self.spec.rule),
            approvers=pool.candidates,
            because=because,
            fallback=fallback,
            left_out=pool.left_out,
        )
        alternates = self._alternates(stage)
        return replace(stage, alternates=alternates) if alternates else stage

    def _alternates(self, planned: PlannedStage) -> tuple[Candidate, ...]:
        pool = self._pool(self.spec.alternates) if self.spec.alternates else CandidatePool((), ())
        there = {*planned.ids, *planned.voters}
        return tuple(
            replace(candidate, because=f"alternate, {candidate.because}", alternate=True)
            for candidate in pool.candidates
            if not {candidate.person_id, candidate.votes_for} & there
        )

    def _why_no_alternates(self) -> str:
        pool = self._pool(self.spec.alternates)
        asked = tuple(f"{name_of(voter, self.directory)} is already asked" for voter in pool.voters)
        return f"none of its alternates can be asked{_details((*asked, *pool.left_out))}"

    def _shortage(self, named: CandidatePool, needed: int) -> str:
        if not named.candidates:
            return f"None of its approvers can be asked{_details(named.left_out)}"
        if len(named.voters) < needed:
            return f"Too few of its approvers can be asked{_details(named.left_out)}"
        return "Its approvers are needed in another stage, and each person counts in one stage only"

    def _why_nobody(self, everybody: CandidatePool, needed: int) -> Reason:
        stage = f"stage “{self.spec.name}” of {self.question.policy.app_name}"
        if not everybody.candidates:
            text = (
                f"Nobody can decide {stage}: none of its approvers, owners or workspace admins can be asked"
            )
        elif len(everybody.voters) < needed:
            text = (
                f"Too few people can decide {stage}: it needs {needed}, owners and workspace admins included"
            )
        else:
            text = f"Too few people can decide {stage}, as each person counts in one stage only"
        return Reason(stage_rule(self.spec), f"{text}{_details(everybody.left_out)}.")


def _with_remark(stage: PlannedStage, remark: str) -> PlannedStage:
    because = Reason(stage.because.rule, f"{stage.because.text} {remark}")
    return replace(stage, because=because, remark=f"{stage.remark} {remark}".lstrip())


def _details(left_out: Sequence[str]) -> str:
    return f" ({', '.join(first_items(left_out, _MAX_DETAILS))})" if left_out else ""
