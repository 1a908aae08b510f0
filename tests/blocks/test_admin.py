"""The admins' modals: Slack takes them whatever an app holds, and saving it untouched changes nothing."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from blocks.admin import (
    access,
    basics,
    emergency,
    example,
    examples,
    listing,
    overview,
    rule,
    rules,
    stage,
    times,
    words,
)
from blocks.admin.connectors import ConnectorKind, Entered, Param
from blocks.admin.field import Known
from blocks.admin.ids import Place
from blocks.admin.overlay import Problems
from blocks.answers import Values
from blocks.kit import View
from bot.sandbox.slack.forms import Form
from bot.sandbox.slack.validate import VIEW_SIZE
from models.catalogue import listed
from models.catalogue.listed import Spot
from models.catalogue.never import why_never
from models.catalogue.spec import AppSpec, When
from models.policy.examples import Ran
from tests.blocks.sendable import check_view, words_of
from tests.models import specs

KINDS = (
    ConnectorKind("manual", "By hand"),
    ConnectorKind(
        "slack_usergroup", "Slack user group", (Param("usergroup", "User group", entered=Entered.USER_GROUP),)
    ),
)
KNOWN = Known(frozenset({"U0OLA", "UABCD"}), frozenset({"C0123"}), {"S0123": "@oncall", "@oncall": "@oncall"})


with_one_stage = specs.stages.map(lambda entry: specs.app(stage=[entry]))


def state(view: View) -> Values:
    """The form's state as Slack sends it, with nothing changed by anybody."""
    values: Values = Form(view["blocks"]).as_json()["values"]
    return values


def filled(view: View, **changes: Any) -> Values:
    """The same with other values, by the names of the blocks."""
    form = Form(view["blocks"])
    for block, actions in state(view).items():
        name = block.partition(":")[0]
        if name in changes:
            (action,) = actions
            form.set((block, action), changes.pop(name))
    assert not changes, f"the form has no {list(changes)}"
    values: Values = form.as_json()["values"]
    return values


def chosen(word: str) -> dict[str, Any]:
    """An option as a form's state holds it."""
    return {"text": {"type": "plain_text", "text": word}, "value": word}


Build = Callable[[], View]
Parse = Callable[[Values], AppSpec]


def forms_of(app: AppSpec) -> list[tuple[Build, Parse]]:
    """Every form that changes this app, each with its parser."""
    found: list[tuple[Build, Parse]] = [
        (partial(one.build, app, Place(app.key), KNOWN), partial(one.parse, app))
        for one in (basics, times, emergency)
    ]
    for at in range(len(app.example)):
        here = Place(app.key, part=str(at))
        found.append((partial(example.build, app, here, KNOWN), partial(example.parse, app, here)))
    for one in app.access:
        build = partial(access.build, app, Place(app.key, part=one.key), KNOWN, KINDS)
        found.append((build, partial(access.parse, app, one.key, kinds=KINDS)))
    for place in (Place(app.key, access=key) for key in ("", *(one.key for one in app.access))):
        for at in range(len(listed.every(app, "stage", place.access))):
            here = replace(place, part=str(at))
            found.append((partial(stage.build, app, here, KNOWN), partial(stage.parse, app, here)))
        for name in listed.RULES:
            for at in range(len(listed.every(app, name, place.access))):
                here = replace(place, part=f"{name}:{at}", more="c" if at % 2 else "")
                found.append((partial(rule.build, app, here, KNOWN), partial(rule.parse, app, here)))
    return found


@given(specs.apps)
def test_saving_an_untouched_form_changes_nothing_and_loses_nothing(app: AppSpec) -> None:
    for build, parse in forms_of(app):
        view = build()
        check_view(view)
        saved = parse(state(view))
        assert saved == app
        assert saved.stored() == app.stored()


@given(specs.apps, st.sampled_from([KNOWN, Known()]))
def test_slack_takes_every_app_and_every_list_of_apps(app: AppSpec, known: Known) -> None:
    check_view(overview.build(app, Place(app.key, 3), known, KINDS, notes=["Look at <this>."]))
    check_view(listing.build([app] * 20, 41, Place(first_app=20)))
    ran = [Ran(app, at, one, "Instead: <denied>." * at) for at, one in enumerate(app.example)]
    check_view(examples.build(app, Place(app.key), ran))
    for key in ("", *(one.key for one in app.access)):
        check_view(rules.build(app, Place(app.key, access=key), known))


