"""The entries of the catalogue as pydantic models: one format for file, forms and database.

`AppSpec.model_validate(…)` reads plain data, `.stored()` gives it back; `effective_policy(app, access)` is
what a request keeps. `models.catalogue.lint.problems` makes sentences of pydantic's `ValidationError`.
"""

from models.catalogue.spec.access_policy import DEFAULT_STAGE, AccessPolicy, effective_policy
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
from models.catalogue.spec.examples import FOREVER, ExamplePerson, ExampleSpec
from models.catalogue.spec.references import (
    ApproverRef,
    ApproverRole,
    GroupRef,
    PersonRef,
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
    "ApproverRole",
    "Asker",
    "ConnectorSpec",
    "DecisionComment",
    "EmailUse",
    "EmergencySpec",
    "ExamplePerson",
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
    "RuleSpec",
    "StageSpec",
    "Weekday",
    "When",
    "effective_policy",
    "parse_approver",
    "parse_group",
    "parse_person",
]
