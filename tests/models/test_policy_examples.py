from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.catalogue.spec import AppSpec, ExampleSpec
from models.catalogue.spec.conflicts import ConflictSpec
from models.policy import Company, decide
from models.policy.examples import AT, run_example, run_examples
from tests.conftest import EXAMPLES
from tests.models.policy_questions import COMPANY, EVERYBODY, ask, stage
from tests.models.specs import app, apps, lengths, someone

NOBODY_KNOWN = Company([])
NO_INTERNS = {"name": "No interns", "when": {"title": ["Intern"]}, "why": "Interns ask their mentor."}
ONCALL_FREE = {"name": "On call", "when": {"requester_group": ["@oncall"]}}


def came_out(example: dict[str, Any], who: Company = COMPANY, **fields: Any) -> str:
    """What comes out instead of what the example expects, of GitHub with these fields."""
    plain = {"who": {}, "access": "engineering", "duration": "8h", "expect": "ask"}
    return run_example(app(**fields), ExampleSpec.model_validate(plain | example), who)


def test_a_described_person_meets_the_rules_that_they_are_described_for() -> None:
    assert came_out({"who": {"title": "intern"}, "expect": "deny"}, deny=[NO_INTERNS]) == ""
    assert came_out({"who": {"title": "Seller"}}, deny=[NO_INTERNS]) == ""


def test_a_broken_example_says_what_came_out_instead_and_why() -> None:
    assert came_out({"who": {"title": "Intern"}}, deny=[NO_INTERNS]) == (
        "Instead: denied. Interns ask their mentor."
    )
    assert came_out({"expect": "auto"}, stage=[stage("owners", name="Owner")]) == (
        "Instead: needs approval by Owner. Required for every GitHub request."
    )


@pytest.mark.parametrize("named", ["U0BEN", "ben@example.com"])
def test_a_named_person_asks_as_what_is_known_of_them(named: str) -> None:
    assert came_out({"who": named, "expect": "deny"}, deny=[NO_INTERNS]) == ""


def test_somebody_named_who_is_not_known_is_to_be_described() -> None:
    assert came_out({"who": "new@example.com"}) == (
        "new@example.com is unknown here, so this can't be run. Describe the person instead: title, "
        "department, guest, groups."
    )


@pytest.mark.parametrize("group", ["@oncall", "S0ONC"])
def test_described_people_are_in_their_groups_however_those_are_named(group: str) -> None:
    example = {"who": {"groups": [group]}, "expect": "auto"}
    assert came_out(example, auto_approve=[ONCALL_FREE]) == ""
    assert came_out({}, auto_approve=[ONCALL_FREE]) == ""


def test_a_group_that_is_not_known_yet_is_supposed_to_be_there() -> None:
    example = {"who": {"groups": ["@oncall"]}, "expect": "auto"}
    assert came_out(example, NOBODY_KNOWN, auto_approve=[ONCALL_FREE]) == ""


def test_a_group_that_is_not_known_yet_is_supposed_to_be_large_enough() -> None:
    for rule in ("any", "all", 1, 3, 100):
        fields = {"owners": [], "stage": [stage("@security", rule=rule)]}
        assert came_out({"stages": ["Check"]}, NOBODY_KNOWN, **fields) == ""


def test_owners_and_approvers_who_were_never_looked_up_are_supposed_to_be_there() -> None:
    stages = [stage("manager", name="Manager"), stage("owners", "x@example.com", rule=2, name="Two")]
    assert came_out({"stages": ["Manager", "Two"]}, NOBODY_KNOWN, stage=stages) == ""


def test_what_is_known_of_an_approver_counts() -> None:
    nobody = Company(EVERYBODY)
    assert came_out({"expect": "nobody"}, nobody, owners=[], stage=[stage("U0DEB")]) == ""


def test_who_has_no_manager_is_asked_about_by_others() -> None:
    who = Company(EVERYBODY)
    fields = {"owners": [], "stage": [stage("manager")]}
    assert came_out({"who": {"manager": False}, "expect": "nobody"}, who, **fields) == ""
    assert came_out({"expect": "ask"}, who, **fields) == ""


def test_the_stages_count_where_the_example_names_them() -> None:
    stages = [stage("owners", name="Owner"), stage("admins", name="Admin")]
    assert came_out({"stages": ["Owner", "Admin"]}, stage=stages) == ""
    assert came_out({"stages": ["Admin"]}, stage=stages).startswith(
        "Instead: needs approval by Owner, then Admin."
    )


def test_a_length_that_the_form_refuses_is_a_denial() -> None:
    assert came_out({"duration": "forever"}) == (
        "Instead: denied. GitHub needs an end date. Choose how long."
    )
    assert came_out({"duration": "forever"}, indefinite=True) == ""
    over = {"duration": "9d", "expect": "deny"}
    assert came_out(over, durations=["8h"], max_duration="8d", over_max="refuse") == ""


def test_guests_have_an_end_however_the_app_is_set_up() -> None:
    example = {"who": {"guest": True}, "duration": "forever", "expect": "deny"}
    assert came_out(example, indefinite=True, guests=True) == ""


