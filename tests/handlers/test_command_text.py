from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blocks.forms.term import TermChoice, TermOption
from blocks.request_form import RequestInput
from handlers.catalogue_cache import CatalogueSnapshot
from handlers.request.command import decode_text, prefill
from handlers.request.command_parser import parse_command
from models.catalogue.spec import AppSpec, EmergencySpec
from models.tables.requests import Term


def app(key: str, name: str, **accesses: str) -> AppSpec:
    """An application with these accesses."""
    entries = [{"key": key, "name": name} for key, name in accesses.items()]
    return AppSpec.model_validate({"key": key, "name": name, "access": entries})


GITHUB = app("github", "GitHub", engineering="Engineering team", design="Design team", admin="Admin role")
GITLAB = app("gitlab", "GitLab", dev="Developer")
PROD = app("prod-db", "Production Database", read="Read only", write="Read and write")
TOOLS = app("tools", "Tools for Work", user="User")
CLOSED = GITHUB.model_copy(update={"key": "old", "name": "Old thing", "enabled": False})
CATALOGUE = CatalogueSnapshot([GITHUB, GITLAB, PROD, TOOLS, CLOSED])

HOURS_8 = Term(length=timedelta(hours=8))


def strange(text: str) -> list[str]:
    """The words of a text that mean nothing anywhere."""
    return [word for word in text.split() if "zq" in word.casefold()]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github engineering 8h because INC-42", ("github", ("engineering",), HOURS_8, "INC-42")),
        ("GitHub Engineering team 8 hours because of it", ("github", ("engineering",), HOURS_8, "of it")),
        ("github engineering for 8h for INC-42", ("github", ("engineering",), HOURS_8, "INC-42")),
        ("github, engineering and admin: on call", ("github", ("engineering", "admin"), None, "on call")),
        ("github engineering: 8h of work", ("github", ("engineering",), None, "8h of work")),
        ("8h github “design team” INC-42", ("github", ("design",), HOURS_8, "INC-42")),
        ("production database read and write forever", ("prod-db", ("write",), Term(), "")),
        ("prod-db read no end", ("prod-db", ("read",), Term(), "")),
        ("tools for work INC-42", ("tools", (), None, "INC-42")),
        ("ｇｉｔｈｕｂ ÉNGINEERING", ("github", ("engineering",), None, "")),
        ("github for a week", ("github", (), Term(length=timedelta(days=7)), "")),
        ("github for the audit", ("github", (), None, "the audit")),
        ("old thing admin", ("old", ("admin",), None, "")),
        ("github because", ("github", (), None, "")),
        ("", (None, (), None, "")),
    ],
)
def test_names_a_length_and_a_reason_are_understood(
    text: str, expected: tuple[str | None, tuple[str, ...], Term | None, str]
) -> None:
    typed = parse_command(text, CATALOGUE)
    assert (typed.app and typed.app.key, typed.access_keys, typed.term, typed.reason) == expected
    assert typed.unread == ""


@pytest.mark.parametrize(
    ("text", "app_key", "accesses"),
    [
        ("gith eng", "github", ("engineering",)),
        ("prod read only", "prod-db", ("read",)),
        ("tools", "tools", ()),
        ("database prod wri", "prod-db", ("write",)),
    ],
)
def test_beginnings_of_words_will_do_where_only_one_thing_fits(
    text: str, app_key: str, accesses: tuple[str, ...]
) -> None:
    typed = parse_command(text, CATALOGUE)
    assert (typed.app and typed.app.key, typed.access_keys) == (app_key, accesses)


@pytest.mark.parametrize("text", ["git", "gi", "x", "read", "thing"])
def test_nothing_is_guessed_where_several_or_none_fit(text: str) -> None:
    typed = parse_command(text, CATALOGUE)
    assert typed.app is None
    assert typed.unread == text


def test_the_first_of_two_applications_with_one_name_is_not_taken_for_granted() -> None:
    twins = CatalogueSnapshot([app("a", "Twin"), app("b", "Twin")])
    assert parse_command("twin", twins).app is None
    found = parse_command("b", twins).app
    assert found is not None
    assert found.key == "b"


def test_what_cannot_be_placed_comes_back() -> None:
    assert parse_command("github enginering 8h because INC-42", CATALOGUE).unread == "enginering"
    assert parse_command("I need access to github engineering 8h", CATALOGUE).unread == "I need access to"
    typed = parse_command("nowhere engineering 8h because INC-42", CATALOGUE)
    assert (typed.unread, typed.term, typed.reason) == ("nowhere engineering", HOURS_8, "INC-42")


def test_a_misspelled_application_is_guessed_and_named_so() -> None:
    typed = parse_command("gihub engineering 8h because INC-42", CATALOGUE)
    assert typed.app is not None
    assert (typed.app.name, typed.misspelled, typed.unread) == ("GitHub", "gihub", "")
    assert (typed.access_keys, typed.term, typed.reason) == (("engineering",), HOURS_8, "INC-42")
    form = prefill(typed, "gihub engineering 8h because INC-42")
    assert form.note == "No app called “gihub”. Did you mean GitHub?"


