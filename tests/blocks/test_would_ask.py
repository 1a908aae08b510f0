from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from blocks import kit
from blocks.admin.fields.base import InvalidForm
from blocks.admin.forms import would_ask
from blocks.admin.forms.would_ask import HypotheticalRequest
from blocks.admin.ids import AdminAction, AdminPlace
from bot.sandbox.slack.blocks.form import Form
from models.catalogue.spec import RequestKind
from models.policy import Company
from tests.blocks.slack_validation import check_view, words_of
from tests.blocks.test_cards import HOSTILE
from tests.blocks.test_preview import planned
from tests.models import specs
from tests.models.policy_questions import COMPANY, EVERYBODY, stage

PLACE = AdminPlace(app="github", version=3)


def seen(who: Company = COMPANY, **fields: Any) -> str:
    """The answer about Ana and this app."""
    (one,) = planned(specs.app(**fields), who)
    return words_of(would_ask.answer_blocks(one))


def test_who_is_asked_is_said_as_in_the_preview() -> None:
    assert seen(stage=[stage("manager")]).splitlines() == [
        "*Who will approve it*",
        "*Check:* <@U0MAX> (manager of Ana)",
        "Required for every GitHub request.",
    ]


def test_a_refusal_names_every_rule() -> None:
    rules = [{"name": "One", "why": "First."}, {"name": "Two", "why": "Second."}]
    assert seen(deny=rules) == "*This would be denied*\nFirst.\nSecond."


def test_nobody_to_ask_is_said_with_the_reason() -> None:
    text = seen(Company(EVERYBODY), owners=[], stage=[stage("U0DEB")])
    assert text.startswith("*No approver can be asked, so this can’t be sent*\nNobody can decide stage")


def test_a_length_that_cannot_be_is_a_refusal() -> None:
    fields: dict[str, Any] = {"max_duration": "1h", "durations": ["1h"], "over_max": "refuse"}
    assert seen(**fields) == ("*This would be denied*\nThe limit for GitHub is 1 hour. Choose less.")


def test_the_form_keeps_what_was_filled_in() -> None:
    asked = HypotheticalRequest(
        "U0ANA",
        "engineering",
        "2 days",
        asker="U0MAX",
        kind=RequestKind.EXTEND,
        emergency=True,
        moment_text="sat 22:30",
    )
    view = would_ask.build(specs.app(), PLACE, asked)
    check_view(view)
    elements = [block["element"] for block in view["blocks"]]
    person, access, length, asker, kind, moment, emergency = elements
    assert would_ask.parse(Form(view["blocks"]).as_json()["values"]) == asked
    assert (asker["initial_user"], kind["initial_option"]["value"]) == ("U0MAX", "extend")
    assert (moment["initial_value"], len(emergency["initial_options"])) == ("sat 22:30", 1)
    assert person["initial_user"] == "U0ANA"
    assert access["initial_option"]["value"] == "engineering"
    assert length["initial_value"] == "2 days"
    assert AdminPlace.read(kit.carried(view["private_metadata"])) == PLACE


def state(person: str, access: str, length: str) -> dict[str, Any]:
    """What Slack sends of the form."""
    option = {"selected_option": {"value": access} if access else None}
    return {
        "person": {"person": {"selected_user": person or None}},
        "access": {AdminAction.FIND_ACCESS: option},
        "length": {"length": {"value": length}},
    }


def test_what_was_filled_in_is_read_and_no_length_is_without_an_end() -> None:
    assert would_ask.parse(state("U0ANA", "engineering", "2 days")).length == timedelta(days=2)
    assert would_ask.parse(state("U0ANA", "engineering", "")).length is None


def test_a_moment_is_the_next_one_like_it() -> None:
    now = datetime(2026, 1, 7, 12, tzinfo=UTC)  # a Wednesday
    assert HypotheticalRequest(moment_text="").at(now) == now
    assert HypotheticalRequest(moment_text="wed 11:00").at(now) == datetime(2026, 1, 14, 11, tzinfo=UTC)
    assert HypotheticalRequest(moment_text="sat 22:30 Europe/Berlin").at(now) == datetime(
        2026, 1, 10, 21, 30, tzinfo=UTC
    )
    assert HypotheticalRequest(moment_text="mon 00:30 Asia/Tokyo").at(now) == datetime(
        2026, 1, 11, 15, 30, tzinfo=UTC
    )


@pytest.mark.parametrize("text", ["soon", "sat 25:00", "sat 22:30 Berlin"])
def test_what_is_no_moment_is_said_at_its_field(text: str) -> None:
    values = state("U0ANA", "engineering", "") | {"moment": {"moment": {"value": text}}}
    with pytest.raises(InvalidForm) as found:
        would_ask.parse(values)
    assert set(found.value.errors) == {"moment"}


def test_what_is_missing_is_said_at_its_field() -> None:
    with pytest.raises(InvalidForm) as found:
        would_ask.parse(state("", "", "soon"))
    assert set(found.value.errors) == {"person", "access", "length"}


@given(HOSTILE)
def test_what_people_wrote_in_rules_is_text(text: str) -> None:
    spec = specs.app(deny=[{"name": "No"}])
    said = spec.deny[0].model_copy(update={"why": text})
    spec = spec.model_copy(update={"deny": (said,)})
    (one,) = planned(spec)
    check_view(
        would_ask.build(
            spec, PLACE, HypotheticalRequest("U0ANA", "engineering", "8h"), would_ask.answer_blocks(one)
        )
    )
