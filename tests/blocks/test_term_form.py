from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.forms import term as term_form
from blocks.forms.term import TermBlock, TermChoice, TermOffer, TermOption
from blocks.kit import Block, modal
from models.catalogue.spec import AccessPolicy
from models.durations import LONGEST
from models.tables.requests import Term
from tests.blocks.form_state import labels, picked, set_to, shown, typed
from tests.blocks.slack_validation import check_view
from tests.blocks.stories import NOON, snapshot

OFFER = TermOffer((timedelta(hours=1), timedelta(hours=8), timedelta(days=7)), indefinite=True)
SECONDS = st.integers(1, int(LONGEST.total_seconds())).map(lambda seconds: timedelta(seconds=seconds))
LATER = st.integers(1, 10**8).map(lambda seconds: NOON + timedelta(seconds=seconds))


def form(offer: TermOffer = OFFER, filled: TermChoice | None = None) -> list[Block]:
    """The fields, drawn and looked at as Slack would."""
    blocks = term_form.build(offer, filled, action_id="form.term")
    check_view(modal("Term", blocks, callback_id="form", submit="Send"))
    return blocks


def policy(**entry: Any) -> AccessPolicy:
    return snapshot(**entry).policy


@st.composite
def terms(draw: st.DrawFn) -> Term:
    end = draw(LATER)
    starts = st.one_of(st.none(), st.just(end - timedelta(seconds=1)))
    return draw(
        st.one_of(
            st.just(Term()),
            SECONDS.map(lambda length: Term(length=length)),
            st.sampled_from(OFFER.presets).map(lambda length: Term(length=length)),
            starts.map(lambda start: Term(start=start, end=end)),
        )
    )


@given(terms())
def test_what_a_form_shows_is_what_it_is_read_as(term: Term) -> None:
    filled = TermChoice.of(term, OFFER)
    assert term_form.parse(shown(form(filled=filled)), OFFER, NOON) == term


@given(terms())
def test_a_form_that_is_drawn_again_holds_what_was_filled_in(term: Term) -> None:
    values = shown(form(filled=TermChoice.of(term, OFFER)))
    again = TermChoice.read(values)
    assert shown(form(filled=again)) == values


def test_a_choice_reveals_the_fields_that_belong_to_it() -> None:
    assert labels(form()) == ["How long"]
    assert labels(form(filled=TermChoice(TermOption.OTHER))) == ["How long", "Length"]
    assert labels(form(filled=TermChoice(TermOption.DATES))) == ["How long", "Start", "End"]
    more = TermOffer(OFFER.presets, starts=False)
    assert labels(form(more, TermChoice(TermOption.DATES))) == ["How long", "End"]


def test_the_choices_are_the_presets_and_what_the_policy_allows() -> None:
    def choices(offer: TermOffer) -> list[str]:
        return [option["text"]["text"] for option in form(offer)[0]["element"]["options"]]

    usual = ["1 hour", "8 hours", "7 days", "Another length", "Start and end…"]
    assert choices(TermOffer.of([policy()])) == usual
    assert choices(TermOffer.of([policy(indefinite=True)])) == [*usual, "No end"]
    assert choices(TermOffer.of([policy(indefinite=True)], temporary=True)) == usual
    assert "Until a date" in choices(TermOffer.of([policy()], starts=False))


def test_several_accesses_offer_what_all_of_them_offer() -> None:
    short, long = (
        policy(durations=["1h", "8h"], max_duration="8h"),
        policy(durations=["8h", "7d"], indefinite=True),
    )
    offer = TermOffer.of([short, long])
    assert offer.presets == (timedelta(hours=8),)
    assert not offer.indefinite
    assert offer.note == "Up to 8 hours. If you ask for more, approvers will see a warning."
    assert TermOffer.of([short, long], strict=True).note == "Up to 8 hours."
    assert TermOffer.of([policy(over_max="refuse")]).note == "Up to 30 days."


def test_accesses_without_a_common_preset_offer_those_within_the_shortest_maximum() -> None:
    offer = TermOffer.of([policy(durations=["1h"], max_duration="4h"), policy(durations=["2h", "7d"])])
    assert offer.presets == (timedelta(hours=1), timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "length"),
    [("8", timedelta(hours=8)), (" 30 minutes ", timedelta(minutes=30)), ("2 days", timedelta(days=2))],
)
def test_a_length_is_read_as_people_write_it(text: str, length: timedelta) -> None:
    values = typed(picked({}, TermBlock.CHOICE, TermOption.OTHER), TermBlock.LENGTH, text)
    assert term_form.parse(values, OFFER, NOON) == Term(length=length)


@pytest.mark.parametrize("text", ["", "soon", "-1", "0", "11 years", "8 h x", "9" * 60])
def test_a_length_that_is_none_is_refused_at_its_field(text: str) -> None:
    values = typed(picked({}, TermBlock.CHOICE, TermOption.OTHER), TermBlock.LENGTH, text)
    errors = term_form.parse(values, OFFER, NOON)
    assert isinstance(errors, dict)
    assert list(errors) == [TermBlock.LENGTH]


def test_dates_that_cannot_be_are_refused_at_the_end() -> None:
    dates = picked({}, TermBlock.CHOICE, TermOption.DATES)
    past = set_to(dates, TermBlock.END, NOON)
    crossed = set_to(
        set_to(dates, TermBlock.END, NOON + timedelta(hours=1)), TermBlock.START, NOON + timedelta(hours=2)
    )
    for values in (dates, past, crossed):
        errors = term_form.parse(values, OFFER, NOON)
        assert isinstance(errors, dict)
        assert list(errors) == [TermBlock.END]


def test_more_time_has_no_start_even_where_one_is_sent() -> None:
    offer = TermOffer(OFFER.presets, starts=False)
    dates = set_to(picked({}, TermBlock.CHOICE, TermOption.DATES), TermBlock.END, NOON + timedelta(days=1))
    values = set_to(dates, TermBlock.START, NOON + timedelta(hours=1))
    assert term_form.parse(values, offer, NOON) == Term(end=NOON + timedelta(days=1))


@pytest.mark.parametrize("value", ["", "7200", "never", "other ", "-1", "x" * 200])
def test_only_what_is_offered_can_be_chosen(value: str) -> None:
    offer = TermOffer((timedelta(hours=8),))
    assert term_form.parse(picked({}, TermBlock.CHOICE, value), offer, NOON) == {
        TermBlock.CHOICE: "Choose how long."
    }


@given(
    st.dictionaries(
        st.sampled_from(list(TermBlock)),
        st.dictionaries(
            st.text(max_size=3),
            st.dictionaries(
                st.sampled_from(["value", "selected_option", "selected_date_time"]),
                st.one_of(
                    st.none(), st.integers(), st.text(), st.booleans(), st.lists(st.text()),
                    st.fixed_dictionaries({"value": st.sampled_from(["other", "dates", "never", "3600"])}),
                ),
            ),
        ),
    )
)  # fmt: skip
def test_a_forged_state_is_read_or_refused_and_never_breaks(values: Any) -> None:
    term = term_form.parse(values, OFFER, NOON)
    assert isinstance(term, Term) or set(term) <= set(TermBlock)


def test_a_moment_beyond_the_calendar_counts_as_none() -> None:
    values = picked({}, TermBlock.CHOICE, TermOption.DATES)
    values[TermBlock.END] = {"end": {"selected_date_time": 10**15}}
    assert term_form.parse(values, OFFER, datetime.now(UTC)) == {TermBlock.END: "Choose when it ends."}
