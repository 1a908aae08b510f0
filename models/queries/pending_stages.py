"""At which stage pending requests wait, for whom, read for a whole page of them at once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from models.queries.stage_story import StageStory, by_stage
from models.store.case import Case
from models.store.statements import among
from models.tables.requests import Asked, Decision, Request, Stage

_STAGES = select(Stage).where(among(Stage.request_id, "requests"))
_ASKED = select(Asked).where(among(Asked.request_id, "requests")).order_by(Asked.asked_at, Asked.person_id)
_DECISIONS = select(Decision).where(among(Decision.request_id, "requests")).order_by(Decision.at)


@dataclass(frozen=True)
class Standing:
    """Where a pending request stands."""

    stage: StageStory
    """The stage that is open, with those it asks and what they decided."""
    stages: int
    """How many it has in all."""

    def quiet(self, person_id: str) -> bool:
        """Whether this person may decide without being asked."""
        return any(one.person_id == person_id and one.quiet for one in self.stage.asked)

    def because(self, person_id: str) -> str:
        """Why this person is asked; empty if they are not."""
        return next((one.because for one in self.stage.asked if one.person_id == person_id), "")


def standings(case: Case, requests: Iterable[Request]) -> dict[int, Standing]:
    """The standing of each of these requests that has stages, by the request's id."""
    positions = {request.id: request.position for request in requests}
    if not positions:
        return {}
    stages, asked, decisions = (
        by_stage(case.read(statement, requests=list(positions)))
        for statement in (_STAGES, _ASKED, _DECISIONS)
    )
    number = Counter(request_id for request_id, _ in stages)
    found = dict[int, Standing]()
    for at in positions.items():
        for stage in stages[at]:
            story = StageStory(stage, tuple(asked[at]), tuple(decisions[at]))
            found[stage.request_id] = Standing(story, number[stage.request_id])
    return found
