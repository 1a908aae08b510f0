"""What people see of an emergency: the box, the second question, the alert and the review."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks import mail, request_form
from blocks.cards import draw
from blocks.forms import review as review_form
from blocks.forms.term import TermChoice
from blocks.kit import carried
from blocks.request_form import RequestInput
from blocks.request_form import emergency as emergency_form
from blocks.request_form.preview import preview
from models.catalogue.spec import AppSpec
from models.lifecycle.request.plan import Planned
from models.policy import Company, PersonFacts, Question, check_duration, decide, emergency_follow_up
from models.queries.stories import RequestStory
from models.tables.cards import CardKind
from models.tables.requests import Term
from models.tables.reviews import Review, ReviewState
from models.tables.states import GrantState, RequestState
from tests.blocks.form_state import labels, picked, shown, typed
from tests.blocks.slack_validation import check_labels, check_view, drawn, words_of
from tests.blocks.stories import ADA, ALAN, GRACE, NAMES, NOON, OTTO, ROOT, grant, snapshot, story
from tests.rows import new_row

HOUR = timedelta(hours=1)
SHOT = snapshot(emergency={"max": "4h"}, reason="hidden")
COMPANY = Company([PersonFacts(one, name) for one, name in NAMES.items()], admins=[ROOT])
HOSTILE = st.sampled_from(
    ["<!channel> & <@UROOT>", "*bold* _it_ `code`", "\u202egnihton", "x" * 2000, "a\n> b"]
)


def planned(earlier: int = 0, *, by: str = ADA) -> Planned:
    question = Question(by, by, SHOT.app, SHOT.access, HOUR, NOON, emergency=True)
    length = check_duration(SHOT.policy, HOUR, None, None, NOON, emergency=True)
    return Planned(
        SHOT, question, decide(question, COMPANY), length, emergency_follow_up(question, COMPANY), earlier
    )


def review(state: ReviewState = ReviewState.OPEN, *asked: str, **changes: Any) -> Review:
    usual: dict[str, Any] = {"id": 1, "person_id": ADA, "asked": list(asked), "earlier": 0, "note": ""}
    return new_row(Review, **(usual | changes), state=state)


def taken(found: Review, state: GrantState = GrantState.ACTIVE, **changes: Any) -> RequestStory:
    usual: dict[str, Any] = {
        "shot": SHOT, "emergency": True, "state": RequestState.APPROVED, "closed_by": "keyturn",
        "because": {"reasons": [{"rule": "emergency access of GitHub", "text": "At once."}]},
    }  # fmt: skip
    over = NOON if state is GrantState.REVOKED else None
    told = story(grant=grant(SHOT, state=state, over_at=over), **(usual | changes))
    return replace(told, review=found, owners=(GRACE, ALAN), stages=())


def seen(kind: CardKind, about: RequestStory, viewer: str) -> tuple[str, list[str]]:
    return drawn(kind, about, viewer)[:2]


def test_a_reviewer_can_close_it_and_an_owner_or_admin_take_it_away() -> None:
    about = taken(review(ReviewState.OPEN, GRACE))
    said, buttons = seen(CardKind.ALERT, about, GRACE)
    assert "*Emergency:* <@UADA> used emergency access to *GitHub · Engineering team* until" in said
    assert "To be reviewed by <@UGRACE>." in said
    assert buttons == ["Justified", "Misused", "Revoke", "Comment", "Details"]
    for kind in (CardKind.ALERT, CardKind.REVIEW, CardKind.REVIEWED):
        check_labels(draw(kind, about, GRACE), "AR-12, GitHub · Engineering team for Ada")
    assert seen(CardKind.ALERT, about, ROOT)[1] == ["Revoke", "Comment", "Details"]
    assert seen(CardKind.ALERT, about, OTTO)[1] == ["Comment", "Details"]


def test_nothing_is_left_to_take_once_it_is_over_and_nothing_to_say_once_it_is_reviewed() -> None:
    over = taken(review(ReviewState.OPEN, GRACE), GrantState.REVOKED)
    assert seen(CardKind.ALERT, over, GRACE)[1] == ["Justified", "Misused", "Details"]
    closed = review(ReviewState.MISUSED, GRACE, closed_by=GRACE, note="No incident.")
    said, buttons = seen(CardKind.ALERT, taken(closed, GrantState.REVOKED), GRACE)
    assert "Reviewed by <@UGRACE>: *Misused*\n> No incident." in said
    assert buttons == ["Details"]
    assert "Your emergency access to" in seen(CardKind.REVIEWED, taken(closed), ADA)[0]
    assert "was reviewed" in seen(CardKind.REVIEW, taken(closed), GRACE)[0]


def test_where_nobody_else_is_left_the_card_says_so_plainly_and_has_no_button_for_it() -> None:
    said, buttons = seen(CardKind.ALERT, taken(review()), ADA)
    assert "Nobody but <@UADA> could review this, and nobody reviews their own emergency." in said
    assert not {"Justified", "Misused", "Revoke"} & set(buttons)


@pytest.mark.parametrize(("earlier", "said"), [(1, "*2nd emergency*"), (2, "*3rd"), (4, "*5th")])
def test_a_repeated_emergency_says_so(earlier: int, said: str) -> None:
    assert said in seen(CardKind.ALERT, taken(review(ReviewState.OPEN, GRACE, earlier=earlier)), ROOT)[0]


@given(HOSTILE, HOSTILE, st.sampled_from(list(ReviewState)), st.sampled_from(list(GrantState)))
def test_whatever_people_write_stays_text(
    reason: str, note: str, state: ReviewState, grant_state: GrantState
) -> None:
    found = review(state, GRACE, closed_by=GRACE if state is not ReviewState.OPEN else None, note=note)
    about = taken(found, grant_state, reason=reason)
    for kind in (CardKind.ALERT, CardKind.REVIEW, CardKind.REVIEWED, CardKind.REQUEST):
        for viewer in (ADA, GRACE, ROOT):
            seen(kind, about, viewer)
    check_view(review_form.justified("RV-1", about))
    check_view(review_form.misused("RV-1", about))


def test_e_mail_goes_to_everybody_who_has_a_card_about_it() -> None:
    about = taken(review(ReviewState.OPEN, GRACE))
    assert mail.should_mail(CardKind.ALERT, about, ROOT)
    assert mail.should_mail(CardKind.REVIEW, about, GRACE)
    assert not mail.should_mail(CardKind.REVIEW, taken(review(ReviewState.JUSTIFIED, GRACE)), GRACE)
    assert mail.should_mail(CardKind.REVIEWED, taken(review(ReviewState.JUSTIFIED, GRACE)), ADA)


class TestTheForm:
    app = SHOT.app
    filled = RequestInput("github", ("engineering",), TermChoice("3600"), "INC-42", emergency=True)

    def test_ticking_limits_the_lengths_and_asks_for_the_reason(self) -> None:
        usual, at_once = (
            request_form.build(replace(self.filled, emergency=ticked), self.app) for ticked in (False, True)
        )
        assert labels(usual["blocks"]) == ["Application", "Access", "How long", "Emergency"]
        assert labels(at_once["blocks"]) == ["Application", "Access", "How long", "Reason", "Emergency"]
        menu = next(block for block in at_once["blocks"] if block.get("block_id") == "term")
        assert [one["text"]["text"] for one in menu["element"]["options"]] == ["1 hour", "Another length"]
        assert request_form.reason_errors(replace(self.filled, reason=""), self.app)

    def test_it_reads_back_as_it_was_filled_in(self) -> None:
        values = shown(request_form.build(self.filled, self.app)["blocks"])
        assert request_form.parse(values) == self.filled
        assert request_form.parse(picked(values, "term", "3600")).emergency

    def test_the_second_question_reads_back_with_the_reason_as_it_is_then(self) -> None:
        view = emergency_form.build(self.filled, [planned()])
        check_view(view)
        values = typed(shown(view["blocks"]), "reason", "INC-43")
        again = emergency_form.parse(carried(view["private_metadata"]), values)
        assert again == replace(self.filled, reason="INC-43")

    def test_fifty_accesses_still_fit_into_what_it_carries(self) -> None:
        keys = tuple(f"{number:040}" for number in range(50))
        view = emergency_form.build(replace(self.filled, access_keys=keys), [planned()])
        check_view(view)

    @pytest.mark.parametrize("carries", [{}, {"app": "x", "access": "  "}, {"choice": "\x00", "length": "é"}])
    def test_what_it_carries_may_be_anything(self, carries: dict[str, str]) -> None:
        filled = emergency_form.parse(carries, {})
        assert isinstance(request_form.to_draft(filled, self.app, ADA, NOON), dict)

    def test_an_access_without_emergencies_has_no_box(self) -> None:
        stored = self.app.stored()
        access = [*stored["access"], {"key": "admin", "name": "Admin", "emergency": False}]
        app = AppSpec.model_validate(stored | {"access": access})
        both = replace(self.filled, access_keys=("engineering", "admin"), emergency=False)
        assert "Emergency" not in labels(request_form.build(both, app)["blocks"])
        assert "Emergency" in labels(request_form.build(replace(both, emergency=True), app)["blocks"])

    def test_the_preview_names_who_is_told_and_who_reviews_it(self) -> None:
        said = words_of(preview([planned(1)]))
        assert "Starts as soon as you confirm, for up to 4 hours." in said
        assert "<@UGRACE>, <@UALAN> and <@UROOT> will be notified, with your reason." in said
        assert "Reviewed afterwards by <@UGRACE> or <@UALAN>." in said
        assert "1 earlier emergency for this isn't reviewed yet" in said

    def test_the_lengths_of_an_approver_keep_to_it_too(self) -> None:
        draft = request_form.to_draft(self.filled, self.app, ADA, NOON)
        assert not isinstance(draft, dict)
        assert (draft.emergency, draft.term, draft.reason) == (True, Term(length=HOUR), "INC-42")