def test_a_misspelled_access_is_guessed_and_filled_in() -> None:
    form = prefill(parse_command("github enginering 8h because INC-42", CATALOGUE), "")
    assert form.note == "Couldn't match “enginering”. Did you mean Engineering team?"
    assert form.request_input.access_keys == ("engineering",)


def test_a_sentence_behind_the_names_is_the_reason_as_it_was_typed() -> None:
    typed = parse_command("github engineering to fix  the admin page, within 8h", CATALOGUE)
    assert typed.access_keys == ("engineering",)
    assert typed.reason == "to fix  the admin page, within 8h"
    assert parse_command("github admin urgent because INC-7", CATALOGUE).reason == "urgent because INC-7"


def test_the_rest_is_read_for_the_application_that_is_chosen_later() -> None:
    typed = parse_command("githb engineering 8h because INC-42", CATALOGUE, GITHUB)
    assert (typed.app, typed.access_keys, typed.term, typed.reason) == (
        GITHUB,
        ("engineering",),
        HOURS_8,
        "INC-42",
    )
    assert typed.unread == ""
    assert parse_command("gitlab dev 8h", CATALOGUE, GITHUB).app is GITHUB


KNOWN = "github GitHub, prod-db engineering admin read and write 8h 2 days for a no end because reason: : -"
WORDS = st.sampled_from([*KNOWN.split(), "team", "to", "zqx", "Zqy!", "zqz:", "“zqw”"])


@given(st.lists(WORDS, max_size=14).map(" ".join), st.sampled_from([None, GITHUB, PROD]))
def test_no_word_is_lost(text: str, chosen: AppSpec | None) -> None:
    typed = parse_command(text, CATALOGUE, chosen)
    told, kept = strange(text), strange(f"{typed.unread} {typed.reason}")
    assert kept == told or (chosen and kept == told[1:])
    assert typed.reason in text


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    typed = parse_command(text, CATALOGUE)
    assert typed.reason in text
    prefill(typed, decode_text(text)).request_input.reason.strip()


@given(st.lists(st.sampled_from([*GITHUB.access]), unique=True), st.integers(1, 9999), st.text(max_size=30))
def test_what_is_spelled_out_is_understood(accesses: list[object], hours: int, reason: str) -> None:
    names = [access.name for access in GITHUB.access if access in accesses]
    reason = " ".join(reason.split())
    typed = parse_command(f"GitHub {', '.join(names)} {hours}h because {reason}", CATALOGUE)
    assert typed.app is GITHUB
    assert len(typed.access_keys) == len(names)
    assert typed.term == Term(length=timedelta(hours=hours))
    assert typed.reason == reason


def test_the_form_is_filled_in_with_what_was_understood() -> None:
    text = "github engineering 8h because INC-42"
    form = prefill(parse_command(text, CATALOGUE), text)
    assert form.request_input == RequestInput("github", ("engineering",), TermChoice("28800"), "INC-42")
    assert form.note == ""
    other = prefill(parse_command("github engineering 9h", CATALOGUE), "github engineering 9h")
    assert other.request_input.term == TermChoice(TermOption.OTHER, length="9 hours")


def test_the_form_says_what_was_not_understood() -> None:
    form = prefill(parse_command("github foo 8h", CATALOGUE), "github foo 8h")
    assert form.note == "Couldn't match “foo”."
    endless = prefill(parse_command("github admin forever", CATALOGUE), "github admin forever")
    assert endless.note == "GitHub needs an end date. Choose how long."
    assert endless.request_input.term == TermChoice("3600")


def test_without_an_application_the_form_keeps_what_was_typed() -> None:
    form = prefill(parse_command("foo 8h", CATALOGUE), "foo 8h")
    assert form.command == "foo 8h"
    assert form.note.startswith("No app called “foo”.")
    assert prefill(parse_command("8h", CATALOGUE), "8h").note.startswith("Choose one from the list")
    assert prefill(parse_command("", CATALOGUE), "").note == ""


def test_slacks_entities_are_what_the_person_typed() -> None:
    assert decode_text(" R&amp;D &lt;b&gt; &amp;lt;\u202e\x00 ") == "R&D <b> &lt;"


EMERGENCIES = GITHUB.model_copy(update={"emergency": EmergencySpec(max=timedelta(hours=4))})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("github admin 1h emergency because INC-42", (True, "INC-42")),
        ("github admin emergency 1h for INC-42", (True, "INC-42")),
        ("github admin emergency: INC-42", (True, "INC-42")),
        ("github admin emergency", (True, "")),
        ("github admin emergency fix of the login", (False, "emergency fix of the login")),
        ("github admin because it is an emergency", (False, "it is an emergency")),
    ],
)
def test_the_word_emergency_ticks_the_box_where_no_sentence_goes_on_with_it(
    text: str, expected: tuple[bool, str]
) -> None:
    typed = parse_command(text, CatalogueSnapshot([EMERGENCIES]))
    assert (typed.emergency, typed.reason) == expected
    assert prefill(typed, text).request_input.emergency is expected[0]


def test_it_is_a_word_like_others_where_the_application_has_no_emergencies() -> None:
    assert not parse_command("github admin 1h emergency because INC-42", CATALOGUE).emergency
