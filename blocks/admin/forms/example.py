"""The form for one example of an app's policy (a request and its expected outcome), with its own fields."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from blocks import kit
from blocks.admin.fields.base import Field, InvalidEntry, InvalidForm, SlackNames
from blocks.admin.fields.choices import (
    REQUEST_KINDS,
    AccessesField,
    CheckboxField,
    ChoiceField,
    FieldOption,
    UserGroupsField,
    enum_options,
)
from blocks.admin.fields.durations import parse_length
from blocks.admin.fields.text import TEXT, LinesField, TextField
from blocks.admin.form_mapping import (
    draw_fields,
    form_view,
    merge_changes,
    replace_entry,
    validate_app,
)
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen, parse_number
from blocks.kit import Block, View
from blocks.kit.inputs import Values, choice_of, person_of, text_of
from models.catalogue import app_edits
from models.catalogue.app_edits import ItemRef
from models.catalogue.spec import (
    FOREVER,
    AccessSpec,
    AppSpec,
    Asker,
    ExamplePerson,
    ExampleSpec,
    Expect,
)
from models.durations import duration_words, format_duration

PERSON_TRAITS: tuple[Field, ...] = (
    TextField("title", "Or someone with the title", block="who_title", inherits=True),
    TextField("department", "… in the department", block="who_department", inherits=True),
    UserGroupsField("groups", "… in the user groups", block="who_groups"),
    CheckboxField("guest", "… who is", block="who_guest", sentence="A guest"),
    CheckboxField("contractor", "… who is hired", block="who_contractor", sentence="As a contractor"),
    CheckboxField("manager", "… who has", block="who_manager", sentence="A manager"),
    AccessesField("holds", "… who already has", block="who_holds", optional=True),
)
_DEFAULT_TRAITS = {"manager": True}
"""Traits of a person that an example does not describe."""


@dataclass(frozen=True)
class ExamplePersonField(Field):
    """A person by name or by traits. The content is the person's reference, and the traits."""

    @property
    def email_id(self) -> str:
        """The block for a person that Slack's menu does not have."""
        return f"{self.id}_email"

    def block_at(self, path: Sequence[str | int]) -> str:
        if path and path[0] == "person":
            return self.email_id
        return next((trait.id for trait in PERSON_TRAITS if path and trait.name == path[0]), self.id)

    def form_value(self, value: Any) -> tuple[Any, ...]:
        parts = (
            trait.form_value(getattr(value, trait.name, _DEFAULT_TRAITS.get(trait.name)))
            for trait in PERSON_TRAITS
        )
        return (getattr(value, "person", None) or "", *parts)

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        person, *trait_values = form_value
        in_menu = person if person in names.people else ""
        email = kit.text_input(TEXT, initial="" if in_menu else person, limit=300)
        return [
            self.input(kit.person_select("person", initial=in_menu), optional=True),
            kit.input_block("Or by e-mail address", email, block_id=self.email_id, optional=True),
            *(
                block
                for trait, trait_value in zip(PERSON_TRAITS, trait_values, strict=True)
                for block in trait.blocks(trait_value, names)
            ),
        ]

    def read(self, values: Values) -> tuple[Any, ...]:
        person = text_of(values, self.email_id) or person_of(values, self.id)
        return (person, *(trait.read(values) for trait in PERSON_TRAITS))

    def to_data(self, form_value: Any, value: Any) -> Any:
        person, *trait_values = form_value
        defaults = self.form_value(None)[1:]
        if person:
            if tuple(trait_values) != defaults:
                raise InvalidEntry(self.id, "Choose a person or describe one, not both.")
            return person
        return {
            trait.name: trait.to_data(trait_value, None)
            for trait, trait_value, default in zip(PERSON_TRAITS, trait_values, defaults, strict=True)
            if trait_value != default
        }


@dataclass(frozen=True)
class ExampleDurationField(Field):
    """A duration; empty is without an end."""

    def form_value(self, value: Any) -> str:
        return "" if value is None else duration_words(value)

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        return [self.input(kit.text_input(TEXT, initial=form_value, limit=100), optional=True)]

    def read(self, values: Values) -> str:
        return text_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        return format_duration(parse_length(form_value, self.id)) if form_value else FOREVER


