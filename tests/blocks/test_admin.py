"""The admins' modals: Slack takes them whatever an app holds, and saving it untouched changes nothing."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.admin.fields.base import InvalidForm, SlackNames
from blocks.admin.forms import basics
from blocks.admin.ids import AdminPlace
from blocks.admin.lists import apps as app_list
from blocks.admin.lists import examples, overview, rules
from bot.sandbox.slack.blocks.form import Form
from bot.sandbox.slack.validate import VIEW_SIZE
from models.catalogue.spec import AppSpec
from models.policy.examples import ExampleResult
from tests.blocks.admin_forms import KINDS, KNOWN, forms_of, state
from tests.blocks.slack_validation import check_view, words_of
from tests.models import specs


@given(specs.apps)
def test_saving_an_untouched_form_changes_nothing_and_loses_nothing(app: AppSpec) -> None:
    for build, parse in forms_of(app):
        view = build()
        check_view(view)
        saved = parse(state(view))
        assert saved == app
        assert saved.stored() == app.stored()


@given(specs.apps, st.sampled_from([KNOWN, SlackNames()]))
def test_slack_takes_every_app_and_every_list_of_apps(app: AppSpec, known: SlackNames) -> None:
    check_view(overview.build(app, AdminPlace(app.key, 3), known, KINDS, notes=["Look at <this>."]))
    check_view(app_list.build([app] * 20, 41, AdminPlace(first_app=20)))
    ran = [ExampleResult(app, at, one, "Instead: <denied>." * at) for at, one in enumerate(app.example)]
    check_view(examples.build(app, AdminPlace(app.key), ran))
    for key in ("", *(one.key for one in app.access)):
        check_view(rules.build(app, AdminPlace(app.key, access=key), known))


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
    check_view(overview.build(app, AdminPlace("github"), KNOWN, KINDS, notes=[text]))
    check_view(app_list.build([app], 1, AdminPlace()))
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
        with suppress(InvalidForm):
            assert parse(values) == app


def test_a_redrawn_form_keeps_what_was_typed_except_where_somebody_else_changed_it() -> None:
    mine, theirs = specs.app(description="Old", risk="low"), specs.app(description="Old", risk="high")
    form = Form(basics.build(mine, AdminPlace(), KNOWN)["blocks"])
    (block,) = (key for key in form.as_json()["values"] if key.startswith("description:"))
    form.set((block, "text"), "Mine")
    form.sync(basics.build(theirs, AdminPlace(), KNOWN)["blocks"])
    saved = basics.parse(theirs, form.as_json()["values"])
    assert (saved.description, saved.risk) == ("Mine", "high")


def test_an_app_with_a_thousand_accesses_is_shown_a_page_at_a_time() -> None:
    accesses = [{"key": f"a{n}", "name": f"Access {n}"} for n in range(1000)]
    stages = [{"name": f"Stage {n}", "approvers": ["owners"]} for n in range(10)]
    app = specs.app(access=accesses, stage=stages, deny=[{"name": "No"}])
    view = overview.build(app, AdminPlace("github", first_access=980), KNOWN, KINDS, notes=["Look."])
    check_view(view)
    said = words_of(view["blocks"])
    assert "Access 980" in said
    assert "981 to 1000 of 1000" in said
    beyond = overview.build(specs.app(), AdminPlace("github", first_access=980), KNOWN, KINDS)
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
    view = overview.build(app, AdminPlace("github"), SlackNames(groups=groups), KINDS, notes=["&" * 5000])
    check_view(view)
    assert len(json.dumps(view)) < VIEW_SIZE
    check_view(app_list.build([app] * 20, 10_000, AdminPlace(first_app=20)))
    check_view(
        rules.build(app, AdminPlace("github", access="a0"), SlackNames(groups=groups), notes=["&" * 5000])
    )
    for build, parse in [*forms_of(app)[:4], *forms_of(app)[-60::15]]:
        form = build()
        check_view(form)
        assert len(json.dumps(form)) < VIEW_SIZE
        assert parse(state(form)) == app
