"""The admins' form for a stage: whom it asks, when, and how many of them."""

from typing import Any

from hypothesis import assume, given

from blocks.admin.forms import stage
from blocks.admin.ids import AdminPlace
from blocks.admin.lists import overview, summaries
from models.catalogue.app_edits import ItemRef
from models.catalogue.lint.unreachable_rules import reason_unreachable
from models.catalogue.spec import AppSpec, When
from tests.blocks.admin_forms import KINDS, KNOWN, chosen, filled, refused, state
from tests.blocks.slack_validation import check_view, words_of
from tests.models import specs

with_one_stage = specs.stages.map(lambda entry: specs.app(stage=[entry]))


def bare(when: When | None) -> dict[str, Any]:
    """A condition without the order in its lists."""
    parts = when.parts() if when else {}
    zone = {"time_zone": when.time_zone} if when and (when.hours or when.weekday) else {}
    flat = ("risk", "kind", "requester_group", "request", "weekday")
    return {name: set(value) if name in flat else value for name, value in (parts | zone).items()}


@given(with_one_stage, with_one_stage)
def test_what_the_form_shows_of_one_stage_can_be_entered_for_another(old: AppSpec, new: AppSpec) -> None:
    wanted = new.stage[0]
    assume(reason_unreachable(new, ItemRef("stage", 0)) is None)
    saved = stage.parse(
        old, AdminPlace(part="0"), state(stage.build(new, AdminPlace(part="0"), KNOWN))
    ).stage[0]
    assert (saved.name, saved.rule) == (wanted.name, wanted.rule)
    assert set(saved.approvers) == set(wanted.approvers)
    assert bare(saved.when) == bare(wanted.when)


def test_a_stage_asks_people_groups_and_roles() -> None:
    app = specs.app()
    view = stage.build(app, AdminPlace(), KNOWN)
    check_view(view)
    values = filled(
        view,
        name="Security",
        approvers=["U0123"],
        approvers_groups=[chosen("S0123")],
        approvers_roles=[chosen("manager"), chosen("admins")],
        approvers_others="sam@example.com",
        rule=chosen("number"),
        rule_number="2",
        when_risk=[chosen("low"), chosen("critical")],
        when_duration_over="1 day",
    )
    saved = stage.parse(app, AdminPlace(), values).stage
    assert [one.stored() for one in saved] == [
        {
            "name": "Security",
            "approvers": ["S0123", "U0123", "admins", "manager", "sam@example.com"],
            "rule": 2,
            "when": {"risk": ["low", "critical"], "duration_over": "1d"},
        }
    ]


def test_a_stage_that_only_the_manager_decides_reads_so() -> None:
    stages = [
        {"name": "Manager", "approvers": ["manager"]},
        {"name": "Both", "approvers": ["owners", "U0123"]},
    ]
    said = words_of(overview.build(specs.app(stage=stages), AdminPlace(), KNOWN, KINDS)["blocks"])
    assert "*1. Manager*: their manager." in said
    assert "*2. Both*: one of the app’s owners, <@U0123>." in said


def test_a_stage_without_anybody_or_without_its_number_is_refused() -> None:
    app = specs.app()
    view = stage.build(app, AdminPlace(), KNOWN)
    said = refused(lambda: stage.parse(app, AdminPlace(), filled(view, name="Nobody", rule=chosen("number"))))
    assert said == {"rule_number": "Enter how many must approve."}
    said = refused(lambda: stage.parse(app, AdminPlace(), filled(view, name="Nobody")))
    assert said == {"approvers": "Choose approvers: people, user groups or roles."}
    values = filled(view, name="Two of one", approvers=["U0123"], rule=chosen("number"), rule_number="2")
    said = refused(lambda: stage.parse(app, AdminPlace(), values))
    assert said == {"rule": "This needs 2 approvals, but lists only 1 people. Lower it or add people."}


def test_a_stage_has_alternates_quiet_approvers_and_a_channel() -> None:
    app = specs.app()
    assert "Alternates, quiet approvers, channel …" in words_of(
        stage.build(app, AdminPlace(), KNOWN)["blocks"]
    )
    view = stage.build(app, AdminPlace(more="f"), KNOWN)
    check_view(view)
    values = filled(
        view,
        name="Security",
        approvers_groups=[chosen("S0123")],
        rule=chosen("number"),
        rule_number="2",
        on_reject=chosen("veto"),
        alternates_roles=[chosen("owners")],
        escalate_after="4 hours",
        quiet=["U0OLA"],
        channel=["C0123"],
        channel_over="5",
    )
    saved = stage.parse(app, AdminPlace(more="f"), values)
    assert saved.stage[0].stored() == {
        "name": "Security",
        "approvers": ["S0123"],
        "rule": 2,
        "on_reject": "veto",
        "alternates": ["owners"],
        "escalate_after": "4h",
        "quiet": ["U0OLA"],
        "channel": "C0123",
        "channel_over": 5,
    }
    said = summaries.stage(saved.stage[0], 0, KNOWN)
    assert said.splitlines()[1:] == [
        "One rejection is final.",
        "Quiet approvers: <@U0OLA>.",
        "Alternates after 4 hours: the app’s owners.",
        "In <#C0123> for more than 5 approvers.",
    ]
    assert "Alternates (asked if" in words_of(stage.build(saved, AdminPlace(part="0"), KNOWN)["blocks"])
    values = filled(view, name="A", approvers_roles=[chosen("owners")], channel_over="many")
    said_of = refused(lambda: stage.parse(app, AdminPlace(), values))
    assert said_of == {"channel_over": "Enter a number from 0 to 10000."}