@given(specs.apps, specs.apps)
def test_what_a_form_shows_of_one_app_can_be_entered_for_another(old: AppSpec, new: AppSpec) -> None:
    saved = basics.parse(old, state(basics.build(new, Place(), KNOWN)))
    same = ("name", "description", "category", "icon", "link", "risk", "reason", "guests", "instructions")
    assert [getattr(saved, name) for name in same] == [getattr(new, name) for name in same]
    assert set(saved.owners) == set(new.owners)
    assert (saved.key, saved.access, saved.stage, saved.deny) == (old.key, old.access, old.stage, old.deny)
    saved = times.parse(specs.app(), state(times.build(new, Place(), KNOWN)))
    for field in times.FIELDS:
        assert getattr(saved, field.name) == getattr(new, field.name)


@given(with_one_stage, with_one_stage)
def test_what_the_form_shows_of_one_stage_can_be_entered_for_another(old: AppSpec, new: AppSpec) -> None:
    wanted = new.stage[0]
    assume(why_never(new, Spot("stage", 0)) is None)
    saved = stage.parse(old, Place(part="0"), state(stage.build(new, Place(part="0"), KNOWN))).stage[0]
    assert (saved.name, saved.rule) == (wanted.name, wanted.rule)
    assert set(saved.approvers) == set(wanted.approvers)
    assert bare(saved.when) == bare(wanted.when)


def bare(when: When | None) -> dict[str, Any]:
    """A condition without the order in its lists."""
    parts = when.parts() if when else {}
    zone = {"time_zone": when.time_zone} if when and (when.hours or when.weekday) else {}
    flat = ("risk", "kind", "requester_group", "request", "weekday")
    return {name: set(value) if name in flat else value for name, value in (parts | zone).items()}


HOSTILE = [
    "<!channel> & <@U0123|Root>",
    "*bold* `code` ~gone~ _it_\u00a0",
    "</div><script>alert(1)</script>",
    "ab\u00adcd",
    "😀" * 20,
    "&lt;&amp;" * 8,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_admins_write_is_shown_as_text_and_kept_to_the_letter(text: str) -> None:
    entry = {"key": "x", "name": text, "description": text, "kind": "role", "instructions": text}
    app = specs.app(name=text, description=text, category=text, instructions=text, access=[entry],
                    stage=[{"name": text, "approvers": ["owners"], "when": {"department": [text]}}],
                    deny=[{"name": text}], link=f"https://example.com/{''.join(text.split())}")  # fmt: skip
    check_view(overview.build(app, Place("github"), KNOWN, KINDS, notes=[text]))
    check_view(listing.build([app], 1, Place()))
    for build, parse in forms_of(app):
        view = build()
        check_view(view)
        assert parse(state(view)) == app


@given(st.recursive(st.one_of(st.none(), st.text(), st.integers(), st.booleans()),
                    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner))))  # fmt: skip
def test_a_misshapen_form_is_refused_or_changes_nothing(junk: Any) -> None:
    app = specs.app(stage=[{"name": "Owner", "approvers": ["owners"]}])
    for build, parse in forms_of(app):
        values = {name: dict.fromkeys(block, junk) for name, block in state(build()).items()}
        with suppress(Problems):
            assert parse(values) == app


def refused(parse: Callable[[], object]) -> dict[str, str]:
    """What is said of a form, by block."""
    with pytest.raises(Problems) as problems:
        parse()
    return problems.value.errors


def test_what_is_wrong_is_said_at_its_field_all_of_it_at_once() -> None:
    app = specs.app()
    values = filled(basics.build(app, Place(), KNOWN), name="Git\tHub", icon="key", owners_others="bob")
    assert refused(lambda: basics.parse(app, values)) == {
        "owners_others": "“bob” is not a person. Write an id such as U0123 or an e-mail address."
    }
    values = filled(basics.build(app, Place(), KNOWN), icon="key", link="example.com", name="a\nb")
    assert refused(lambda: basics.parse(app, values)) == {
        "name": "This has a line break or a tab in it. Write it in one line.",
        "icon": "“key” is not an icon. Write an emoji such as :key: or the https:// address of one.",
        "link": "“example.com” is not a link. Write an address that begins with https://.",
    }


