"""At which stage pending requests wait, for whom, read for a whole page of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.queries.stage_story import StageStory
from models.tables.requests import Asked, Decision, Request, Stage


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


def standings(session: Session, requests: Iterable[Request]) -> dict[int, Standing]:
    """The standing of each of these requests that has stages, by the request's id."""
    positions = {request.id: request.position for request in requests}
    stages = session.scalars(select(Stage).where(Stage.request_id.in_(positions))).all()
    asked = session.scalars(
        select(Asked).where(Asked.request_id.in_(positions)).order_by(Asked.asked_at, Asked.person_id)
    ).all()
    decisions = session.scalars(
        select(Decision).where(Decision.request_id.in_(positions)).order_by(Decision.at)
    ).all()
    found = dict[int, Standing]()
    for stage in stages:
        key = (stage.request_id, stage.position)
        if stage.position == positions[stage.request_id]:
            story = StageStory(
                stage,
                tuple(one for one in asked if (one.request_id, one.position) == key),
                tuple(one for one in decisions if (one.request_id, one.position) == key),
            )
            found[stage.request_id] = Standing(story, sum(s.request_id == stage.request_id for s in stages))
    return found
