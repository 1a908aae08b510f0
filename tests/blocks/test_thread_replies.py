from hypothesis import given
from hypothesis import strategies as st

from blocks.cards.thread_replies import mentioned_people, plain_text


def test_a_mention_is_read_by_name() -> None:
    text = "<@U0BEN> please ask <@U0ZOE|zoe>"
    assert mentioned_people(text) == {"U0BEN", "U0ZOE"}
    assert plain_text(text, {"U0BEN": "Ben"}) == "@Ben please ask @zoe"


def test_links_channels_and_groups_are_read_as_they_were_seen() -> None:
    assert plain_text("<https://a.example/x>", {}) == "https://a.example/x"
    assert plain_text("<https://a.example/x|a.example/x>", {}) == "a.example/x"
    assert plain_text("<#C01|general> <!subteam^S01|@oncall> <!here>", {}) == "#general @oncall @here"


def test_a_link_behind_other_words_shows_where_it_leads() -> None:
    assert plain_text("<https://evil.example|github.com>", {}) == "github.com https://evil.example"


@given(st.text())
def test_what_was_typed_comes_back_to_the_letter(text: str) -> None:
    delivered = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain_text(delivered, {}) == text
