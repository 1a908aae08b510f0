"""A message over the line has our headers and no others, whatever stands in it."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.mail import Letter
from bot.email import Undeliverable, compose

AT = datetime(2030, 5, 6, 12, tzinfo=UTC)
SENDER = "Keyturn <keyturn@example.com>"
OURS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"),
    *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
}
HOSTILE = st.sampled_from(
    [
        "\r\n",
        "\n",
        "\r",
        "\x85",
        "\u2028",
        "Bcc: eve@example.com",
        "\r\n\r\n",
        "=?utf-8?q?=0A?=",
        "=?utf-8?q?a=0D=0ABcc:_eve@example.com?=",
    ]
)
TEXTS = st.lists(HOSTILE | st.text(st.characters(exclude_categories=["Cs"]), max_size=80), max_size=6).map(
    "".join
)


@given(subject=TEXTS, text=TEXTS)
def test_no_text_becomes_a_header(subject: str, text: str) -> None:
    sent = compose(SENDER, "ada@example.com", Letter(subject, text), ident="keyturn.card.1", at=AT)
    read = message_from_bytes(sent.as_bytes(), policy=policy.default)
    assert set(read.keys()) <= OURS
    assert len(read.keys()) == len(set(read.keys()))
    assert (read["To"], read["From"]) == ("ada@example.com", SENDER)
    assert read["Message-ID"] == "<keyturn.card.1@example.com>"


@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@x.com, eve@x.com",
            "ada@x.com;eve@x.com",
            "Ada <ada@x.com>",
        ),
        *(
            "ada@x.com\r\nBcc: eve@x.com",
            "ada@x.com\x00",
            "ada @x.com",
            "ada@x.com>",
            "ada@b@x.com",
            "=?utf-8?q?=0A?=@x.com",
        ),
    ],
)
def test_what_is_not_one_address_is_written_to_by_nobody(address: str) -> None:
    with pytest.raises(Undeliverable):
        compose(SENDER, address, Letter("Subject", "Text"), ident="1", at=AT)