def test_copies_by_email_are_chosen_and_said() -> None:
    app = specs.app()
    saved = basics.parse(app, filled(basics.build(app, Place(), KNOWN), email=chosen("copy")))
    assert saved.stored()["email"] == "copy"
    assert "a copy of every message by e-mail" in words.about(saved)
    assert "e-mail" not in words.about(app)


def test_lengths_of_time_are_entered_in_words_and_refused_with_what_would_be_right() -> None:
    app = specs.app(request_expiry="48h")
    view = times.build(app, Place(), KNOWN)
    assert "2 days" in str(view["blocks"])
    saved = times.parse(app, filled(view, durations="30 min, 8h;2 days", max_duration="1 week"))
    assert saved.stored()["durations"] == ["30m", "8h", "2d"]
    assert saved.stored()["max_duration"] == "1w"
    assert saved.stored()["request_expiry"] == "48h"
    said = refused(lambda: times.parse(app, filled(view, durations="8, soon", request_expiry="")))
    assert said == {
        "durations": "“8” is not a length of time. Try 30 minutes, 8 hours, 2 days or 1 week.",
        "request_expiry": "“” is not a length of time. Try 30 minutes, 8 hours, 2 days or 1 week.",
    }
    said = refused(lambda: times.parse(app, filled(view, durations="8h, 8 hours, 3d", max_duration="2d")))
    assert said["durations"] == "“8h” stands there twice. Take one out."


def test_a_maximum_below_an_access_s_own_presets_is_refused() -> None:
    app = specs.app(access=[{"key": "a", "name": "A", "durations": ["7d"]}])
    values = filled(times.build(app, Place(), KNOWN), max_duration="1 day")
    said = "Access: This is 1 day, but the presets offer 7 days. Drop it or raise the maximum."
    assert refused(lambda: times.parse(app, values)) == {"max_duration": said}


@pytest.mark.parametrize(
    ("name", "key"),
    [("GitHub", "github"), ("Größe & Co", "grosse-co"), ("  Prod / DB ", "prod-db"), ("x" * 75, "x" * 40)],
)
def test_a_new_app_gets_a_key_made_from_its_name(name: str, key: str) -> None:
    view = basics.build_new(Place())
    check_view(view)
    app = basics.parse_new(filled(view, name=name))
    assert (app.key, app.name) == (key, name.strip())
    assert app.stored() == {"key": key, "name": name.strip()}


def test_a_name_that_gives_no_key_asks_for_one_and_a_wrong_key_is_refused() -> None:
    view = basics.build_new(Place())
    assert "key" in refused(lambda: basics.parse_new(filled(view, name="会計")))
    assert "key" in refused(lambda: basics.parse_new(filled(view, name="会計", key="No Key")))
    assert basics.parse_new(filled(view, name="会計", key="accounting")).key == "accounting"


def test_the_connector_s_fields_are_those_of_the_kind_that_is_chosen() -> None:
    app = specs.app()
    place = Place("github", part="engineering")
    assert "User group" not in words_of(access.build(app, place, KNOWN, KINDS)["blocks"])
    view = access.build(app, place, KNOWN, KINDS, connector="slack_usergroup")
    check_view(view)
    block = "connector_slack_usergroup_usergroup"
    assert refused(lambda: access.parse(app, "engineering", state(view), KINDS)) == {block: "This is needed."}
    values = filled(view, **{block: chosen("S0123")})
    saved = access.parse(app, "engineering", values, KINDS).access[0]
    assert saved.connector.stored() == {"type": "slack_usergroup", "usergroup": "S0123"}


def test_what_a_connector_finds_wrong_is_said_at_the_parameter_or_at_the_menu() -> None:
    app = specs.app(access=[{"key": "a", "name": "A", "connector": {"type": "webhook", "address": "old"}}])
    for said, errors in (
        (
            "address should begin with https://",
            {"connector_webhook_address": "This should begin with https://"},
        ),
        ("cannot be used here", {"connector": "This cannot be used here"}),
        (None, {}),
    ):
        params = (Param("address", "Address"), Param("method", "Method", optional=True))
        kinds = (ConnectorKind("webhook", "Webhook", params, lambda _, said=said: said),)  # type: ignore[misc]
        values = filled(access.build(app, Place(part="a"), KNOWN, kinds), connector_webhook_address="new")
        if errors:
            assert refused(lambda values=values, kinds=kinds: access.parse(app, "a", values, kinds)) == errors  # type: ignore[misc]
        else:
            saved = access.parse(app, "a", values, kinds).access[0].connector
            assert saved.stored() == {"type": "webhook", "address": "new"}