@dataclass(frozen=True)
class ExampleAccessField(Field):
    """One access of the app, by its key. `accesses` are all of them."""

    accesses: Sequence[AccessSpec] = ()

    def form_value(self, value: Any) -> str:
        return str(value or "")

    def blocks(self, form_value: Any, names: SlackNames) -> list[Block]:
        name = next((access.name for access in self.accesses if access.key == form_value), form_value)
        initial = kit.option(name, form_value) if form_value else None
        menu = kit.external_select(AdminAction.FIND_ACCESS, placeholder="Type to search", initial=initial)
        return [self.input(menu)]

    def read(self, values: Values) -> str:
        return choice_of(values, self.id)

    def to_data(self, form_value: Any, value: Any) -> Any:
        if not form_value:
            raise InvalidEntry(self.id, "Choose an access.")
        return form_value


_ASKERS = (
    FieldOption("themself", "The beneficiary", Asker.THEMSELF.value),
    FieldOption("manager", "Their manager", Asker.MANAGER.value),
    FieldOption("colleague", "A colleague", Asker.COLLEAGUE.value),
)
_OUTCOMES = (
    FieldOption("ask", "Approvers are asked", Expect.ASK.value),
    FieldOption("auto", "Approved automatically", Expect.AUTO.value),
    FieldOption("deny", "Denied", Expect.DENY.value),
    FieldOption("nobody", "No approver can be asked", Expect.NOBODY.value),
)
_BLANK = ExampleSpec.model_construct(who=ExamplePerson(), access="", duration=None, expect=Expect.ASK)
_NEW = {"who": {}, "duration": "forever", "expect": "ask"}


def build(app: AppSpec, place: AdminPlace, names: SlackNames, above: Sequence[Block] = ()) -> View:
    """The form for the example at `place`, or for a new one.

    Raises:
        NotFound: There is no such example any more.
    """
    example = app_edits.get_item(app, _item_ref(app, place)) if place.part else _BLANK
    title = "Example" if place.part else "Add an example"
    return form_view(
        AdminScreen.EXAMPLE, title, draw_fields(_fields(app), example, names), place, above=above
    )


def parse(app: AppSpec, place: AdminPlace, values: Values) -> AppSpec:
    """The app with the submitted example. `place.part` is its index; empty adds one.

    Raises:
        InvalidForm: A field is wrong or missing.
        NotFound: There is no such example any more.
    """
    ref, fields = _item_ref(app, place), _fields(app)
    example = app_edits.get_item(app, ref) if place.part else _BLANK
    data = merge_changes(fields, example, values, example.stored() if place.part else _NEW)
    if not data.get("access"):
        raise InvalidForm({"access": "Choose an access."})
    path = app_edits.item_path(app, ref)
    return validate_app(replace_entry(app.stored(), path, data), fields, path)


def _item_ref(app: AppSpec, place: AdminPlace) -> ItemRef:
    return ItemRef("example", parse_number(place.part) if place.part else len(app.example))


def _fields(app: AppSpec) -> tuple[Field, ...]:
    return (
        ExamplePersonField("who", "Who it is for"),
        ExampleAccessField("access", "Access", accesses=app.access),
        ExampleDurationField("duration", "How long", "For example 8 hours. Leave empty for no end."),
        ChoiceField("expect", "Expected result", options=_OUTCOMES),
        LinesField("stages", "In these stages", "Stage names, one per line. Leave empty for any."),
        TextField("because", "Why", "Shown to admins whose change breaks this.", limit=500, multiline=True),
        ChoiceField("asked_by", "Requester", options=_ASKERS),
        ChoiceField("request", "Kind of request", options=enum_options(REQUEST_KINDS, REQUEST_KINDS)),
        CheckboxField("emergency", "Emergency", sentence="This is an emergency"),
        TextField(
            "at",
            "Requested at",
            "For example sat 22:30 Europe/Berlin. Leave empty for Monday noon, UTC.",
            inherits=True,
        ),
    )
