"""Messages in the catalogue: in the file, in words, in the trail, and what is refused where it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.file.read import CatalogueError, diff_entries, dump, load
from models.catalogue.spec.messages import MESSAGE, MessageSpec
from models.errors import Closed, Invalid, NotAllowed
from models.lifecycle.catalogue import edit_message
from models.registry import apps, catalogue_entries
from models.store.base import Store
from models.wording.messages import MESSAGES, MessageKey
from tests.models.company import ADA, ROOT, found
from tests.models.specs import names, prose
from tests.rows import trail_of

WRITTEN = '''\
[[message]]
key = "rejected"
subject = "No: {{ app }}"
text = """
Sorry, {{ requester|name }}.
{% if comment %}{{ decider }}: {{ comment }}{% endif %}"""

[[message]]
key = "limited"
text = ""
'''
plain = st.one_of(names, prose).map(lambda text: text.replace("{", "(").replace("}", ")"))
messages = st.builds(
    lambda key, fields: MessageSpec.model_validate({"key": key, **fields}),
    st.sampled_from(["rejected", "active"]),
    st.fixed_dictionaries(
        {"text": plain}, optional={"subject": names.map(lambda text: text.replace("{", "("))}
    ),
)


def problems(text: str) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load(text, "c.toml")
    return caught.value.lines


def test_a_file_with_messages_comes_back_letter_by_letter() -> None:
    read = load(WRITTEN, "c.toml")
    assert dump(read.apps, read.entries) == WRITTEN


@given(messages, messages)
def test_any_message_reads_back_the_same_and_any_difference_is_told(
    old: MessageSpec, new: MessageSpec
) -> None:
    read = load(dump([], {"message": (old,)}), "c.toml").entries
    assert read == {"message": (old,)}
    if old.key is new.key:
        assert (diff_entries(read, {"message": (new,)}) == []) is (old == new)
    assert diff_entries({}, read) != []


@pytest.mark.parametrize(
    ("written", "to", "place", "problem"),
    [
        ("{{ decider }}", "{{ decidr }}", 'line 4: message "rejected" → text',
         "Line 2, column 20: “decidr” is no fact of this message. Did you mean “decider”?"),
        ("{% endif %}", "", 'line 4: message "rejected" → text',
         "Line 2, column 1: an {% if … %} is not closed. Write {% endif %}."),
        ("No: {{ app }}", "No: {{ app|lowr }}", 'line 3: message "rejected" → subject',
         "Line 1, column 12: “lowr” is no filter. Did you mean “lower”?"),
        ('"rejected"', '"rejectet"', 'line 2: message "rejectet" → key',
         "“rejectet” is not known. Did you mean “rejected”?"),
        ('text = ""\n', 'subject = "x"\n', 'line 10: message "limited" → subject',
         "can't be used: this message has the subject of another one. Remove it."),
        ('text = ""\n', "", 'line 9: message "limited" → key',
         "has no text. Write a subject or a text, or remove it."),
        ('"limited"', '"rejected"', 'line 9: message "rejected" → key',
         "“rejected” is listed twice. Merge the two."),
        ('text = ""\n', 'txt = ""\n', 'line 10: message "limited" → txt',
         "is not known here. Did you mean “text”?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_line(written: str, to: str, place: str, problem: str) -> None:
    assert written in WRITTEN
    assert f"c.toml, {place}: {problem}" in problems(WRITTEN.replace(written, to, 1))


def test_a_change_is_told_line_by_line_and_whole() -> None:
    long = "word " * 100
    before = load(f'[[message]]\nkey = "rejected"\ntext = """\nHello\nyou\n{long}"""\n', "c").entries
    after = load(f'[[message]]\nkey = "rejected"\ntext = """\nHello\nthem\n{long}end"""\n', "c").entries
    assert list(map(str, diff_entries(before, after))) == [
        f"message “Rejected”: text, line 2: “you\n{long.strip()}” → “them\n{long}end”"
    ]
    assert list(map(str, diff_entries({}, load(WRITTEN, "c").entries))) == [
        "message “Rejected”: subject the standard text → “No: {{ app }}”",
        (
            "message “Rejected”: text the standard text → “Sorry, {{ requester|name }}.\n"
            "{% if comment %}{{ decider }}: {{ comment }}{% endif %}”"
        ),
        "message “Has an end now”: text the standard text → nothing",
    ]


async def change(store: Store, words: dict[str, str], version: int = 0, by: str = ROOT) -> str:
    key = MessageKey.EXPIRED
    return await store.run(edit_message.change_message, key, words, version, by)


async def test_words_are_saved_recorded_and_gone_once_they_are_the_standard_ones(store: Store) -> None:
    await store.write(found)
    standard = MESSAGES[MessageKey.EXPIRED]
    before = await store.read(apps.revision)
    words = {"subject": standard.subject or "", "text": "Nobody got to it."}
    assert await change(store, words) == ""
    assert await store.read(lambda case: catalogue_entries.all_entries(case, MESSAGE)) == [
        MessageSpec(key=MessageKey.EXPIRED, text="Nobody got to it.")
    ]
    assert await change(store, words | {"text": standard.text}, 1) == ""
    assert await store.read(lambda case: catalogue_entries.all_entries(case, MESSAGE)) == []
    found_there = await trail_of(store, subject="message:expired")
    kept: dict[str, Any] = {"key": "expired", "text": "Nobody got to it."}
    trail = [(one.actor, one.action, one.data["before"], one.data.get("after")) for one in found_there]
    assert trail == [(ROOT, "catalogue.added", None, kept), (ROOT, "catalogue.removed", kept, None)]
    assert await store.read(apps.revision) == before + 2


async def test_who_is_no_admin_or_too_late_or_wrong_changes_nothing(store: Store) -> None:
    await store.write(found)
    with pytest.raises(NotAllowed):
        await change(store, {"text": "x"}, by=ADA)
    with pytest.raises(Invalid, match="Line 1, column 4: “foo”") as refused:
        await change(store, {"text": "{{ foo }}"})
    assert refused.value.field == "text"
    await change(store, {"text": "x"})
    with pytest.raises(Closed, match="Someone changed this message in the meantime"):
        await change(store, {"text": "y"})
    (kept,) = await store.read(lambda case: catalogue_entries.all_entries(case, MESSAGE))
    assert kept.text == "x"