def test_a_connector_of_an_unknown_kind_and_parameters_that_are_no_text_stay() -> None:
    unknown = {"type": "webhook", "address": "https://example.com", "retries": 3}
    partly = {"type": "slack_usergroup", "usergroup": "S0123", "keep": ["U0123"]}
    for connector in (unknown, partly):
        app = specs.app(access=[{"key": "a", "name": "A", "connector": connector}])
        values = filled(access.build(app, Place(part="a"), KNOWN, KINDS), name="B")
        saved = access.parse(app, "a", values, KINDS).access[0]
        assert (saved.name, saved.connector.stored()) == ("B", connector)


def test_two_accesses_cannot_have_one_key() -> None:
    app = specs.app()
    view = access.build(app, Place(), KNOWN, KINDS)
    check_view(view)
    said = refused(lambda: access.parse(app, "", filled(view, name="Engineering"), KINDS))
    assert said == {"key": "There is an access with the key “engineering” already. Choose another."}
    saved = access.parse(app, "", filled(view, name="Design"), KINDS)
    assert [one.key for one in saved.access] == ["engineering", "design"]
    assert saved.access[1].stored() == {"key": "design", "name": "Design"}


def test_a_stage_asks_people_groups_and_roles() -> None:
    app = specs.app()
    view = stage.build(app, Place(), KNOWN)
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
    saved = stage.parse(app, Place(), values).stage
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
    said = words_of(overview.build(specs.app(stage=stages), Place(), KNOWN, KINDS)["blocks"])
    assert "*1. Manager*: their manager." in said
    assert "*2. Both*: one of the app’s owners, <@U0123>." in said


def test_a_stage_without_anybody_or_without_its_number_is_refused() -> None:
    app = specs.app()
    view = stage.build(app, Place(), KNOWN)
    said = refused(lambda: stage.parse(app, Place(), filled(view, name="Nobody", rule=chosen("number"))))
    assert said == {"rule_number": "Say how many have to approve."}
    said = refused(lambda: stage.parse(app, Place(), filled(view, name="Nobody")))
    assert said == {"approvers": "Say who decides: people, user groups, or one of the boxes below."}
    values = filled(view, name="Two of one", approvers=["U0123"], rule=chosen("number"), rule_number="2")
    said = refused(lambda: stage.parse(app, Place(), values))
    assert said == {"rule": "This wants 2 approvals, but lists only 1 people. Lower it or add people."}


def test_the_rarer_conditions_are_shown_where_one_is_set_or_once_they_are_asked_for() -> None:
    plain = {"name": "A", "approvers": ["owners"], "when": {"risk": ["high"]}}
    night = {"name": "B", "approvers": ["owners"], "when": {"hours": "22:00-06:00"}}
    app = specs.app(stage=[plain, night])
    few = stage.build(app, Place(part="0"), KNOWN)
    assert "More conditions" in words_of(few["blocks"])
    assert "Only when the title is" not in words_of(few["blocks"])
    for place in (Place(part="0", more="c"), Place(part="1")):
        every = stage.build(app, place, KNOWN)
        assert "More conditions" not in words_of(every["blocks"])
        assert "Only when the title is" in words_of(every["blocks"])


def test_every_condition_can_be_entered() -> None:
    app = specs.app(on_behalf="anyone", risk="medium")
    values = filled(
        rule.build(app, Place(part="deny:", more="c"), KNOWN),
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
    saved = rule.parse(app, Place(part="deny:"), values).deny[0]
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
        ("when_hours", "9-18", "“9-18” is not a time of day. Write it as in 09:00-18:00."),
        ("when_time_zone", "Berlin", "“Berlin” is not a time zone."),
        ("when_duration_over", "long", "“long” is not a length of time."),
        ("when_nested", 'any = [{ risk = ["hgh"] }]', "In any 1 → risk 1: “hgh” is not known. Did you mean"),
        ("when_nested", 'any = [{ risc = ["high"] }]', "In any 1 → risc: is not known here. Did you mean"),
        ("when_nested", "guest = true", "“guest” has a field of its own here."),
        ("when_nested", "nor = [{ guest = true }]", "“nor” is not known here. It can be any, all and not."),
        ("when_nested", "any = [", "This cannot be read: Invalid value (at end of document)."),
    ],
)
def test_what_is_wrong_with_a_condition_is_said_at_its_field_with_the_place(
    field: str, text: str, said: str
) -> None:
    app = specs.app()
    changes = {"when_hours": "09:00-18:00", field: text}
    values = filled(rule.build(app, Place(part="deny:", more="c"), KNOWN), name="No", **changes)
    errors = refused(lambda: rule.parse(app, Place(part="deny:"), values))
    assert list(errors) == [field]
    assert errors[field].startswith(said)


