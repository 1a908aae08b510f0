from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import request_form
from blocks.forms.term import TermBlock, TermChoice, TermOffer, TermOption
from blocks.kit import View, carried
from blocks.request_form import (
    RequestBlock,
    RequestInput,
    access_block,
    access_options,
    app_key_of,
    app_option,
)
from blocks.request_form.input import MAX_ACCESSES
from bot.sandbox.slack.validate import validate_suggestions
from models.catalogue.spec import AppSpec
from models.lifecycle.request.plan import Draft
from models.queries.already_held import AccessMark
from models.tables.requests import Term
from models.tables.states import GrantState, RequestState
from models.text import remove_unseen
from tests.blocks.form_state import labels, shown
from tests.blocks.slack_validation import check_view, words_of
from tests.blocks.stories import ADA, NOON
from tests.blocks.test_cards import HOSTILE, visible
from tests.models import specs

GITHUB = specs.app(
    durations=["4h", "7d"],
    access=[{"key": "engineering", "name": "Engineering team"}, {"key": "design", "name": "Design team"}],
)
FIGMA = specs.app(key="figma", name="Figma", access=[{"key": "editor", "name": "Editor"}])
FILLED = RequestInput("github", ("engineering",), TermChoice("14400"), "INC-42")


_WORDS = ["app", "access:", "access:github", "term", "reason", "selected_option", "selected_options", "value"]


def form(filled: RequestInput, app: AppSpec | None, **more: Any) -> View:
    """The form, drawn and looked at as Slack would."""
    view = request_form.build(filled, app, **more)
    check_view(view)
    return view


def options_of(view: View, block_id: str) -> list[str]:
    block = next(block for block in view["blocks"] if block.get("block_id") == block_id)
    return [option["text"]["text"] for option in block["element"]["options"]]


@st.composite
def filled_forms(draw: st.DrawFn) -> tuple[AppSpec, RequestInput]:
    """An application of the catalogue, and a form that is filled in for it."""
    app = specs.app(
        access=[{"key": f"a{n}", "name": f"A {n}"} for n in range(draw(st.integers(1, 3)))],
        durations=draw(st.lists(st.sampled_from(["45s", "1h", "90m", "7d"]), unique=True)),
        indefinite=draw(st.booleans()),
        reason=draw(st.sampled_from(["required", "optional", "hidden"])),
    )
    keys = [access.key for access in app.access]
    chosen = tuple(key for key in keys if draw(st.booleans()))
    offer = request_form.term_offer(RequestInput(app.key, chosen), app)
    lengths = st.integers(1, 10**8).map(lambda seconds: timedelta(seconds=seconds))
    terms = st.one_of(
        lengths.map(lambda length: Term(length=length)),
        lengths.map(lambda length: Term(end=NOON + length)),
        st.sampled_from([None, *(Term(length=one) for one in offer.presets)]),
    )
    reason = "" if app.reason == "hidden" else draw(specs.prose).strip()
    return app, RequestInput(app.key, chosen, TermChoice.of(draw(terms), offer), reason)


@given(filled_forms())
def test_a_form_is_read_as_it_was_filled_in(case: tuple[AppSpec, RequestInput]) -> None:
    app, filled = case
    assert request_form.parse(shown(form(filled, app)["blocks"])) == filled


@given(filled_forms())
def test_forms_that_differ_in_what_is_filled_in_count_as_drawn_alike(
    case: tuple[AppSpec, RequestInput],
) -> None:
    app, filled = case
    again = RequestInput(filled.app_key, filled.access_keys, filled.term, "another reason")
    assert _drawn(form(filled, app)) == _drawn(form(again, app, note="By the way"))


@given(HOSTILE, HOSTILE)
def test_slack_takes_the_form_whatever_people_wrote(written: str, typed: str) -> None:
    name = visible(" ".join(remove_unseen(written).split()), 75)
    app = specs.app(name=name, category=name, access=[{"key": "a", "name": name, "description": name}])
    filled = RequestInput("github", ("a",), TermChoice(TermOption.OTHER, length=typed[:60]), typed)
    form(filled, app, note=typed)
    assert (
        validate_suggestions({"options": [app_option(app), *access_options(app, "", {}, NOON, "UTC")]}) == []
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_WORDS), inner),
        max_leaves=20,
    )
)
def test_a_misshapen_state_never_raises(values: Any) -> None:
    filled = request_form.parse(values if isinstance(values, dict) else {})
    draft = request_form.to_draft(filled, GITHUB, ADA, NOON)
    assert isinstance(draft, dict)


