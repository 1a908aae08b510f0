import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.file.read import Catalogue, CatalogueError, dump, load
from models.catalogue.spec import AppSpec
from models.catalogue.spec.connectors import ConnectorSpec
from tests.models.specs import PRODUCT_EXAMPLE, app, catalogues, file_problems

PIECES = st.sampled_from(
    [
        "[[app]]\n",
        "[[app.access]]\n",
        "[app]\n",
        'key = "a"\n',
        "name = 'A'\n",
        "stage = [{}]\n",
        "when = {not = {}}\n",
        "kind = [[1]]\n",
        "x = 1e400\n",
        "[",
        "=",
        '"""',
        "\n",
        "app = 3\n",
        "owners = [1979-05-27]\n",
        "rule = -1\n",
    ]
)


def test_the_documented_file_comes_back_letter_by_letter() -> None:
    assert dump(load(PRODUCT_EXAMPLE, "catalogue.toml").apps) == PRODUCT_EXAMPLE


def test_an_empty_file_is_an_empty_catalogue() -> None:
    assert load("# nothing yet\n", "catalogue.toml") == Catalogue(())
    assert dump(()) == ""


@given(catalogues)
def test_what_is_written_reads_back_the_same(apps: list[AppSpec]) -> None:
    text = dump(apps)
    reread = tomllib.loads(text).get("app", [])
    assert [AppSpec.model_validate(one) for one in reread] == apps
    loaded = load(text, "catalogue.toml").apps
    assert dump(load(dump(loaded), "catalogue.toml").apps) == dump(loaded)


def test_text_over_several_lines_stays_readable() -> None:
    entry = app(instructions='Open "Settings" \\ then:\n- SSO')
    text = dump([entry])
    assert 'instructions = """\nOpen \\"Settings\\" \\\\ then:\n- SSO"""' in text
    assert load(text, "catalogue.toml").apps == (entry,)


def test_each_problem_is_a_line_with_file_line_place_and_remedy() -> None:
    text = (
        PRODUCT_EXAMPLE.replace('"group"', '"grup"')
        .replace("over_max", "overmax")
        .replace('"30d"', '"30 days"')
    )
    remedies = [line.removeprefix("catalogue.toml, ") for line in file_problems(text)]
    assert remedies[0].startswith('line 9: app "github" → max_duration: “30 days” is not a duration. Write a')
    assert remedies[1:] == [
        'line 11: app "github" → overmax: is not known here. Did you mean “over_max”?',
        'line 20: app "github" → access "engineering" → kind: “grup” is not known. Did you mean “group”?',
    ]


def test_lines_are_right_after_comments_and_long_texts() -> None:
    text = '# [[app]]\n[[app]]\nkey = "a"\nname = "A"\ninstructions = """\n[[app]]\nrisk = 1\n"""\n'
    text += "\n[[app]] # b\nkey = 5\n"
    assert [line.split(":")[0] for line in file_problems(text)] == [
        "catalogue.toml, line 10",
        "catalogue.toml, line 11",
    ]


def test_two_apps_cannot_have_one_key() -> None:
    app_text = '[[app]]\nkey = "a"\nname = "A"\n'
    (line,) = file_problems(app_text * 2)
    assert line.endswith("the key “a” is used twice. Make each unique.")


def test_an_unknown_table_is_named() -> None:
    assert file_problems("[[apps]]\n") == [
        "catalogue.toml, line 1: apps: is not known here. Did you mean “app”?"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[app]]\nkey = \n", "catalogue.toml, line 2: cannot be read as TOML: Invalid value."),
        ("x = " + "[" * 9999, "catalogue.toml: is nested too deep. Simplify it."),
    ],
)
def test_what_is_not_toml_is_said_plainly(text: str, line: str) -> None:
    assert file_problems(text) == [line]