def test_the_quotes_of_a_keyboard_are_understood() -> None:
    app = specs.app()
    values = filled(rule.build(app, Place(part="deny:", more="c"), KNOWN), name="No",
                    when_nested="any = [{ title = [“Intern”] }]")  # fmt: skip
    assert rule.parse(app, Place(part="deny:"), values).deny[0].stored()["when"] == {
        "any": [{"title": ["Intern"]}]
    }


def test_a_requirement_has_to_require_something_and_a_refusal_may_hold_always() -> None:
    app = specs.app()
    values = filled(rule.build(app, Place(part="require:"), KNOWN), name="All")
    said = refused(lambda: rule.parse(app, Place(part="require:"), values))
    assert said == {"when_risk": "Say what must hold: at least one of these."}
    assert rule.parse(app, Place(part="deny:"), values).deny[0].stored() == {"name": "All"}


def test_conditions_too_long_for_a_form_stay_and_are_said() -> None:
    when = {"any": [{"title": [f"{'x' * 70}{n}" for n in range(60)]}]}
    app = specs.app(deny=[{"name": "Long", "when": when}])
    view = rule.build(app, Place(part="deny:0"), KNOWN)
    assert "too long to be shown" in words_of(view["blocks"])
    saved = rule.parse(app, Place(part="deny:0"), filled(view, name="Longer")).deny[0]
    assert (saved.name, saved.stored()["when"]) == ("Longer", when)


def test_an_access_has_stages_and_rules_beside_those_of_the_app() -> None:
    own = {"key": "a", "name": "Admin", "stage": [{"name": "Two", "approvers": ["owners"]}],
           "deny": [{"name": "Never", "why": "No."}]}  # fmt: skip
    one = {"name": "One", "approvers": ["U0123"]}
    app = specs.app(access=[own, {"key": "b", "name": "Read"}], stage=[one],
                    require=[{"name": "Short", "when": {"not": {"duration_over": "1d"}}}])  # fmt: skip
    said = words_of(rules.build(app, Place(access="a"), KNOWN)["blocks"])
    assert "*1. Two*: one of the app’s owners." in said
    assert "*Never*: refused when always.\n_No._" not in said
    assert "*Never*: always refused.\n_No._" in said
    assert "The rules of GitHub hold too:\n• *Short*: refused unless it is not so that" in said
    said = words_of(rules.build(app, Place(access="b"), KNOWN)["blocks"])
    assert "Read goes through those of GitHub:" in said
    assert "*1. One*: one of <@U0123>." in said
    place = Place(access="a", part="0")
    saved = stage.parse(app, place, filled(stage.build(app, place, KNOWN), name="Three"))
    assert saved.access[0].stage is not None
    assert saved.access[0].stage[0].name == "Three"
    assert saved.stage == app.stage


def test_a_stage_has_alternates_quiet_approvers_and_a_channel() -> None:
    app = specs.app()
    assert "Alternates, quiet approvers, channel …" in words_of(stage.build(app, Place(), KNOWN)["blocks"])
    view = stage.build(app, Place(more="f"), KNOWN)
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
    saved = stage.parse(app, Place(more="f"), values)
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
    said = words.stage(saved.stage[0], 0, KNOWN)
    assert said.splitlines()[1:] == [
        "One rejection ends it.",
        "Without a message: <@U0OLA>.",
        "Asked after 4 hours: the app’s owners.",
        "In the channel <#C0123> when it would ask more than 5.",
    ]
    assert "Alternates, asked when" in words_of(stage.build(saved, Place(part="0"), KNOWN)["blocks"])
    values = filled(view, name="A", approvers_roles=[chosen("owners")], channel_over="many")
    said_of = refused(lambda: stage.parse(app, Place(), values))
    assert said_of == {"channel_over": "Write a number from 0 to 10000."}


