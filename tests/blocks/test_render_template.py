"""Messages in the company's own words on the cards: what they say, and what they never do."""

from dataclasses import replace

import pytest

from blocks.admin.forms.message_example import ExamplePeople, example
from blocks.cards import draw, render_template, template_values
from blocks.cards.render_template import render
from models.queries.stories import GrantStory, RequestStory
from models.registry.company_templates import CompanyTemplates
from models.tables.cards import CardKind
from models.tables.grants import Cause, Direction
from models.tables.states import GrantState, RequestState
from models.wording.grammar import TemplateError
from models.wording.messages import FILTERS, MESSAGES, MessageKey
from tests.blocks.slack_validation import check_markup, check_message, words_of
from tests.blocks.stories import ADA, GRACE, NOON, decision, grant, grant_story, snapshot, stage, story

PEOPLE = ExamplePeople(ADA, GRACE, {ADA: "Ada", GRACE: "Grace"})


def standard(key: MessageKey, about: RequestStory | GrantStory) -> tuple[str, str]:
    """The standard words of a message about this, by the engine that the company's own go through."""
    words = MESSAGES[key]
    said, shown = (template_values.template_values(about, by_name=plainly) for plainly in (True, False))
    return render(key, words.subject or "", said), render(key, words.text, shown)


REQUESTS = [
    (MessageKey.ASKED, story()),
    (MessageKey.APPROVED, story(state=RequestState.APPROVED, closed_by=GRACE, grant=grant())),
    (MessageKey.APPROVED, story(state=RequestState.APPROVED, closed_by="keyturn")),
    (MessageKey.REJECTED, story(
        stage(0, "any", [], decision(GRACE, approve=False)), state=RequestState.REJECTED, closed_by=GRACE)),
    (MessageKey.EXPIRED, story(state=RequestState.EXPIRED, closed_by="keyturn")),
    (MessageKey.CANCELLED, story(state=RequestState.CANCELLED, closed_by="keyturn", closing_note="Gone")),
    (MessageKey.FAILED, story(state=RequestState.APPROVED, closed_by=GRACE, grant=grant(
        state=GrantState.FAILED, failing=Direction.GIVE, error="No <such>\ngroup"))),
    (MessageKey.FAILED, story(state=RequestState.APPROVED, closed_by=GRACE, grant=grant(
        state=GrantState.FAILED, failing=Direction.GIVE))),
]  # fmt: skip
GRANTS = [
    (MessageKey.ACTIVE, CardKind.ACCESS, grant_story()),
    (MessageKey.ACTIVE, CardKind.ACCESS, grant_story(snapshot(instructions="A <b> & c"), ends_at=None)),
    (MessageKey.ENDS_SOON, CardKind.NOTICE, grant_story()),
    (MessageKey.ENDED, CardKind.OVER, grant_story(state=GrantState.ENDED, over_at=NOON)),
    (MessageKey.REVOKED, CardKind.OVER, grant_story(
        state=GrantState.REVOKED, over_at=NOON, cause=Cause.ADMIN, caused_by=GRACE)),
    (MessageKey.LIMITED, CardKind.LIMITED, grant_story()),
]  # fmt: skip


@pytest.mark.parametrize(("key", "about"), REQUESTS)
def test_the_standard_words_of_a_request_are_what_its_card_says(key: MessageKey, about: RequestStory) -> None:
    message = draw(CardKind.REQUEST, about, ADA)
    subject, text = standard(key, about)
    assert template_values.request_message_key(about) is key
    assert message["text"] == subject
    assert text in words_of(message["blocks"])


@pytest.mark.parametrize(("key", "kind", "about"), GRANTS)
def test_the_standard_words_of_an_access_are_what_its_card_says(
    key: MessageKey, kind: CardKind, about: GrantStory
) -> None:
    message = draw(kind, about, ADA)
    subject, text = standard(key, about)
    assert subject in ("", message["text"])
    assert text in words_of(message["blocks"])


