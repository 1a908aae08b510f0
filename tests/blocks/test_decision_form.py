from datetime import timedelta
from typing import Any

import pytest

from blocks.forms import decision as decision_form
from blocks.forms import extend as extend_form
from blocks.forms import task as task_form
from blocks.forms.decision import DurationDecision
from blocks.forms.extend import ExtensionInput
from blocks.forms.term import TermBlock, TermChoice, TermOption
from blocks.kit import View, carried
from models.catalogue.spec.enums import RequestKind
from models.tables.requests import Term
from tests.blocks.form_state import labels, picked, shown, typed
from tests.blocks.slack_validation import check_view, words_of
from tests.blocks.stories import EIGHT_HOURS, NOON, grant, snapshot, story, task_story


def checked(view: View) -> View:
    """The same view, looked at as Slack would."""
    check_view(view)
    return view


def submit_of(view: View) -> str:
    label: str = view["submit"]["text"]
    return label


@pytest.mark.parametrize(
    ("form", "submit", "optional"),
    [
        (decision_form.approve, "Approve for 8 hours", True),
        (decision_form.reject, "Reject", True),
        (lambda about: decision_form.comment(about.request), "Send", False),
    ],
)
def test_each_form_has_one_comment_and_says_what_sending_does(form: Any, submit: str, optional: bool) -> None:
    view = checked(form(story()))
    assert labels(view["blocks"]) == ["Comment"]
    assert view["blocks"][-1]["optional"] is optional
    assert submit_of(view) == submit
    assert "GitHub · Engineering team" in words_of(view["blocks"])


@pytest.mark.parametrize(
    ("policy", "approving", "rejecting"),
    [("optional", True, True), ("on_reject", True, False), ("always", False, False)],
)
def test_the_forms_ask_for_a_comment_where_the_policy_wants_one(
    policy: str, approving: bool, rejecting: bool
) -> None:
    about = story(shot=snapshot(decision_comment=policy))
    forms = [decision_form.approve(about), decision_form.modify(about)]
    assert [checked(form)["blocks"][-1]["optional"] for form in forms] == [approving] * 2
    assert checked(decision_form.reject(about))["blocks"][-1]["optional"] is rejecting


@pytest.mark.parametrize("form", [decision_form.approve, decision_form.reject])
def test_who_approves_or_rejects_reads_the_reason_once_more(form: Any) -> None:
    assert "> INC-42: db is down" in words_of(checked(form(story()))["blocks"])


@pytest.mark.parametrize(
    ("term", "kind", "label"),
    [
        (Term(length=timedelta(hours=8)), RequestKind.NEW, "Approve for 8 hours"),
        (Term(length=timedelta(hours=8)), RequestKind.EXTEND, "Approve 8 hours more"),
        (Term(length=timedelta(days=1, hours=12)), RequestKind.NEW, "Approve"),
        (Term(end=NOON + timedelta(days=1)), RequestKind.NEW, "Approve"),
        (Term(), RequestKind.NEW, "Approve"),
    ],
)
def test_the_button_says_for_how_long_where_it_fits(term: Term, kind: RequestKind, label: str) -> None:
    about = story(kind=kind, term=term)
    assert submit_of(checked(decision_form.approve(about))) == label


def test_modifying_says_the_chosen_length_on_its_button() -> None:
    hour = checked(decision_form.modify(story(), TermChoice("3600")))
    assert submit_of(hour) == "Approve for 1 hour"
    assert submit_of(checked(decision_form.modify(story(), TermChoice(TermOption.OTHER)))) == "Approve"


def test_a_form_carries_the_reference_and_nothing_else() -> None:
    about = story()
    for view in (decision_form.approve(about), decision_form.modify(about)):
        assert carried(view["private_metadata"]) == {"ref": "AR-12"}


def test_modifying_begins_with_what_was_asked_for() -> None:
    view = checked(decision_form.modify(story()))
    assert "Requested: *8 hours*" in words_of(view["blocks"])
    assert submit_of(view) == "Approve for 8 hours"
    assert decision_form.parse_duration(shown(view["blocks"]), story(), NOON) == DurationDecision(
        EIGHT_HOURS, ""
    )


def test_modifying_reads_another_length_with_its_comment() -> None:
    view = decision_form.modify(story(), TermChoice(TermOption.OTHER))
    values = typed(shown(view["blocks"]), TermBlock.LENGTH, "90 minutes")
    values = typed(values, decision_form.COMMENT, "  That is enough. ")
    expected = DurationDecision(Term(length=timedelta(minutes=90)), "That is enough.")
    assert decision_form.parse_duration(values, story(), NOON) == expected


def test_modifying_refuses_what_is_no_length_at_its_field() -> None:
    values = typed(picked({}, TermBlock.CHOICE, TermOption.OTHER), TermBlock.LENGTH, "a while")
    errors = decision_form.parse_duration(values, story(), NOON)
    assert isinstance(errors, dict)
    assert list(errors) == [TermBlock.LENGTH]


def test_more_time_that_an_approver_modifies_has_no_start() -> None:
    about = story(kind=RequestKind.EXTEND, grant=grant())
    assert labels(decision_form.modify(about, TermChoice(TermOption.DATES))["blocks"]) == [
        "How long",
        "End",
        "Comment",
    ]


@pytest.mark.parametrize(
    ("need", "fields"),
    [
        ("required", ["How long", "Reason"]),
        ("optional", ["How long", "Reason"]),
        ("hidden", ["How long"]),
    ],
)
def test_asking_for_more_time_asks_for_a_reason_where_the_app_wants_one(need: str, fields: list[str]) -> None:
    policy = snapshot(reason=need).policy
    view = checked(extend_form.build(grant(), policy))
    assert labels(view["blocks"]) == fields
    assert submit_of(view) == "Send request"
    values = picked(shown(view["blocks"]), TermBlock.CHOICE, "28800")
    wish = extend_form.parse(values, policy, NOON)
    if need == "required":
        assert wish == {extend_form.REASON: "Say why you need the extension."}
    else:
        assert wish == ExtensionInput(EIGHT_HOURS, "")


def test_everything_that_is_missing_is_said_at_once() -> None:
    policy = snapshot().policy
    errors = extend_form.parse({}, policy, NOON)
    assert isinstance(errors, dict)
    assert set(errors) == {TermBlock.CHOICE, extend_form.REASON}


def test_who_cannot_do_a_task_says_why() -> None:
    view = checked(task_form.cannot(task_story()))
    assert labels(view["blocks"]) == ["What's in the way?"]
    assert carried(view["private_metadata"]) == {"ref": "TK-3"}
    assert (
        task_form.parse(typed(shown(view["blocks"]), task_form.NOTE, " No licence left "))
        == "No licence left"
    )
