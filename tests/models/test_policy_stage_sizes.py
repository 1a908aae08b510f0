"""What is known of groups and people says when a stage wants more of them than there are."""

from typing import Any

from models.policy import Company, stage_sizes
from models.policy.facts import GroupFacts, PersonFacts
from tests.models import specs

COMPANY = Company(
    [PersonFacts("U0OLA", "Ola", email="ola@example.com")],
    [GroupFacts("S0TWO", "two", members=("U0ANA", "U0BOB")), GroupFacts("S0NONE", "none")],
    admins=("U0ROOT",),
)


def doubts(**stage: Any) -> list[str]:
    """What is said of an app with this stage."""
    app = specs.app(stage=[{"name": "Security", **stage}], deny=[])
    return list(stage_sizes.stage_warnings(app, COMPANY))


def test_a_number_above_the_people_that_are_known_is_said() -> None:
    said = "GitHub: stage “Security” needs 4 approvals, but only 3 people can be asked."
    assert doubts(approvers=["@two", "owners"], rule=4) == [said]
    assert doubts(approvers=["@two", "ola@example.com", "owners"], rule=4) == [said]
    assert doubts(approvers=["@two", "admins", "owners"], rule=4) == []
    assert doubts(approvers=["S0TWO", "manager"], rule=3) == []
    assert doubts(approvers=["@two"], rule="all") == []


def test_what_is_not_known_raises_no_doubt() -> None:
    assert doubts(approvers=["@two", "@unknown"], rule=9) == []
    assert doubts(approvers=["@two", "sam@example.com"], rule=9) == []


def test_a_group_with_nobody_in_it_is_said_of_stages_and_of_conditions() -> None:
    assert doubts(approvers=["@two", "@none"]) == [
        "GitHub: stage “Security” names @none, which has no members."
    ]
    when = {"not": {"requester_group": ["S0NONE", "@two"]}}
    assert doubts(approvers=["@two"], when=when) == ["GitHub: a condition names @none, which has no members."]