def test_it_begins_with_the_application_alone() -> None:
    view = form(RequestInput(), None)
    assert labels(view["blocks"]) == ["Application", "Reason"]
    assert view["title"]["text"] == "Request access"
    assert view["submit"]["text"] == "Send request"


def test_with_the_application_come_the_fields_that_belong_to_it() -> None:
    assert labels(form(FILLED, GITHUB)["blocks"]) == ["Application", "Access", "How long", "Reason"]
    hidden = specs.app(reason="hidden")
    assert labels(form(FILLED, hidden)["blocks"]) == ["Application", "Access", "How long"]
    closed = specs.app(access=[])
    assert labels(form(RequestInput("github"), closed)["blocks"]) == ["Application"]


@pytest.mark.parametrize(("need", "optional"), [("required", False), ("optional", True)])
def test_the_reason_is_required_or_not_as_the_application_says(need: str, optional: bool) -> None:
    fields = form(FILLED, specs.app(reason=need))["blocks"]
    assert fields[-1]["block_id"] == RequestBlock.REASON
    assert fields[-1]["optional"] is optional


def test_an_only_access_and_the_first_preset_are_chosen_at_once() -> None:
    assert request_form.with_defaults(RequestInput("figma"), FIGMA) == RequestInput(
        "figma", ("editor",), TermChoice("3600")
    )
    assert request_form.with_defaults(RequestInput("github"), GITHUB) == RequestInput(
        "github", (), TermChoice("14400")
    )


def test_what_is_chosen_already_stays_chosen() -> None:
    assert request_form.with_defaults(FILLED, GITHUB) == FILLED
    without_presets = specs.app(durations=[], access=[])
    assert request_form.with_defaults(RequestInput("github"), without_presets) == RequestInput("github")


def test_another_application_starts_without_an_access_and_keeps_the_length() -> None:
    values = shown(form(FILLED, GITHUB)["blocks"])
    values[RequestBlock.APP]["request.app"]["selected_option"] = app_option(FIGMA)
    switched = request_form.parse(values)
    assert switched == RequestInput("figma", (), FILLED.term, FILLED.reason)
    assert options_of(form(switched, FIGMA), TermBlock.CHOICE)[:4] == [
        "1 hour",
        "8 hours",
        "7 days",
        "4 hours",
    ]


def test_the_accesses_say_which_application_they_are_of() -> None:
    assert app_key_of(access_block("prod-db")) == "prod-db"
    assert app_key_of("something else") == ""


def test_the_offer_is_that_of_the_chosen_accesses() -> None:
    app = specs.app(
        access=[
            {"key": "a", "name": "A"},
            {"key": "b", "name": "B", "durations": ["30m"], "indefinite": True},
        ]
    )
    assert request_form.term_offer(RequestInput("github", ("b",)), app) == TermOffer(
        (timedelta(minutes=30),), indefinite=True
    )
    assert request_form.term_offer(RequestInput("github"), app).presets == app.durations


def test_a_draft_holds_what_was_asked_for() -> None:
    expected = Draft(ADA, ADA, "github", ("engineering",), Term(length=timedelta(hours=4)), "INC-42")
    assert request_form.to_draft(FILLED, GITHUB, ADA, NOON) == expected
    hidden = specs.app(reason="hidden", durations=["4h"])
    assert request_form.to_draft(FILLED, hidden, ADA, NOON) == replace(expected, reason="")


def test_what_is_missing_is_said_at_its_field() -> None:
    empty = request_form.to_draft(RequestInput("github"), GITHUB, ADA, NOON)
    assert empty == {
        access_block("github"): "Choose at least one access.",
        TermBlock.CHOICE: "Choose how long.",
    }
    assert request_form.to_draft(RequestInput(), None, ADA, NOON) == {
        RequestBlock.APP: "Choose an app from the list."
    }
    assert request_form.reason_errors(RequestInput("github"), GITHUB) == {
        RequestBlock.REASON: "Say why you need it."
    }
    assert request_form.reason_errors(RequestInput("github"), specs.app(reason="optional")) == {}
    assert request_form.reason_errors(FILLED, GITHUB) == {}


