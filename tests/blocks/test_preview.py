from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from blocks import kit
from blocks.kit import Block
from blocks.request_form import preview
from models.catalogue.spec import AppSpec
from models.errors import Denied
from models.lifecycle.request.plan import Planned
from models.policy import Company, PersonFacts, Question, check_duration, decide
from models.registry.policy_snapshot import Snapshot
from tests.blocks.slack_validation import check_view, words_of
from tests.blocks.test_cards import HOSTILE, visible
from tests.models import specs
from tests.models.policy_questions import ANA, COMPANY, NOW, stage

LENGTH = timedelta(hours=8)


def planned(app: AppSpec, who: Company = COMPANY, length: timedelta = LENGTH) -> list[Planned]:
    """What Ana's request for every access of an app would come to."""
    found = []
    for access in app.access:
        shot = Snapshot(app, access)
        question = Question(ANA.id, ANA.id, app, access, length, NOW)
        verdict = check_duration(shot.policy, length, None, None, NOW)
        found.append(Planned(shot, question, decide(question, who), verdict))
    return found


def seen(**fields: Any) -> str:
    """What the preview of such an app says."""
    return said(preview.preview(planned(specs.app(**fields))))


def said(blocks: list[Block]) -> str:
    check_view(kit.modal("Request access", blocks, callback_id="request"))
    return words_of(blocks)


def test_it_names_the_people_of_each_stage_and_says_why() -> None:
    stages = [stage("owners", "U0MAX", rule="all", name="Owner"), stage("@oncall", name="On call")]
    assert seen(owners=["U0OLE"], stage=stages).splitlines() == [
        "*Who will approve it*",
        "*1. Owner:* all of <@U0OLE> (owner of GitHub); <@U0MAX> (named in this stage)",
        "Required for every GitHub request.",
        "*2. On call:* <@U0SAM> or <@U0OLA> (in @oncall)",
    ]


def test_it_says_how_many_have_to_approve() -> None:
    assert "2 of <@U0OLA>, <@U0OLE> and <@U0MAX>" in seen(stage=[stage("U0OLA", "U0OLE", "U0MAX", rule=2)])


def test_it_says_who_is_asked_later_and_what_one_rejection_does() -> None:
    later = stage("manager", alternates=["U0SAM", "U0OLE"], escalate_after="4h")
    assert "After 4 hours without a decision, <@U0SAM> and <@U0OLE> are asked as well." in seen(stage=[later])
    half = stage("manager", alternates=["U0SAM"])
    assert "After 1 day without a decision, <@U0SAM> is asked as well." in seen(stage=[half])
    vetoed = stage("U0OLA", "U0OLE", "U0MAX", rule=2, on_reject="veto")
    assert "One rejection rejects the request." in seen(stage=[vetoed])


def test_one_person_is_just_named() -> None:
    assert "*Check:* <@U0MAX> (your manager)" in seen(stage=[stage("manager")])


def test_it_says_why_others_stand_in() -> None:
    text = seen(stage=[stage("U0DEB", name="Security")])
    assert "<@U0OLA> (owner of GitHub)" in text
    assert "Deb is deactivated" in text


def test_it_says_that_a_rule_approves_and_which() -> None:
    text = seen(auto_approve=[{"name": "low", "why": "Everybody may read."}])
    assert text == "*No approval needed*\nEverybody may read."


def test_a_length_over_the_maximum_is_flagged() -> None:
    app = specs.app(max_duration="1h", durations=["1h"])
    found = planned(app)
    assert preview.has_warnings(found)
    assert "The limit for GitHub is 1 hour. You can still send this; approvers will see a warning." in said(
        preview.preview(found)
    )
    assert not preview.has_warnings(planned(specs.app()))


def test_accesses_that_go_the_same_way_are_shown_together() -> None:
    accesses = [{"key": f"a{n}", "name": f"Role {n}"} for n in range(40)]
    text = seen(access=accesses)
    assert text.startswith("This sends 40 separate requests.\n*Who will approve it*")
    assert text.count("<@U0OLA>") == 1


def test_accesses_that_go_other_ways_are_told_apart() -> None:
    accesses = [
        {"key": "a", "name": "Read"},
        {"key": "b", "name": "Write", "stage": [stage("U0MAX")]},
        {"key": "c", "name": "Triage"},
    ]
    lines = seen(access=accesses).splitlines()
    assert lines[1:] == [
        "*Read, Triage*",
        "*Owners:* <@U0OLA> (owner of GitHub)",
        "GitHub has no stages, so its owners decide.",
        "*Write*",
        "*Check:* <@U0MAX> (named in this stage)",
        "Required for every Write request.",
    ]


def test_very_many_ways_still_fit_the_form() -> None:
    accesses = [
        {"key": f"a{n}", "name": f"Role {n}", "stage": [stage("U0MAX", name=f"Stage {n}")]} for n in range(50)
    ]
    assert "31 more have other approvers. Send them separately to see each." in seen(access=accesses)


def test_what_is_in_the_way_is_said_as_text() -> None:
    blocks = preview.refusal_blocks(Denied("You have <!channel> already."))
    assert ":no_entry: You have &lt;!channel&gt; already." in said(blocks)


@given(HOSTILE, st.sampled_from([1, 7, 100]), st.sampled_from(["any", "all", 1]))
def test_slack_takes_it_whatever_people_are_called(written: str, count: int, rule: str | int) -> None:
    name = visible(" ".join(written.split()), 75)
    people = [PersonFacts(f"U{n:03}", name) for n in range(count)]
    managed = PersonFacts(ANA.id, name, manager_id="U000")
    stages = [
        {"name": f"{n}", "approvers": ["manager", *(one.id for one in people)][:100], "rule": rule}
        for n in range(10)
    ]
    app = specs.app(name="&" * 75, access=[{"key": "a", "name": "<" * 75}], stage=stages)
    check_view(
        kit.modal("x", preview.preview(planned(app, Company([managed, *people]))), callback_id="request")
    )
