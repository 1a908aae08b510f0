"""Any template at all: it is refused where it is wrong, or it says what Slack takes, and no card is lost."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from blocks.admin.forms.message_example import ExamplePeople, example
from blocks.cards import draw, render_template, template_values
from blocks.cards.render_template import render
from models.queries.stories import GrantStory, RequestStory
from models.registry.company_templates import CompanyTemplates
from models.wording.grammar import MAX_CHARACTERS, find_error
from models.wording.messages import FILTERS, MESSAGES, MessageKey
from tests.blocks.slack_validation import check_markup, check_message, words_of
from tests.blocks.stories import ADA, GRACE, NOON

PEOPLE = ExamplePeople(ADA, GRACE, {ADA: "Ada", GRACE: "Grace"})
KEYS = st.sampled_from(MessageKey)
HOSTILE = st.one_of(st.text(max_size=40), st.sampled_from(["<!channel>", "<@UADA>", "<https://x|y>", "&lt;"]))
FACT_NAMES = sorted({name for about in MESSAGES.values() for name in about.facts})
ATOMS = st.one_of(
    st.sampled_from(FACT_NAMES),
    st.sampled_from(["'a'", '"<!here>"', "9", "9e8", "true", "none", "self", "range(9)", "[1]", "''"]),
)
EXPRESSIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from([*FILTERS, "center(999999999)", "replace('a','b')", "map('x')"]))
        .map("|".join),
        st.tuples(inner, st.sampled_from(["+", "*", "**", "~", "==", "!=", "and", "or", "in", "is"]), inner)
        .map(" ".join),
        inner.map(lambda one: f"not {one}"),
        inner.map(lambda one: f"({one})"),
        inner.map(lambda one: f"{one}.__class__"),
        inner.map(lambda one: f"{one}('x')"),
        inner.map(lambda one: f"{one}[0]"),
    ),
    max_leaves=5,
)  # fmt: skip
PIECES = st.one_of(
    HOSTILE,
    EXPRESSIONS.map(lambda one: f"{{{{ {one} }}}}"),
    st.tuples(EXPRESSIONS, HOSTILE).map(lambda both: f"{{% if {both[0]} %}}{both[1]}{{% endif %}}"),
    st.tuples(EXPRESSIONS, HOSTILE).map(lambda two: f"{{% for a in {two[0]} %}}{two[1]}{{% endfor %}}"),
    st.sampled_from(["{%", "%}", "{{", "{#", "{% else %}", "{% endif %}", "{% set x = 1 %}", "\n", "-%}"]),
)
TEMPLATES = st.lists(PIECES, max_size=6).map("".join)


@given(KEYS, TEMPLATES, HOSTILE)
def test_any_template_is_refused_at_a_place_in_it_or_says_what_slack_takes(
    key: MessageKey, template: str, hostile: str
) -> None:
    problem = find_error(key, template)
    if problem is not None:
        lines = re.split("\r\n|\r|\n", template)  # as Jinja counts them
        assert 1 <= problem.line <= len(lines)
        assert problem.column >= 1
        assert problem.text
        return
    about = _about(key, hostile)
    said = render(key, template, template_values.template_values(about, by_name=False))
    assert len(said) <= render_template.TEXT_LIMIT + 1
    check_markup({"type": "mrkdwn", "text": said})
    assert "<!here>" not in said
    assert "<!channel>" not in said
    assert "<https:" not in said


@given(KEYS, TEMPLATES, TEMPLATES)
def test_no_words_keep_a_card_from_being_sent(key: MessageKey, subject: str, text: str) -> None:
    kind, about = example(key, PEOPLE, NOON, CompanyTemplates({key: {"subject": subject, "text": text}}))
    message = draw(kind, about, ADA)
    check_message(message)
    assert "GitHub" in words_of(message["blocks"])


@given(st.text(max_size=60), st.integers(0, 60))
def test_the_place_of_a_mistake_is_where_it_was_made(before: str, spaces: int) -> None:
    before = before.replace("{", "").replace("\r", "")
    template = f"{before}{' ' * spaces}{{{{ nobody }}}}"
    if len(template) > MAX_CHARACTERS:
        return
    problem = find_error(MessageKey.REJECTED, template)
    assert problem is not None
    line = template.split("\n")[problem.line - 1]
    assert line[problem.column - 1 :].startswith("nobody")


def _about(key: MessageKey, hostile: str) -> RequestStory | GrantStory:
    """A story of this message, in which people wrote what is hostile."""
    _, about = example(key, PEOPLE, NOON + timedelta(days=1), CompanyTemplates())
    assert isinstance(about, RequestStory | GrantStory)
    written: Mapping[str, Any] = {"app_name": hostile, "access_name": hostile}
    for name, value in written.items():
        setattr(about.request, name, value)
    if isinstance(about, RequestStory):
        about.request.reason = about.request.closing_note = hostile
    return about