def test_an_app_that_is_switched_off_still_meets_its_examples() -> None:
    assert came_out({}, enabled=False) == ""


def test_an_access_that_the_app_has_not_is_named_with_those_it_has() -> None:
    assert came_out({"access": "admin"}) == "GitHub has no access “admin”; it has engineering."


def test_a_run_says_where_each_example_stands() -> None:
    plain = {"who": {}, "access": "engineering", "duration": "8h"}
    entry = app(example=[plain | {"expect": "ask"}, plain | {"expect": "deny", "because": "It is new."}])
    met, broken = run_examples([entry], COMPANY)
    assert met.met
    assert not broken.met
    assert str(broken) == (
        'app "github" → example 2: Someone requests engineering for 8 hours: denied (It is new). '
        "Instead: needs approval by Owners. GitHub has no stages, so its owners decide."
    )


@settings(max_examples=EXAMPLES // 3)
@given(apps.filter(lambda spec: spec.access), someone, lengths, st.data())
def test_exactly_one_outcome_meets_an_example_and_the_others_say_why(
    spec: AppSpec, who: Any, length: str, data: st.DataObject
) -> None:
    if isinstance(who, str):
        who = {"title": who}
    access = data.draw(st.sampled_from(spec.access)).key
    plain = {"who": who, "access": access, "duration": length}
    outcomes = ("ask", "auto", "deny", "nobody")
    said = [
        run_example(spec, ExampleSpec.model_validate(plain | {"expect": one}), COMPANY) for one in outcomes
    ]
    assert sorted(map(bool, said)) == [False, True, True, True]
    assert all(text.startswith("Instead: ") for text in said if text)


def test_an_example_about_somebody_known_comes_out_as_their_request_would() -> None:
    question = ask(at=AT, deny=[NO_INTERNS], stage=[stage("manager", "owners")])
    outcome = decide(question, COMPANY).verdict
    assert came_out({"who": "U0ANA", "expect": outcome.value}, stage=[stage("manager", "owners")]) == ""


@pytest.mark.parametrize(
    ("circumstance", "rule"),
    [
        ({"at": "sat 22:30"}, {"weekday": ["sat"], "hours": "22:00-06:00"}),
        ({"at": "mon 00:30 Asia/Tokyo"}, {"weekday": ["sun"]}),
        ({"request": "extend"}, {"request": ["extend"]}),
        ({"asked_by": "manager"}, {"on_behalf": True}),
        ({"asked_by": "colleague"}, {"on_behalf": True}),
    ],
)
def test_an_example_says_when_and_how_it_is_asked(circumstance: dict[str, Any], rule: dict[str, Any]) -> None:
    deny = [{"name": "Not so", "when": rule}]
    assert came_out(circumstance | {"expect": "deny"}, deny=deny, on_behalf="anyone") == ""
    assert came_out({"expect": "ask"}, deny=deny, on_behalf="anyone") == ""


def test_an_example_shows_who_may_ask_for_somebody_else() -> None:
    assert came_out({"asked_by": "manager"}, on_behalf="managers") == ""
    assert came_out({"asked_by": "colleague", "expect": "deny"}, on_behalf="managers") == ""
    no_manager = {"asked_by": "manager", "who": {"manager": False}, "expect": "deny"}
    assert came_out(no_manager, on_behalf="managers") == ""


def test_an_example_is_said_with_its_circumstances() -> None:
    example = ExampleSpec.model_validate(
        {
            "who": {"title": "Intern"},
            "access": "admin",
            "duration": "1h",
            "expect": "deny",
            "asked_by": "manager",
            "at": "sat 22:30",
            "emergency": True,
        }
    )
    assert str(example) == (
        "Someone with the title Intern requests admin for 1 hour "
        "(by their manager, in an emergency, sat 22:30): denied"
    )


@pytest.mark.parametrize("moment", ["saturday", "sat 25:00", "sat 22:30 Mars/Base", 5])
def test_a_moment_that_is_none_is_refused_with_the_way_to_write_it(moment: object) -> None:
    with pytest.raises(ValidationError, match="Write it like"):
        ExampleSpec.model_validate(
            {"who": {}, "access": "a", "duration": "1h", "expect": "ask", "at": moment}
        )


HOLDING = {"who": {"holds": ["payments/enter"]}, "access": "engineering", "duration": "8h", "expect": "deny"}
FOUR_EYES = ConflictSpec(key="four", name="Four eyes", these=("payments/*",), those=("github/engineering",))


def test_an_example_says_what_somebody_has_and_a_conflict_answers() -> None:
    entry = app(example=[HOLDING])
    (example,) = entry.example

    assert str(example) == "Someone who has payments/enter requests engineering for 8 hours: denied"
    assert run_example(entry, example, COMPANY, [FOUR_EYES]) == ""
    assert run_example(entry, example, COMPANY).startswith("Instead: needs approval")


def test_what_somebody_has_is_named_one_by_one() -> None:
    with pytest.raises(ValidationError, match=r"“payments/\*” is not an access"):
        app(example=[HOLDING | {"who": {"holds": ["payments/*"]}}])
