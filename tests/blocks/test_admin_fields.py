"""Everything that the catalogue's entries can say can be said in Slack too."""

import pytest
from pydantic import BaseModel

from blocks.admin.fields.condition import PARTS
from blocks.admin.forms import access, basics, conflict, durations, emergency, example, rule, stage
from blocks.admin.forms.example import PERSON_TRAITS
from models.catalogue.spec import (
    AccessSpec,
    AppSpec,
    ExamplePerson,
    ExampleSpec,
    RequireSpec,
    RuleSpec,
    StageSpec,
    When,
)
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.specs import EmergencySpec
from tests.models import specs

LISTS = {"access", "stage", "deny", "require", "auto_approve", "example"}
"""Each entry of these has a form of its own, or rows of them."""
IN_FORMS: dict[type[BaseModel], set[str]] = {
    AppSpec: {one.name for form in (basics.NEW_FIELDS, durations.FIELDS, emergency.FIELDS) for one in form},
    AccessSpec: {one.name for one in access._fields("", ())},
    StageSpec: {one.name for one in stage.FIELDS},
    RuleSpec: {one.name for one in rule.KINDS["deny"].fields},
    RequireSpec: {one.name for one in rule.KINDS["require"].fields},
    ExampleSpec: {one.name for one in example._fields(specs.app())},
    When: {one.name for one in PARTS},
    EmergencySpec: {one.name for one in emergency.PARTS},
    ExamplePerson: {one.name for one in PERSON_TRAITS},
    ConflictSpec: {one.name for one in conflict._fields(new=True)},
}
ELSEWHERE: dict[type[BaseModel], set[str]] = {
    AppSpec: LISTS | {"enabled"},  # a button of its own: Switch on, Switch off
    AccessSpec: LISTS - {"access", "example"},
    When: {"any_of", "all_of", "not_"},  # together in one field, in the notation of the file
    ConflictSpec: {"stage"},  # fields of its own, below the others
    ExamplePerson: {"person"},  # a menu, or an address below it
}


@pytest.mark.parametrize("model", IN_FORMS, ids=lambda model: model.__name__)
def test_every_field_of_the_catalogue_is_in_a_form(model: type[BaseModel]) -> None:
    assert set(model.model_fields) == IN_FORMS[model] | ELSEWHERE.get(model, set())