def test_what_is_not_there_any_more_or_too_much_is_said_at_the_accesses() -> None:
    gone = RequestInput("github", ("engineering", "\x00"), FILLED.term)
    assert request_form.to_draft(gone, GITHUB, ADA, NOON) == {
        access_block("github"): "GitHub no longer offers this access. Choose again."
    }
    many = specs.app(durations=["4h"], access=[{"key": f"a{n}", "name": f"A {n}"} for n in range(1000)])
    keys = tuple(access.key for access in many.access)
    too_many = request_form.to_draft(RequestInput("github", keys, FILLED.term), many, ADA, NOON)
    assert too_many == {access_block("github"): f"Choose up to {MAX_ACCESSES} at once. You have chosen 1000."}
    form(RequestInput("github", keys, FILLED.term), many)


def test_a_thousand_accesses_are_found_by_typing() -> None:
    many = specs.app(access=[{"key": f"a{n}", "name": f"Role {n}"} for n in range(1000)])
    first = access_options(many, "", {}, NOON, "UTC")
    assert [option["value"] for option in first] == [f"a{n}" for n in range(100)]
    assert [option["text"]["text"] for option in access_options(many, "role 997", {}, NOON, "UTC")] == [
        "Role 997"
    ]
    assert validate_suggestions({"options": first}) == []


def test_accesses_that_may_not_be_asked_for_are_not_offered() -> None:
    app = specs.app(access=[{"key": "a", "name": "A", "enabled": False}, {"key": "b", "name": "B"}])
    assert [option["value"] for option in access_options(app, "", {}, NOON, "UTC")] == ["b"]


def test_an_application_is_offered_with_its_category_and_risk() -> None:
    option = app_option(specs.app(category="Engineering", risk="high"))
    assert option["text"]["text"] == "GitHub"
    assert option["description"]["text"] == "Engineering · high risk"


@pytest.mark.parametrize(
    ("mark", "zone", "said"),
    [
        (AccessMark("AR-12", RequestState.PENDING), "UTC", "Requested (AR-12)"),
        (
            AccessMark("GR-1", GrantState.ACTIVE, NOON),
            "Europe/Berlin",
            "You have this until 6 May 14:00",
        ),
        (
            AccessMark("GR-1", GrantState.ACTIVE, NOON),
            "Mars/Base",
            "You have this until 6 May 12:00 UTC",
        ),
        (AccessMark("GR-1", GrantState.ACTIVE), "UTC", "You have this"),
        (AccessMark("GR-1", GrantState.GRANTING), "UTC", "Being set up"),
        (AccessMark("GR-1", GrantState.SCHEDULED), "UTC", "Scheduled"),
    ],
)
def test_an_access_says_whether_one_has_it_already(mark: AccessMark, zone: str, said: str) -> None:
    options = access_options(GITHUB, "", {"engineering": mark}, NOON, zone)
    assert options[0]["description"]["text"] == said
    assert "description" not in options[1]


def test_a_note_stands_on_top_as_text() -> None:
    view = form(RequestInput(), None, note="No application fits “<!here>”.")
    assert words_of(view["blocks"][:1]) == "No application fits “&lt;!here&gt;”."


def _drawn(view: View) -> str:
    return carried(view["private_metadata"])["drawn"]


def test_the_form_says_what_the_chosen_app_and_access_are() -> None:
    spec = AppSpec.model_validate(
        {
            "key": "github", "name": "GitHub", "icon": ":octopus:", "link": "https://github.com/example",
            "description": "Source code\nand <reviews>",
            "access": [
                {"key": "a", "name": "Team", "description": "Read and write"},
                {"key": "b", "name": "Admin", "description": "Everything"},
            ],
        }
    )  # fmt: skip
    view = request_form.build(RequestInput(app_key="github", access_keys=("a",)), spec)
    check_view(view)
    (about,) = [block for block in view["blocks"] if block["type"] == "context"]
    assert about["elements"][0]["text"] == (
        "Source code and &lt;reviews&gt; · https://github.com/example\n*Team*: Read and write"
    )
    assert app_option(spec)["text"]["text"] == ":octopus: GitHub"
