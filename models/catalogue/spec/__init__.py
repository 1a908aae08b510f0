"""The shapes of the catalogue in one place, to import from: one format for file, forms and database.

`AppSpec.model_validate(…)` reads plain data, `.stored()` gives it back; `effective(app, access)` is the
policy that a request keeps. What is wrong comes as pydantic's `ValidationError`, of which
`models.catalogue.lint.problems` makes sentences.
"""

from models.catalogue.spec.access_policy import DEFAULT_STAGE, AccessPolicy, effective
from models.catalogue.spec.conditions import When
from models.catalogue.spec.connectors import ConnectorSpec
from models.catalogue.spec.enums import (
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
from models.catalogue.spec.examples import FOREVER, ExampleSpec, Someone
from models.catalogue.spec.references import (
    ApproverRef,
    GroupRef,
    PersonRef,
    Role,
    parse_approver,
    parse_group,
    parse_person,
)
from models.catalogue.spec.specs import AccessSpec, AppSpec, EmergencySpec, RequireSpec, RuleSpec, StageSpec

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
