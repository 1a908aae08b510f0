import re
from datetime import date

from blocks.kit.text import cut, day_words, esc
from models.text import remove_unseen, tidy

WHOLE = re.compile("(?:[^&<>]|&(?:amp|lt|gt);)*")


def test_a_text_is_never_cut_within_an_entity() -> None:
    written = esc("a & b <c> && <<d>>")
    for limit in range(1, len(written) + 2):
        short = cut(written, limit)
        assert len(short) <= limit
        assert WHOLE.fullmatch(short), short


def test_characters_that_nobody_sees_are_taken_out() -> None:
    assert remove_unseen("a\u202eb\u200bc\u2066d\x00e") == "abcde"


def test_what_somebody_wrote_is_no_markup() -> None:
    assert esc("<!here> <@U1> R&D &lt;") == "&lt;!here&gt; &lt;@U1&gt; R&amp;D &amp;lt;"


def test_a_day_has_its_year_only_where_it_is_half_a_year_away() -> None:
    today = date(2030, 5, 6)
    near, far = date(2030, 11, 3), date(2030, 11, 6)
    assert [day_words(day, today) for day in (near, far)] == ["3 November", "6 November 2030"]


def test_what_is_drawn_as_nothing_is_no_text() -> None:
    assert tidy("\u3164 \u2800") == ""
    assert tidy("\u3164 INC-42") == "\u3164 INC-42"
