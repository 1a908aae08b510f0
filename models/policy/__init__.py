"""The rules, as pure functions: no database, no clock, no Slack. The question and the facts are handed in."""

from models.policy.conditions import applies
from models.policy.decide import Aftermath, aftermath, decide
from models.policy.decision import Candidate, Course, Decision, Outcome, Passed, PlannedStage, Reason
from models.policy.duration_rules import Length, check_length
from models.policy.facts import Company, GroupFacts, Hold, Holding, PersonFacts, Question, StandIn, Who
from models.policy.separation_of_duties import Clash, blocked, clashes
from models.policy.stages import open_stage
from models.policy.tally import Tally, TallyStatus, escalation_wait, tally

__all__ = [
    "Aftermath",
    "Candidate",
    "Clash",
    "Company",
    "Course",
    "Decision",
    "GroupFacts",
    "Hold",
    "Holding",
    "Length",
    "Outcome",
    "Passed",
    "PersonFacts",
    "PlannedStage",
    "Question",
    "Reason",
    "StandIn",
    "Tally",
    "TallyStatus",
    "Who",
    "aftermath",
    "applies",
    "blocked",
    "check_length",
    "clashes",
    "decide",
    "escalation_wait",
    "open_stage",
    "tally",
]
