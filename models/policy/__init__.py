"""The rules, as pure functions: no database, no clock, no Slack. The question and the facts are handed in."""

from models.policy.clashes import Clash, blocked, clashes
from models.policy.conditions import applies
from models.policy.course import Course, Passed
from models.policy.deciding import decide
from models.policy.decision import Candidate, Decision, Outcome, PlannedStage, Reason
from models.policy.emergency import Aftermath, aftermath
from models.policy.escalation import escalation_wait
from models.policy.facts import Company, GroupFacts, PersonFacts, StandIn, Who
from models.policy.holdings import Hold, Holding
from models.policy.length import Length, check_length
from models.policy.planning import open_stage
from models.policy.question import Question
from models.policy.quorum import Tally, TallyStatus, tally

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
