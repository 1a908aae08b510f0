"""Conflicts in the catalogue: in the file, in words, and what is refused where it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.file.read import CatalogueError, diff_entries, dump, load
from models.catalogue.spec.conflicts import CONFLICT, ConflictAction, ConflictSpec
from models.catalogue.spec.references import covers
from models.errors import Invalid
from models.lifecycle.catalogue import edit_app
from models.registry import apps, catalogue_entries
from models.store.base import Store
from models.store.outcome import Outcome
from tests.models.company import ROOT, found
from tests.models.specs import names, prose, stages

WRITTEN = """\
[[app]]
key = "payments"
name = "Payments"

  [[app.access]]
  key = "enter"
  name = "Enter"

  [[app.access]]
  key = "approve"
  name = "Approve"

[[app]]
key = "erp"
name = "ERP"

  [[app.access]]
  key = "book"
  name = "Book"

[[conflict]]
key = "four-eyes"
name = "Payments: enter and approve"
why = "Whoever enters a payment does not approve it."
these = ["payments/enter", "erp/*"]
those = ["payments/approve"]
action = "stage"
stage = { name = "Auditors", approvers = ["@audit"], rule = 2 }
"""
ACCESSES = ("payments/enter", "payments/approve", "erp/book")


def unconditional(stage: dict[str, Any]) -> dict[str, Any]:
    """A stage without its condition."""
    return {name: value for name, value in stage.items() if name != "when"}


conflicts = st.builds(
    lambda refs, cut, fields, action, stage: ConflictSpec.model_validate(
        {"key": "k", "these": refs[:cut], "those": refs[cut:], "action": action}
        | fields
        | ({"stage": unconditional(stage)} if action == "stage" else {})
    ),
    st.permutations(["payments/enter", "payments/approve", "erp/*"]),
    st.integers(1, 2),
    st.fixed_dictionaries({"name": names}, optional={"why": prose, "one_way": st.booleans()}),
    st.sampled_from(ConflictAction),
    stages,
)


def problems(changed: str, to: str) -> list[str]:
    """The lines about the file with this change."""
    assert changed in WRITTEN
    with pytest.raises(CatalogueError) as caught:
        load(WRITTEN.replace(changed, to), "c.toml")
    return caught.value.lines


def one() -> ConflictSpec:
    """The conflict of the file."""
    (read,) = load(WRITTEN, "c.toml").entries["conflict"]
    assert isinstance(read, ConflictSpec)
    return read


def test_a_file_with_a_conflict_comes_back_letter_by_letter() -> None:
    read = load(WRITTEN, "c.toml")

    assert dump(read.apps, read.entries) == WRITTEN


@given(conflicts, conflicts)
def test_any_conflict_reads_back_the_same_and_any_difference_is_told(
    old: ConflictSpec, new: ConflictSpec
) -> None:
    read = load(WRITTEN, "c.toml").apps
    said = load(dump(read, {"conflict": (old,)}), "c.toml").entries

    assert said == {"conflict": (old,)}
    assert (diff_entries(said, {"conflict": (new,)}) == []) is (old == new)


@pytest.mark.parametrize(
    ("changed", "to", "line", "problem"),
    [
        ('"payments/enter", "erp/*"', '"erp/boo"', 25,
         " → these: names “erp/boo”, which is not in the catalogue. Did you mean “erp/book”?"),
        ('["payments/approve"]', '["rp/book"]', 26,
         " → those: names “rp/book”, which is not in the catalogue. Did you mean “erp/book”?"),
        ('"payments/enter", "erp/*"', '"payments"', 25,
         (" → these 1: “payments” is not an access. Write app/access, for example payments/enter, "
         "or payments/* for "
          "every access of the app.")),
        ('"payments/enter", "erp/*"', "", 25,
         " → these: is empty. List at least one, or remove it."),
        ('"erp/*"', '"erp/*", "erp/book"', 25,
         " → these: “erp/book” is listed twice. Remove one."),
        ('["payments/approve"]', '["payments/*"]', 21,
         (": has “payments/*” on both sides, but an access can't conflict with itself. Remove it from "
         "one.")),
        ('stage = { name = "Auditors", approvers = ["@audit"], rule = 2 }\n', "", 21,
         ': has the action "stage", but no stage. Add one, or choose another action.'),
        ('action = "stage"', 'action = "flag"', 21,
         ': has a stage, but its action is "flag". Remove the stage, or choose "stage".'),
        ("rule = 2", 'rule = "any", when = { privileged = true }', 28,
         " → stage: has a condition, but it applies whenever there is a conflict. Remove “when”."),
        ('action = "stage"', 'action = "blok"', 27,
         " → action: “blok” is not known. Did you mean “block”?"),
        ("approvers =", "approver =", 28,
         " → stage → approver: is not known here. Did you mean “approvers”?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_place_and_reason(
    changed: str, to: str, line: int, problem: str
) -> None:
    assert f'c.toml, line {line}: conflict "four-eyes"{problem}' in problems(changed, to)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "Four eyes"}, "conflict “Payments: enter and approve” is now called Four eyes"),
        ({"these": ("erp/*",)}, "conflict “Payments: enter and approve”: these: payments/enter is removed"),
        ({"one_way": True}, "conflict “Payments: enter and approve”: one way no → yes"),
        (
            {"action": ConflictAction.BLOCK, "stage": None},
            (
                "conflict “Payments: enter and approve”: action stage → block; "
                "conflict “Payments: enter and approve”: stage “Auditors” (2 of @audit) → none"
            ),
        ),
    ],
)
def test_a_change_is_told_in_words(fields: dict[str, Any], words: str) -> None:
    changed = one().model_copy(update=fields)

    found = diff_entries({"conflict": (one(),)}, {"conflict": (changed,)})

    assert "; ".join(map(str, found)) == words


def test_a_change_of_its_stage_is_told_in_words() -> None:
    stage = one().stage
    assert stage is not None
    changed = one().model_copy(update={"stage": stage.model_copy(update={"rule": "all"})})

    found = diff_entries({"conflict": (one(),)}, {"conflict": (changed,)})

    assert list(map(str, found)) == ["conflict “Payments: enter and approve”: stage “Auditors”: rule 2 → all"]


@given(st.lists(st.sampled_from([*ACCESSES, "erp/*"]), min_size=1), st.sampled_from(ACCESSES))
def test_a_star_covers_its_app_and_no_other(refs: list[str], ref: str) -> None:
    assert covers(refs, ref) is (ref in refs or (ref == "erp/book" and "erp/*" in refs))


async def test_an_access_that_a_conflict_names_cannot_be_taken_out(store: Store) -> None:
    await store.write(found)
    named = ConflictSpec(
        key="k", name="One team only", these=("github/design",), those=("github/engineering",)
    )
    await store.run(catalogue_entries.save_entry, CONFLICT, named, ROOT)

    def without_design(out: Outcome) -> None:
        edit_app.change_app(
            out, "github", 1, lambda app: app.model_copy(update={"access": app.access[:1]}), ROOT
        )

    with pytest.raises(Invalid, match="The conflict “One team only” names “github/design”"):
        await store.write(without_design)

    app = await store.read(lambda case: apps.find_app(case, "github"))
    assert app is not None
    assert len(app.access) == 2
