"""A card as an e-mail reads like the card, in plain words, whatever people wrote."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.cards import Story, draw
from blocks.mail import NO_LINK, SUBJECT_LIMIT, Letter, names_of, render, should_mail
from models.tables.cards import CardKind
from models.tables.grants import TaskState
from models.tables.states import GrantState, RequestState
from tests.blocks import stories
from tests.blocks.stories import ADA, GRACE, NOON, ROOT

LINK = "https://example.slack.com/archives/D1/p1"


def written(
    kind: CardKind, story: Story, viewer: str = GRACE, zone: str = "UTC", link: str | None = None
) -> Letter:
    return render(draw(kind, story, viewer), names_of(story), zone, link, NOON)


def asked(reason: str = "INC-42", **changes: Any) -> Story:
    return stories.story(stories.stage(0, "any", [GRACE]), reason=reason, **changes)


def test_people_are_named_and_nothing_of_slacks_markup_is_left() -> None:
    mail = written(CardKind.APPROVAL, asked())
    assert mail.subject == "Ada requests GitHub · Engineering team"
    assert mail.text.startswith(
        "Ada requests GitHub · Engineering team for 8 hours\n> INC-42\n\nHigh risk · you own GitHub"
    )
    assert not any(mark in mail.text for mark in ("<@", "<!", "*", "&amp;", "Approve"))


def test_what_people_wrote_stands_there_as_they_wrote_it() -> None:
    mail = written(CardKind.APPROVAL, asked("*now* <!here> & :fire: <@U1|x> &lt;b&gt;\nsecond"))
    assert "> *now* <!here> & :fire: <@U1|x> &lt;b&gt;\n> second" in mail.text


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Berlin", "Wednesday, 8 May, 14:00 CEST"),
        ("America/New_York", "Wednesday, 8 May, 08:00 EDT"),
        ("Nowhere/Land", "Wednesday, 8 May, 12:00 UTC"),
        ("../../etc", "Wednesday, 8 May, 12:00 UTC"),
        ("", "Wednesday, 8 May, 12:00 UTC"),
    ],
)
def test_moments_are_the_readers_with_their_zone(zone: str, shown: str) -> None:
    assert f"expires {shown}" in written(CardKind.APPROVAL, asked(), zone=zone).text


def test_it_ends_with_the_way_to_the_card() -> None:
    assert written(CardKind.APPROVAL, asked(), link=LINK).text.endswith(f"\n\nIn Slack: {LINK}\n")
    assert written(CardKind.APPROVAL, asked()).text.endswith(f"\n\n{NO_LINK}\n")


@given(
    name=st.text(min_size=1, max_size=400),
    reason=st.text(max_size=300),
    kind=st.sampled_from([CardKind.APPROVAL, CardKind.REQUEST]),
)
def test_a_subject_is_one_line_whatever_people_are_called(name: str, reason: str, kind: CardKind) -> None:
    mail = written(kind, asked(reason, names=stories.NAMES | {ADA: name}))
    assert mail.subject == " ".join(mail.subject.split())
    assert 0 < len(mail.subject) <= SUBJECT_LIMIT


def test_an_approver_is_told_while_something_waits_for_them_and_a_requester_of_the_end() -> None:
    over = asked(state=RequestState.REJECTED, closed_by=GRACE, closed_at=NOON)
    assert should_mail(CardKind.APPROVAL, asked(), GRACE)
    assert not should_mail(CardKind.APPROVAL, asked(), ROOT)
    assert not should_mail(CardKind.APPROVAL, over, GRACE)
    assert not should_mail(CardKind.REMINDER, asked(), GRACE)
    assert not should_mail(CardKind.REQUEST, asked(), ADA)
    assert should_mail(CardKind.REQUEST, over, ADA)


@pytest.mark.parametrize(
    ("kind", "state", "told"),
    [
        (CardKind.ACCESS, GrantState.ACTIVE, True),
        (CardKind.ACCESS, GrantState.ENDED, False),
        (CardKind.NOTICE, GrantState.ACTIVE, True),
        (CardKind.NOTICE, GrantState.REVOKING, False),
        (CardKind.OVER, GrantState.ENDED, True),
        (CardKind.FAILURE, GrantState.FAILED, True),
        (CardKind.FAILURE, GrantState.GRANTING, False),
    ],
)
def test_of_an_access_what_is_still_true_is_told(kind: CardKind, state: GrantState, told: bool) -> None:
    assert should_mail(kind, stories.grant_story(state=state), ADA) is told


def test_work_by_hand_is_told_while_it_is_to_be_done() -> None:
    assert should_mail(CardKind.TASK, stories.task_story(), GRACE)
    assert not should_mail(CardKind.TASK, stories.task_story(state=TaskState.DONE), GRACE)
    assert "Ada" in written(CardKind.TASK, stories.task_story()).text


def test_a_date_more_than_half_a_year_away_says_its_year() -> None:
    story = stories.grant_story(ends_at=NOON + timedelta(days=200))
    assert "Friday, 22 November 2030, 12:00 UTC" in written(CardKind.NOTICE, story, ADA).text


def test_a_notice_says_when_it_ends() -> None:
    story = stories.grant_story(ends_at=NOON + timedelta(hours=1))
    mail = written(CardKind.NOTICE, story, ADA, "Europe/Berlin")
    assert "Monday, 6 May, 15:00 CEST" in mail.text
