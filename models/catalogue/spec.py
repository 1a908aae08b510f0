"""The shapes of the catalogue in one place, to import from: one format for file, forms and database.

`AppSpec.model_validate(…)` reads plain data, `.stored()` gives it back; `effective(app, access)` is the
policy that a request keeps. What is wrong comes as pydantic's `ValidationError`, of which
`models.catalogue.problems` makes sentences.
"""

from models.catalogue.approvers import (
    ApproverRef,
    GroupRef,
    PersonRef,
    Role,
    parse_approver,
    parse_group,
    parse_person,
)
from models.catalogue.conditions import When
from models.catalogue.connectors import ConnectorSpec
from models.catalogue.effective import DEFAULT_STAGE, AccessPolicy, effective
from models.catalogue.emergency import EmergencySpec
from models.catalogue.entries import AccessSpec, AppSpec, RequireSpec, RuleSpec, StageSpec
from models.catalogue.examples import FOREVER, ExampleSpec, Someone
from models.catalogue.words import (
    AccessKind,
    Asker,
    DecisionComment,
    EmailUse,
    Expect,
    Need,
    OnBehalf,
    OnReject,
    OverMax,
    Reassign,
    RequestKind,
    Risk,
    Weekday,
)

__all__ = [
    "DEFAULT_STAGE",
    "FOREVER",
    "AccessKind",
    "AccessPolicy",
    "AccessSpec",
    "AppSpec",
    "ApproverRef",
    "Asker",
    "ConnectorSpec",
    "DecisionComment",
    "EmailUse",
    "EmergencySpec",
    "ExampleSpec",
    "Expect",
    "GroupRef",
    "Need",
    "OnBehalf",
    "OnReject",
    "OverMax",
    "PersonRef",
    "Reassign",
    "RequestKind",
    "RequireSpec",
    "Risk",
    "Role",
    "RuleSpec",
    "Someone",
    "StageSpec",
    "Weekday",
    "When",
    "effective",
    "parse_approver",
    "parse_group",
    "parse_person",
]
