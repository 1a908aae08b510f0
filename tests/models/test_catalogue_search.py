from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.search import WORD, AppEntry, AppFilter, AppIndex, fold
from models.catalogue.spec import AccessKind, AppSpec, Risk
from tests.models.specs import app

GITHUB = AppEntry("github", "GitHub", "Source code", "Engineering", Risk.LOW, frozenset({AccessKind.GROUP}))
GITLAB = AppEntry("gitlab", "GitLab", "Source code", "Engineering", Risk.HIGH)
LEGIT = AppEntry("legit", "Legit Security", "", "Security", Risk.HIGH)
REPORTS = AppEntry("reports", "Reports", "Numbers from git", "Finance", accesses=("Café managers",))
SHOP = AppEntry("shop", "Web shop: Git export", "", "Sales")
COMPANY = AppIndex([SHOP, REPORTS, LEGIT, GITLAB, GITHUB])


def found(text: str, where: AppFilter | None = None) -> list[str]:
    return [entry.key for entry in COMPANY.search(text, where=where)]


def test_names_that_begin_so_come_first_and_words_with_it_inside_last() -> None:
    assert found("git") == ["github", "gitlab", "shop", "reports", "legit"]


def test_every_word_that_is_typed_has_to_be_there() -> None:
    assert found("code git") == ["github", "gitlab"]
    assert found("code xyz") == []


def test_a_part_of_a_word_is_enough() -> None:
    assert found("hub") == ["github"]
    assert found("ource ithu") == ["github"]


def test_case_and_accents_do_not_matter() -> None:
    assert found("CAFE") == found("café") == ["reports"]
    assert fold("Größe") == fold("GROSSE")
    assert fold("Ærø Łódź") == "aero lodz"


def test_the_names_of_accesses_are_searched() -> None:
    assert found("managers") == ["reports"]


def test_nothing_typed_gives_the_first_by_name() -> None:
    assert found("") == found("  ") == ["github", "gitlab", "legit", "reports", "shop"]
    assert [entry.key for entry in COMPANY.search("", limit=2)] == ["github", "gitlab"]


def test_a_search_for_signs_only_finds_nothing() -> None:
    assert found("???") == []


def test_results_can_be_filtered_by_category_kind_and_risk() -> None:
    assert found("git", AppFilter(category="engineering")) == ["github", "gitlab"]
    assert found("", AppFilter(risk=Risk.HIGH)) == ["gitlab", "legit"]
    assert found("", AppFilter(kind=AccessKind.GROUP)) == ["github"]
    assert found("", AppFilter(category="Engineering", risk=Risk.HIGH)) == ["gitlab"]
    assert found("", AppFilter(category="Nowhere")) == []


def test_the_index_knows_how_many_apps_there_are() -> None:
    assert len(COMPANY) == 5


def test_the_categories_can_be_listed() -> None:
    assert COMPANY.categories() == ["Engineering", "Finance", "Sales", "Security"]


def test_only_accesses_that_may_be_asked_for_count() -> None:
    accesses = [
        {"key": "a", "name": "Readers", "kind": "group"},
        {"key": "b", "name": "Writers", "kind": "role", "enabled": False},
    ]
    entry = AppEntry.of(app(access=accesses))
    assert (entry.accesses, entry.kinds) == (("Readers",), frozenset({AccessKind.GROUP}))
    assert AppEntry.of(AppSpec(key="a", name="A")).kinds == frozenset()


words = st.text(st.sampled_from("abé1-"), min_size=1, max_size=4)
entries = st.builds(
    AppEntry,
    key=st.uuids().map(str),
    name=st.lists(words, min_size=1, max_size=3).map(" ".join),
    category=words,
)


def in_plain_words(entry: AppEntry, text: str) -> int | None:
    """How well an entry answers, worked out the slow way; None if it does not."""
    name, everything = fold(entry.name), fold(f"{entry.name} {entry.key} {entry.category}")
    typed = WORD.findall(text)
    if name.startswith(text):
        return 0
    if not typed:
        return None
    for tier, words_of in ((1, WORD.findall(name)), (2, WORD.findall(everything))):
        if all(any(word.startswith(part) for word in words_of) for part in typed):
            return tier
    inside = all(any(part in word for word in WORD.findall(everything)) for part in typed)
    return 3 if inside else None


@given(
    st.lists(entries, max_size=30), st.lists(words, min_size=1, max_size=2).map(" ".join), st.integers(1, 40)
)
def test_the_index_finds_what_looking_at_every_app_finds(many: list[AppEntry], text: str, limit: int) -> None:
    ranked = [(in_plain_words(entry, fold(text)), fold(entry.name), entry.key, entry) for entry in many]
    expected = [
        row[3] for row in sorted((row for row in ranked if row[0] is not None), key=lambda row: row[:3])
    ]
    assert AppIndex(many).search(text, limit) == expected[:limit]