def test_emergencies_are_allowed_with_their_terms_and_switched_off_again() -> None:
    app = specs.app()
    view = emergency.build(app, Place(), KNOWN)
    check_view(view)
    values = filled(view, emergency_allowed=[chosen("yes")], emergency_max="2 hours",
                    emergency_reviewers_roles=[chosen("admins")])  # fmt: skip
    saved = emergency.parse(app, values)
    assert saved.stored()["emergency"] == {"max": "2h", "reviewers": ["admins"]}
    assert "at most 2 hours, reviewed by Keyturn’s admins" in words.emergency(saved, KNOWN).replace(
        "keyturn", "Keyturn"
    )
    off = emergency.parse(saved, filled(emergency.build(saved, Place(), KNOWN), emergency_allowed=[]))
    assert off.emergency is None
    assert off.stored() == app.stored()
    short = specs.app(max_duration="1h", durations=["1h"])
    values = filled(emergency.build(short, Place(), KNOWN), emergency_allowed=[chosen("yes")])
    said = refused(lambda: emergency.parse(short, values))
    assert list(said) == ["emergency_max"]
    assert "the longest is 1 hour" in said["emergency_max"]


def test_a_redrawn_form_keeps_what_was_typed_except_where_somebody_else_changed_it() -> None:
    mine, theirs = specs.app(description="Old", risk="low"), specs.app(description="Old", risk="high")
    form = Form(basics.build(mine, Place(), KNOWN)["blocks"])
    (block,) = (key for key in form.as_json()["values"] if key.startswith("description:"))
    form.set((block, "text"), "Mine")
    form.sync(basics.build(theirs, Place(), KNOWN)["blocks"])
    saved = basics.parse(theirs, form.as_json()["values"])
    assert (saved.description, saved.risk) == ("Mine", "high")


def test_an_app_with_a_thousand_accesses_is_shown_a_page_at_a_time() -> None:
    accesses = [{"key": f"a{n}", "name": f"Access {n}"} for n in range(1000)]
    stages = [{"name": f"Stage {n}", "approvers": ["owners"]} for n in range(10)]
    app = specs.app(access=accesses, stage=stages, deny=[{"name": "No"}])
    view = overview.build(app, Place("github", first_access=980), KNOWN, KINDS, notes=["Look."])
    check_view(view)
    said = words_of(view["blocks"])
    assert "Access 980" in said
    assert "981 to 1000 of 1000" in said
    beyond = overview.build(specs.app(), Place("github", first_access=980), KNOWN, KINDS)
    assert "Engineering team" in words_of(beyond["blocks"])


def test_slack_takes_the_largest_app_that_there_can_be() -> None:
    name, people = "&" * 75, [f"{'p' * 60}{n}@{('e' * 63 + '.') * 3}com" for n in range(100)]
    whens = [{"department": [f"<{n}>" + "&" * 70 for n in range(100)]}] * 3
    stages = [{"name": name, "approvers": people, "when": {"any": whens}} for _ in range(10)]
    connector = {"type": "slack_usergroup", "usergroup": "S" * 5000, "placeholder": "U" * 5000}
    short = [{"name": name, "approvers": people[:1]}] * 10
    accesses = [
        {"key": f"a{n}", "name": name, "description": "&" * 500, "connector": connector,
         "stage": stages if n in (0, 29) else short}
        for n in range(30)
    ]  # fmt: skip
    link = f"https://{'x' * 2900}"
    app = specs.app(name=name, description="&" * 500, category=name, instructions="&" * 2500, link=link,
                    icon=link, owners=people, access=accesses, stage=stages,
                    deny=[{"name": f"&{n}" * 20, "when": whens[0]} for n in range(50)])  # fmt: skip
    groups = {"S" * 5000: "@" + "&" * 300}
    view = overview.build(app, Place("github"), Known(groups=groups), KINDS, notes=["&" * 5000])
    check_view(view)
    assert len(json.dumps(view)) < VIEW_SIZE
    check_view(listing.build([app] * 20, 10_000, Place(first_app=20)))
    check_view(rules.build(app, Place("github", access="a0"), Known(groups=groups), notes=["&" * 5000]))
    for build, parse in [*forms_of(app)[:4], *forms_of(app)[-60::15]]:
        form = build()
        check_view(form)
        assert len(json.dumps(form)) < VIEW_SIZE
        assert parse(state(form)) == app
