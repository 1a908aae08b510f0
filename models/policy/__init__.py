"""Access rules as pure functions of a `Question` and a directory: no database, no clock, no Slack."""

from models.policy.conditions import applies
from models.policy.conflicts import Conflict, block_sentence, find_conflicts
from models.policy.decide import EmergencyFollowUp, decide, emergency_follow_up
from models.policy.decision import (
    Candidate,
    PlannedStage,
    PolicyDecision,
    Reason,
    ReassignedVote,
    StageHistory,
    Verdict,
)
from models.policy.duration_rules import DurationCheck, check_duration
from models.policy.facts import (
    Company,
    Delegate,
    GroupFacts,
    Holding,
    HoldingState,
    PeopleDirectory,
    PersonFacts,
    Question,
)
from models.policy.stages import open_stage
from models.policy.tally import Tally, TallyStatus, escalation_wait, tally

__all__ = [
    "Candidate",
    "Company",
    "Conflict",
    "Delegate",
    "DurationCheck",
    "EmergencyFollowUp",
    "GroupFacts",
    "Holding",
    "HoldingState",
    "PeopleDirectory",
    "PersonFacts",
    "PlannedStage",
    "PolicyDecision",
    "Question",
    "Reason",
    "ReassignedVote",
    "StageHistory",
    "Tally",
    "TallyStatus",
    "Verdict",
    "applies",
    "block_sentence",
    "check_duration",
    "decide",
    "emergency_follow_up",
    "escalation_wait",
    "find_conflicts",
    "open_stage",
    "tally",
]
