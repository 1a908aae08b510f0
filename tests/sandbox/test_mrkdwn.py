import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.browser.draw.emoji import table
from bot.sandbox.browser.draw.markdown import markdown
from bot.sandbox.browser.draw.mrkdwn import mrkdwn, plain
from tests.sandbox.drawing import READER, read

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* _italic_ ~gone~", "<strong>bold</strong> <em>italic</em> <s>gone</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("`a *b*` and c", "<code>a *b*</code> and c"),
        ("```a\n  b```", "<pre>a\n  b</pre>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("a &lt;b&gt; &amp;amp; &copy;", "a &lt;b&gt; &amp;amp; &amp;copy;"),
        ("one\ntwo", "one<br>two"),
        ("&gt; said\n> twice\nthen", "<blockquote>said<br>twice</blockquote>then"),
        ("a\n>>>b\nc", "a<blockquote>b<br>c</blockquote>"),
        (":wave: :nobody:", "👋 :nobody:"),
        ("*<@UADA>*", '<strong><span class="mention mine">@Ada Lovelace</span></strong>'),
        ("<#CGENERAL|x> <!here>", '<span class="mention">#general</span> <span class="mention">@here</span>'),
        ("<!subteam^SONCALL>", '<span class="mention">@oncall</span>'),
        ("<!date^99999999999999^{date}|then>", "then"),
    ],
)
def test_mrkdwn_reads_as_in_slack(text: str, html: str) -> None:
    assert str(mrkdwn(text, READER)) == html


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{date_num} {time}", "2026-03-02 09:00"),
        ("{date_short_pretty} at {time}", "today at 09:00"),
        ("{date}", "March 2nd"),
        ("{date_long}", "Monday, March 2nd, 2026"),
        ("{ago}", "just now"),
        ("{unknown}", "{unknown}"),
    ],
)
def test_a_date_is_written_for_its_reader(pattern: str, words: str) -> None:
    assert read(mrkdwn(f"<!date^1772442000^{pattern}|then>", READER)).words == [words]


def test_a_link_shows_its_label_and_leads_there() -> None:
    drawn = read(mrkdwn("<https://example.com/?a=1&amp;b=2|here &amp; now>", READER))
    assert drawn.words == ["here & now"]
    assert ("href", "https://example.com/?a=1&b=2") in drawn.attributes


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "vbscript:x", " x"]
)
def test_an_address_of_another_kind_is_no_link(address: str) -> None:
    assert "a" not in read(mrkdwn(f"<{address}|click>", READER)).tags


HOSTILE = [
    "<script>alert(1)</script>",
    '<https://example.com/"onmouseover="alert(1)|x>',
    "*<img src=x onerror=alert(1)>*",
    "`<b>` ```<script>```",
    "<@U1\"><script>alert(1)</script>|x>",
    "\ue0000\ue001 <`code`> \ue000999\ue001",
    "<!date^1772442000^<b>{date}</b>^javascript:alert(1)|x>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "> <iframe src=x>",
    "<" * 2000,
    "*_~" * 1000,
    "_*" * 1500 + "x" + "*_" * 1500,
]  # fmt: skip
ALLOWED = {"strong", "em", "s", "code", "pre", "br", "blockquote", "span", "time", "a"}


def _harmless(html: str) -> None:
    drawn = read(html)
    assert set(drawn.tags) <= ALLOWED | {"p", "ul", "ol", "li", "hr", "h3", "h4", "h5", "h6"}
    assert not [name for name, _ in drawn.attributes if name.startswith("on") or name == "style"]
    for name, value in drawn.attributes:
        if name == "href":
            assert str(value).lower().startswith(("http://", "https://", "mailto:", "tel:"))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    _harmless(mrkdwn(text, READER))
    _harmless(plain(text))
    _harmless(markdown(text))


MADE = st.text(alphabet=st.sampled_from("*_~`<>&;|^!@#\"'/\\ \nab:[]()-\ue000\ue0011"), max_size=200)


@given(MADE)
def test_no_text_gets_markup_into_the_page(text: str) -> None:
    _harmless(mrkdwn(text, READER))
    _harmless(plain(text))
    _harmless(markdown(text))


def test_markdown_has_its_usual_parts() -> None:
    drawn = read(
        markdown(
            "# Title\n\n- **one**\n- _two_\n\n1. three\n\n> four\n\n```\nfive\n```\n---\n[six](https://x.y)"
        )
    )
    assert drawn.tags == [
        "h3",
        "ul",
        "li",
        "strong",
        "li",
        "em",
        "ol",
        "li",
        "blockquote",
        "pre",
        "hr",
        "p",
        "a",
    ]


def test_every_emoji_that_keyturn_s_screens_name_is_drawn() -> None:
    named = re.compile(r"(?<![\w{}]):([a-z][a-z0-9_]+):(?!\w)")
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "blocks").rglob("*.py")]
    names = {name for source in sources for name in named.findall(source)}
    assert "large_orange_diamond" in names
    assert names - table().keys() == set()