@given(
    st.one_of(
        st.text(), st.lists(PIECES, max_size=12).map("".join), st.binary().map(lambda b: b.decode("latin1"))
    )
)
def test_no_text_does_anything_but_load_or_be_refused_in_sentences(text: str) -> None:
    try:
        load(text, "catalogue.toml")
    except CatalogueError as error:
        lines = error.lines
    else:
        return
    assert lines
    assert all(re.match(r"catalogue\.toml(, line \d+)?: ", line) and line[-1] in ".?" for line in lines)


@pytest.mark.parametrize(
    "value", ['"\\u0000"', "1" * 5000, "{" * 200, "nan", "1979-05-27", '"\ud800"', "[[[[[[1]]]]]]"]
)
@pytest.mark.parametrize("key", ["name", "owners", "connector", "when", "access", "durations"])
def test_odd_values_are_refused_wherever_they_stand(key: str, value: str) -> None:
    assert file_problems(f'[[app]]\nkey = "a"\nname2 = "A"\n{key} = {value}\n')
    assert file_problems(f'[[app]]\nkey = "a"\nname = "A"\n[[app.access]]\nkey = "b"\n{key} = {value}\n')


def test_connectors_are_looked_at_by_whoever_knows_them() -> None:
    def check(connector: ConnectorSpec) -> str | None:
        return None if connector.params.get("usergroup") == "S1" else "needs usergroup = S…."

    with pytest.raises(CatalogueError) as caught:
        load(PRODUCT_EXAMPLE, "catalogue.toml", check)
    assert caught.value.lines == [
        'catalogue.toml, line 22: app "github" → access "engineering" → connector: needs usergroup = S….'
    ]
    assert load(PRODUCT_EXAMPLE.replace("S0123", "S1"), "catalogue.toml", check).apps


def test_as_many_approvals_as_people_become_all_and_the_notes_say_so() -> None:
    stage = {"name": "Both", "approvers": ["U0AAA", "U0BBB"], "rule": 2}
    access = {"key": "admin", "name": "Admin", "stage": [stage]}
    loaded = load(dump([app(stage=[stage], access=[access])]), "catalogue.toml")
    assert loaded.apps[0].stage[0].rule == "all"
    assert loaded.apps[0].access[0].stage is not None
    assert loaded.apps[0].access[0].stage[0].rule == "all"
    assert loaded.notes == (
        "GitHub: stage “Both” needs 2 approvals from 2 people, so its rule is now “all”.",
        "GitHub · Admin: stage “Both” needs 2 approvals from 2 people, so its rule is now “all”.",
    )


def test_a_number_of_a_group_stays_a_number() -> None:
    stage = {"name": "Two", "approvers": ["@oncall"], "rule": 2}
    loaded = load(dump([app(stage=[stage])]), "catalogue.toml")
    assert (loaded.apps[0].stage[0].rule, loaded.notes) == (2, ())


def test_a_veto_or_a_warning_that_comes_out_otherwise_is_noted() -> None:
    stage = {"name": "Any", "approvers": ["owners"], "on_reject": "veto"}
    entry = app(stage=[stage], request_expiry="4h", expiry_warning="3h")
    assert load(dump([entry]), "catalogue.toml").notes == (
        "GitHub: stage “Any” ends with the first rejection anyway, as its rule is “any”.",
        "GitHub: requests expire after 4 hours, so the warning comes halfway.",
    )


def test_what_is_worth_a_second_look_is_noted() -> None:
    rule = {"name": "Everyone"}
    access = {"key": "admin", "name": "Admin", "auto_approve": [rule]}
    notes = load(dump([app(owners=[], auto_approve=[rule], access=[access])]), "catalogue.toml").notes
    before = "never approves anything: the rule “Everyone” approves every request first."
    assert notes == (
        "GitHub has no owner. Workspace admins are asked instead of owners.",
        "GitHub: rule “Everyone” has no condition, so everyone gets every access without approval.",
        "GitHub: rule “Everyone” has no condition, so everyone gets Admin without approval.",
        f"GitHub: rule “Everyone” {before}",
    )
    assert load(dump([app(access=[])]), "c").notes == ("GitHub has no access: nobody can request it.",)
