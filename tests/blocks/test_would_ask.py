from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings

from blocks import kit
from blocks.admin import would_ask
from blocks.admin.ids import Do, Place
from blocks.admin.overlay import Problems
from blocks.admin.would_ask import Asked
from models.policy import Company
from tests.blocks.sendable import check_view, words_of
from tests.blocks.test_cards import HOSTILE
from tests.blocks.test_preview import planned
from tests.models import specs
from tests.models.asking import COMPANY, EVERYBODY, stage

PLACE = Place(app="github", version=3)


def seen(who: Company = COMPANY, **fields: Any) -> str:
    """The answer about Ana and this app."""
    (one,) = planned(specs.app(**fields), who)
    return words_of(would_ask.answered(one))


def test_who_is_asked_is_said_as_in_the_preview() -> None:
    assert seen(stage=[stage("manager")]).splitlines() == [
        "*Who will be asked*",
        "*Check:* <@U0MAX> (manager of Ana)",
        "Every request for GitHub goes through it.",
    ]


def test_a_refusal_names_every_rule() -> None:
    rules = [{"name": "One", "why": "First."}, {"name": "Two", "why": "Second."}]
    assert seen(deny=rules) == "*It would be refused*\nFirst.\nSecond."


def test_nobody_to_ask_is_said_with_the_reason() -> None:
    text = seen(Company(EVERYBODY), owners=[], stage=[stage("U0DEB")])
    assert text.startswith("*Nobody could be asked, so it cannot be sent*\nNobody can decide stage")


def test_a_length_that_cannot_be_is_a_refusal() -> None:
    fields: dict[str, Any] = {"max_duration": "1h", "durations": ["1h"], "over_max": "refuse"}
    assert seen(**fields) == ("*It would be refused*\nThe longest for GitHub is 1 hour. Choose less.")


def test_the_form_keeps_what_was_filled_in() -> None:
    view = would_ask.build(specs.app(), PLACE, Asked("U0ANA", "engineering", "2 days"))
    check_view(view)
    person, access, length = (block["element"] for block in view["blocks"])
    assert person["initial_user"] == "U0ANA"
    assert access["initial_option"]["value"] == "engineering"
    assert length["initial_value"] == "2 days"
    assert Place.read(kit.carried(view["private_metadata"])) == PLACE


def state(person: str, access: str, length: str) -> dict[str, Any]:
    """What Slack sends of the form."""
    option = {"selected_option": {"value": access} if access else None}
    return {
        "person": {"person": {"selected_user": person or None}},
        "access": {Do.FIND_ACCESS: option},
        "length": {"length": {"value": length}},
    }


def test_what_was_filled_in_is_read_and_no_length_is_without_an_end() -> None:
    assert would_ask.parse(state("U0ANA", "engineering", "2 days")).length == timedelta(days=2)
    assert would_ask.parse(state("U0ANA", "engineering", "")).length is None


def test_what_is_missing_is_said_at_its_field() -> None:
    with pytest.raises(Problems) as found:
        would_ask.parse(state("", "", "soon"))
    assert set(found.value.errors) == {"person", "access", "length"}


@settings(max_examples=30)
@given(HOSTILE)
def test_what_people_wrote_in_rules_is_text(text: str) -> None:
    spec = specs.app(deny=[{"name": "No"}])
    said = spec.deny[0].model_copy(update={"why": text})
    spec = spec.model_copy(update={"deny": (said,)})
    (one,) = planned(spec)
    check_view(would_ask.build(spec, PLACE, Asked("U0ANA", "engineering", "8h"), would_ask.answered(one)))
