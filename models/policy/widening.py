"""Whether the people who were asked may give longer than what they were asked for."""

from collections.abc import Iterator

from models.catalogue.spec import StageSpec
from models.durations import spoken
from models.policy.conditions import applies
from models.policy.deciding import decide
from models.policy.decision import Outcome
from models.policy.facts import Who
from models.policy.question import Question


def widened(asked: Question, given: Question, who: Who) -> str | None:
    """A sentence where a changed duration meets a rule or a stage that what was asked for did not meet.

    An approver cannot give what the policy would have refused, or has others decide on. None: nothing is in
    the way.
    """
    if refused := [text for text in _refusals(given, who) if text not in set(_refusals(asked, who))]:
        return f"{refused[0]} Choose less."
    passed = set(_stages(asked, who))
    for stage in _stages(given, who):
        if stage not in passed:
            long = spoken(given.duration) if given.duration else "No end"
            return f"{long} needs the stage “{stage.name}” too, which was not asked. Choose less."
    return None


def _refusals(question: Question, who: Who) -> list[str]:
    decision = decide(question, who)
    return [reason.text for reason in decision.because] if decision.outcome is Outcome.DENY else []


def _stages(question: Question, who: Who) -> Iterator[StageSpec]:
    return (stage for stage in question.policy.stages if applies(stage.when, question, who))
