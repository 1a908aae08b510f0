from typing import Any

import pytest
from pydantic import ValidationError

from models.catalogue.file.read import CatalogueError, diff, dump, load
from models.catalogue.spec import ExampleSpec, RuleSpec
from tests.models.specs import PRODUCT_EXAMPLE, app

WRITTEN = """
  [[app.require]]
  name = "Engineers only"
  why = "Ask your lead for a reading account."
  when = { department = ["Engineering"] }

  [[app.example]]
  who = { title = "Intern", groups = ["@interns"] }
  access = "engineering"
  duration = "8h"
  expect = "deny"
  because = "An intern has a mentor who looks things up."

  [[app.example]]
  who = "ana@example.com"
  access = "engineering"
  duration = "forever"
  expect = "ask"
  stages = ["Owner"]
"""


def example(**fields: Any) -> dict[str, Any]:
    """An example that asks for eight hours and is asked for, with these fields on top."""
    return {"who": {}, "access": "engineering", "duration": "8h", "expect": "ask"} | fields


def wrong(text: str) -> list[str]:
    with pytest.raises(CatalogueError) as caught:
        load(text, "apps.toml")
    return caught.value.lines


def test_examples_and_requirements_come_out_of_the_file_as_they_went_in() -> None:
    assert dump(load(PRODUCT_EXAMPLE + WRITTEN, "apps.toml").apps) == PRODUCT_EXAMPLE + WRITTEN


def test_the_documented_file_is_still_exported_letter_for_letter() -> None:
    assert dump(load(PRODUCT_EXAMPLE, "apps.toml").apps) == PRODUCT_EXAMPLE


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('expect = "refuse"', "line 34: app \"github\" → example 1 → expect: “refuse” is not known."),
        ('who = "the intern"', "line 31: app \"github\" → example 1 → who → person: “the intern” is not a"),
        ('who = { titel = "Intern" }', "example 1 → who → titel: is not known here. Did you mean “title”?"),
        ('who = { person = "U0ANA", guest = true }', "names a person and also describes one."),
        ('duration = "always"', "line 33: app \"github\" → example 1 → duration:"),
        ("duration = 8", 'is not a duration. Write it as text, for example "8h" or "forever".'),
        ('stages = ["Owner"]', 'names stages, but only an example that expects "ask" can.'),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_example_is_said_with_its_place(line: str, said: str) -> None:
    lines = {name: f"{name} = {value}" for name, value in _RIGHT.items()}
    lines[line.partition(" ")[0]] = line
    text = "\n".join([PRODUCT_EXAMPLE, "[[app.example]]", *lines.values()])
    found = wrong(text)
    assert len(found) == 1
    assert said in found[0]


_RIGHT = {"who": '"U0ANA"', "access": '"engineering"', "duration": '"8h"', "expect": '"deny"'}


def test_a_requirement_without_a_condition_is_refused() -> None:
    text = f'{PRODUCT_EXAMPLE}\n[[app.require]]\nname = "Anything"\n'
    assert wrong(text) == [
        'apps.toml, line 30: app "github" → require "Anything" → when: is missing. Add it.'
    ]


def test_a_new_and_a_removed_example_are_said_in_words() -> None:
    old = app(example=[example()])
    new = app(example=[example(who={"title": "Intern", "guest": True}, expect="deny", duration="forever")])
    assert [str(change) for change in diff([old], [new])] == [
        "GitHub: new example: A guest with the title Intern requests engineering without an end: denied",
        "GitHub: example is removed: Someone requests engineering for 8 hours: needs approval",
    ]


def test_a_changed_requirement_is_said_in_words() -> None:
    rule = {"name": "Engineers only", "when": {"department": ["Engineering"]}}
    assert [str(change) for change in diff([app()], [app(require=[rule])])] == [
        "GitHub: new requirement “Engineers only”"
    ]


def test_an_example_says_its_stages_and_whom_it_is_about() -> None:
    spec = ExampleSpec.model_validate(
        example(
            who={"department": "Sales", "groups": ["@a", "S0123"], "manager": False}, stages=["One", "Two"]
        )
    )
    assert str(spec) == (
        "Someone of Sales in @a and S0123 without a manager requests engineering for 8 hours: "
        "needs approval by One, then Two"
    )


def test_a_rule_that_denies_may_do_without_a_condition() -> None:
    assert RuleSpec(name="Nobody").when is None
    with pytest.raises(ValidationError):
        app(require=[{"name": "Nobody"}])
