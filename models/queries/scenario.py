"""Plan a hypothetical request, for admins who want to see what their rules do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.catalogue.app_edits import access_index
from models.catalogue.spec import AppSpec, RequestKind
from models.lifecycle import check_conflicts
from models.lifecycle.request.plan import Planned
from models.policy import Question, check_duration, decide
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.case import Case


@dataclass(frozen=True)
class Scenario:
    """A hypothetical request: for whom, for how long, and how it is made."""

    person: str
    access: str
    """The key."""
    length: timedelta | None
    """None: without an end."""
    at: datetime
    requester: str = ""
    """The requester's id; empty: the person."""
    kind: RequestKind = RequestKind.NEW
    emergency: bool = False


def plan_scenario(case: Case, app: AppSpec, scenario: Scenario) -> Planned:
    """Apply the policy to a scenario, whether or not the person has the access already.

    Raises:
        NotFound: The app has no such access.
    """
    who = Directory(case)
    snapshot = Snapshot(app, app.access[access_index(app, scenario.access)])
    question = Question(
        requester=scenario.requester or scenario.person,
        beneficiary=scenario.person,
        app=app,
        access=snapshot.access,
        duration=scenario.length,
        at=scenario.at,
        kind=scenario.kind,
        emergency=scenario.emergency,
    )
    question = check_conflicts.with_conflicts(case, question)
    person = who.person(scenario.person)
    temporary = bool(person and person.temporary)
    verdict = check_duration(snapshot.policy, scenario.length, None, None, scenario.at, temporary=temporary)
    return Planned(snapshot, question, decide(question, who), verdict)
