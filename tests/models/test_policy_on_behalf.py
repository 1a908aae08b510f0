import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue.spec import When
from models.policy import PersonFacts, Verdict, applies, decide
from models.policy.decide import ON_BEHALF
from tests.models.policy_questions import ADI, ANA, BEN, COMPANY, MAX, OLA, SAM, ask, stage

WHO = {"ana": ANA, "her manager": MAX, "an owner": OLA, "an admin": ADI, "a colleague": SAM}
MAY = {
    "nobody": set(),
    "admins": {"an owner", "an admin"},
    "managers": {"an owner", "an admin", "her manager"},
    "anyone": {"an owner", "an admin", "her manager", "a colleague"},
}


@pytest.mark.parametrize("who", [who for who in WHO if who != "ana"])
@pytest.mark.parametrize("allowed", MAY)
def test_who_may_ask_for_somebody_else_is_as_the_app_says(allowed: str, who: str) -> None:
    decision = decide(ask(WHO[who], beneficiary=ANA, on_behalf=allowed), COMPANY)
    refused = decision.verdict is Verdict.DENY
    assert refused is (who not in MAY[allowed])
    assert (decision.because[0].rule == ON_BEHALF) is refused


@pytest.mark.parametrize("allowed", MAY)
def test_for_oneself_everybody_may_ask(allowed: str) -> None:
    assert decide(ask(ANA, on_behalf=allowed), COMPANY).verdict is Verdict.ASK


def test_the_refusal_names_who_can_ask() -> None:
    def said(allowed: str) -> str:
        return decide(ask(SAM, beneficiary=ANA, on_behalf=allowed), COMPANY).because[0].text

    assert said("nobody") == "GitHub can't be requested for someone else. Ana can request it."
    assert (
        said("admins")
        == "For Ana, only an owner of GitHub or a workspace admin can request this. Ana can request it too."
    )
    assert said("managers").startswith("For Ana, only the manager of Ana, an owner of GitHub or")


@given(st.sampled_from(sorted(MAY)), st.sampled_from([MAX, OLA, ADI, SAM]), st.sampled_from([ANA, BEN]))
def test_neither_who_asks_nor_who_would_have_it_is_asked(
    allowed: str, asker: PersonFacts, whom: PersonFacts
) -> None:
    everybody = stage("manager", "owners", "admins", "U0SAM", "U0ANA", "U0BEN")
    decision = decide(ask(asker, beneficiary=whom, on_behalf=allowed, stage=[everybody]), COMPANY)
    asked = {person for planned in decision.stages for person in planned.ids}
    assert not asked & {asker.id, whom.id}


def test_a_condition_tells_asking_for_somebody_else_from_asking_for_oneself() -> None:
    behalf = When.model_validate({"on_behalf": True})
    reason = applies(behalf, ask(MAX, beneficiary=ANA), COMPANY)
    assert reason
    assert reason.text == "Required because it is for someone else."
    assert applies(behalf, ask(ANA), COMPANY) is None
    assert applies(When.model_validate({"on_behalf": False}), ask(ANA), COMPANY)
