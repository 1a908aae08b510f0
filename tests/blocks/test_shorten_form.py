from datetime import timedelta

from blocks.forms import shorten as shorten_form
from blocks.forms.shorten import ShortenTarget
from blocks.forms.term import TermBlock, TermChoice, TermOption
from blocks.kit import View, carried
from models.tables.requests import Term
from tests.blocks.form_state import labels, picked, set_to, shown, typed
from tests.blocks.slack_validation import check_view, words_of
from tests.blocks.stories import EIGHT_HOURS, NOON, grant, request, snapshot

HOUR = timedelta(hours=1)


PRESETS = snapshot().policy.durations


def asked_for(term: Term) -> ShortenTarget:
    return shorten_form.from_request(request(snapshot(), term=term), PRESETS)


def held() -> ShortenTarget:
    return shorten_form.from_grant(grant(), PRESETS)


def form(present: ShortenTarget, choice: TermChoice | None = None) -> View:
    """The form, looked at as Slack would."""
    view = shorten_form.build(present, NOON, choice)
    check_view(view)
    return view


def choices(view: View) -> list[str]:
    options = next(block for block in view["blocks"] if block.get("block_id") == TermBlock.CHOICE)
    return [option["text"]["text"] for option in options["element"]["options"]]


def test_only_what_is_shorter_is_offered() -> None:
    view = form(asked_for(EIGHT_HOURS))
    assert choices(view) == ["1 hour", "Another length"]
    assert "Less than 8 hours." in words_of(view["blocks"])
    assert carried(view["private_metadata"]) == {"ref": "AR-12"}
    assert choices(form(held())) == ["1 hour", "Another length", "Until a date"]
    forever = form(asked_for(Term()))
    assert choices(forever) == ["1 hour", "8 hours", "7 days", "Another length", "Until a date"]


def test_a_request_until_a_date_is_asked_for_its_end_only() -> None:
    present = asked_for(Term(end=NOON + 8 * HOUR))
    view = form(present)
    assert labels(view["blocks"]) == ["End"]
    values = set_to(shown(view["blocks"]), TermBlock.END, NOON + HOUR)
    assert shorten_form.parse(values, present, NOON) == Term(end=NOON + HOUR)
    assert shorten_form.parse(shown(view["blocks"]), present, NOON) == {TermBlock.END: "Choose when it ends."}


def test_what_is_filled_in_is_read() -> None:
    for present in (asked_for(EIGHT_HOURS), held()):
        values = picked(shown(form(present)["blocks"]), TermBlock.CHOICE, "3600")
        assert shorten_form.parse(values, present, NOON) == Term(length=HOUR)
        other = form(present, TermChoice(TermOption.OTHER))
        values = typed(shown(other["blocks"]), TermBlock.LENGTH, "90 minutes")
        assert shorten_form.parse(values, present, NOON) == Term(length=HOUR * 1.5)
