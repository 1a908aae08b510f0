"""The admins' forms for rules and conditions, of an app and of one access."""

import pytest

from blocks.admin.forms import rule, stage
from blocks.admin.ids import AdminPlace
from blocks.admin.lists import rules
from tests.blocks.admin_forms import KNOWN, chosen, filled, refused
from tests.blocks.slack_validation import words_of
from tests.models import specs


def test_the_rarer_conditions_are_shown_where_one_is_set_or_once_they_are_asked_for() -> None:
    plain = {"name": "A", "approvers": ["owners"], "when": {"risk": ["high"]}}
    night = {"name": "B", "approvers": ["owners"], "when": {"hours": "22:00-06:00"}}
    app = specs.app(stage=[plain, night])
    few = stage.build(app, AdminPlace(part="0"), KNOWN)
    assert "More conditions" in words_of(few["blocks"])
    assert "Only when the title is" not in words_of(few["blocks"])
    for place in (AdminPlace(part="0", more="c"), AdminPlace(part="1")):
        every = stage.build(app, place, KNOWN)
        assert "More conditions" not in words_of(every["blocks"])
        assert "Only when the title is" in words_of(every["blocks"])


def test_every_condition_can_be_entered() -> None:
    app = specs.app(on_behalf="anyone", risk="medium")
    values = filled(
        rule.build(app, AdminPlace(part="deny:", more="c"), KNOWN),
        name="Night",
        why="Nobody is there.",
        when_requester_group=[chosen("S0123")],
        when_guest=chosen("colleague"),
        when_kind=[chosen("group")],
        when_department="Sales, inside\n\n Finance ",
        when_title="Intern",
        when_request=[chosen("extend")],
        when_emergency=chosen("calm"),
        when_on_behalf=chosen("others"),
        when_weekday=[chosen("sun"), chosen("sat")],
        when_hours="22:00-06:00",
        when_time_zone="Europe/Berlin",
        when_nested='not = { any = [{ risk = ["low"] },\n{ title = ["a “b”"] }] }',
    )
    saved = rule.parse(app, AdminPlace(part="deny:"), values).deny[0]
    assert saved.stored() == {
        "name": "Night",
        "why": "Nobody is there.",
        "when": {
            "requester_group": ["S0123"],
            "guest": False,
            "kind": ["group"],
            "department": ["Sales, inside", "Finance"],
            "title": ["Intern"],
            "request": ["extend"],
            "emergency": False,
            "on_behalf": True,
            "weekday": ["sat", "sun"],
            "hours": "22:00-06:00",
            "time_zone": "Europe/Berlin",
            "not": {"any": [{"risk": ["low"]}, {"title": ["a “b”"]}]},
        },
    }


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("when_hours", "9-18", "“9-18” is not a time range. Write it like 09:00-18:00."),
        ("when_time_zone", "Berlin", "“Berlin” is not a time zone."),
        ("when_duration_over", "long", "“long” is not a duration."),
        ("when_nested", 'any = [{ risk = ["hgh"] }]', "In any 1 → risk 1: “hgh” is not known. Did you mean"),
        ("when_nested", 'any = [{ risc = ["high"] }]', "In any 1 → risc: is not known here. Did you mean"),
        ("when_nested", "guest = true", "“guest” has a field of its own here."),
        ("when_nested", "nor = [{ guest = true }]", "“nor” is unknown here. Use any, all or not."),
        ("when_nested", "any = [", "This can't be read: Invalid value (at end of document)."),
    ],
)
def test_what_is_wrong_with_a_condition_is_said_at_its_field_with_the_place(
    field: str, text: str, said: str
) -> None:
    app = specs.app()
    changes = {"when_hours": "09:00-18:00", field: text}
    values = filled(rule.build(app, AdminPlace(part="deny:", more="c"), KNOWN), name="No", **changes)
    errors = refused(lambda: rule.parse(app, AdminPlace(part="deny:"), values))
    assert list(errors) == [field]
    assert errors[field].startswith(said)


def test_the_quotes_of_a_keyboard_are_understood() -> None:
    app = specs.app()
    values = filled(rule.build(app, AdminPlace(part="deny:", more="c"), KNOWN), name="No",
                    when_nested="any = [{ title = [“Intern”] }]")  # fmt: skip
    assert rule.parse(app, AdminPlace(part="deny:"), values).deny[0].stored()["when"] == {
        "any": [{"title": ["Intern"]}]
    }


def test_a_requirement_has_to_require_something_and_a_refusal_may_hold_always() -> None:
    app = specs.app()
    values = filled(rule.build(app, AdminPlace(part="require:"), KNOWN), name="All")
    said = refused(lambda: rule.parse(app, AdminPlace(part="require:"), values))
    assert said == {"when_risk": "Set at least one condition."}
    assert rule.parse(app, AdminPlace(part="deny:"), values).deny[0].stored() == {"name": "All"}


def test_conditions_too_long_for_a_form_stay_and_are_said() -> None:
    when = {"any": [{"title": [f"{'x' * 70}{n}" for n in range(60)]}]}
    app = specs.app(deny=[{"name": "Long", "when": when}])
    view = rule.build(app, AdminPlace(part="deny:0"), KNOWN)
    assert "Too long to show here" in words_of(view["blocks"])
    saved = rule.parse(app, AdminPlace(part="deny:0"), filled(view, name="Longer")).deny[0]
    assert (saved.name, saved.stored()["when"]) == ("Longer", when)


def test_an_access_has_stages_and_rules_beside_those_of_the_app() -> None:
    own = {"key": "a", "name": "Admin", "stage": [{"name": "Two", "approvers": ["owners"]}],
           "deny": [{"name": "Never", "why": "No."}]}  # fmt: skip
    one = {"name": "One", "approvers": ["U0123"]}
    app = specs.app(access=[own, {"key": "b", "name": "Read"}], stage=[one],
                    require=[{"name": "Short", "when": {"not": {"duration_over": "1d"}}}])  # fmt: skip
    said = words_of(rules.build(app, AdminPlace(access="a"), KNOWN)["blocks"])
    assert "*1. Two*: one of the app’s owners." in said
    assert "*Never*: denied when always.\n_No._" not in said
    assert "*Never*: always denied.\n_No._" in said
    assert "Rules of GitHub also apply:\n• *Short*: denied unless it is not the case that" in said
    said = words_of(rules.build(app, AdminPlace(access="b"), KNOWN)["blocks"])
    assert "Same as GitHub:" in said
    assert "*1. One*: one of <@U0123>." in said
    place = AdminPlace(access="a", part="0")
    saved = stage.parse(app, place, filled(stage.build(app, place, KNOWN), name="Three"))
    assert saved.access[0].stage is not None
    assert saved.access[0].stage[0].name == "Three"
    assert saved.stage == app.stage