@pytest.mark.parametrize("key", MessageKey)
def test_every_message_has_its_place_on_a_card_and_every_fact_its_value(key: MessageKey) -> None:
    subject = "Our subject" if MESSAGES[key].subject else None
    words = {"text": "Our words", **({"subject": subject} if subject else {})}
    kind, about = example(key, PEOPLE, NOON, CompanyTemplates({key: words}))
    message = draw(kind, about, ADA)
    check_message(message)
    assert "Our words" in words_of(message["blocks"])
    assert subject in (None, message["text"])
    assert isinstance(about, RequestStory | GrantStory)
    assert MESSAGES[key].facts.keys() <= template_values.template_values(about, by_name=False).keys()


def test_the_filters_that_are_documented_are_those_that_there_are() -> None:
    assert FILTERS.keys() == render_template.FILTERS.keys()


def test_people_are_mentioned_on_a_card_and_named_in_a_subject() -> None:
    words = {"subject": "{{ requester }} and {{ decider }}", "text": "{{ requester }} and {{ decider|name }}"}
    rejected = story(state=RequestState.REJECTED, closed_by=GRACE)
    about = replace(rejected, own=CompanyTemplates({MessageKey.REJECTED: words}))
    message = draw(CardKind.REQUEST, about, ADA)
    assert message["text"] == "Ada and Grace"
    assert "<@UADA> and Grace" in words_of(message["blocks"])


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("*Sorry*, <!channel> <@U1> <https://x|y>", "*Sorry*, &lt;!channel&gt; &lt;@U1&gt; &lt;https://x|y&gt;"),
        ("{{ comment }}", "&lt;!here&gt; &amp; “us”"),
        ("{{ comment|upper }}", "&lt;!HERE&gt; &amp; “US”"),
        ("{{ '<!here>'|default('x') }}{{ link|default('<!here>') }}", None),
        ("{{ decider|name|lower }}, {{ admins|either }}", "grace, <@UROOT>"),
        ("{{ deadline|date }}", "<!date^1904472000^{date_long}|2030-05-08>"),
        ("{{ reason|default('<!here>') }}", "&lt;!here&gt;"),
        ("{% if decider == requester %}self{% elif status == 'Rejected' %}no{% else %}?{% endif %}", "no"),
        ("{% raw %}{{ app }}{% endraw %} {# nothing #}", "{{ app }}"),
    ],
)  # fmt: skip
def test_what_is_written_is_text_and_makes_no_mention(template: str, said: str | None) -> None:
    about = story(
        state=RequestState.REJECTED, closed_by=GRACE, closing_note="<!here> & “us”", reason="",
    )  # fmt: skip
    facts = template_values.template_values(about, by_name=False)
    if said is None:
        with pytest.raises(TemplateError):
            render(MessageKey.REJECTED, template, facts)
    else:
        assert render(MessageKey.REJECTED, template, facts) == said


def test_a_text_is_cut_between_its_facts_and_never_within_a_mention() -> None:
    facts = template_values.template_values(story(reason="x" * 900), by_name=False)
    said = render(MessageKey.ASKED, "{{ requester }}{{ reason }}" * 60, facts)
    assert len(said) <= render_template.TEXT_LIMIT + 1
    assert said.endswith("…")
    check_markup({"type": "mrkdwn", "text": said})


def test_words_that_break_leave_the_card_as_it_is_and_are_kept_for_the_record() -> None:
    own = CompanyTemplates({MessageKey.REJECTED: {"subject": "{{ gone }}", "text": "{% for a in app %}"}})
    as_usual = story(state=RequestState.REJECTED, closed_by=GRACE)
    assert draw(CardKind.REQUEST, replace(as_usual, own=own), ADA) == draw(CardKind.REQUEST, as_usual, ADA)
    assert {(one.key, one.field) for one in own.failures} == {("rejected", "subject"), ("rejected", "text")}


def test_nothing_but_text_counts_as_words() -> None:
    own = CompanyTemplates({MessageKey.REJECTED: {"text": 7}})
    assert own.of(MessageKey.REJECTED, "text") is None
