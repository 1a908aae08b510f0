"""What would become of a request: for admins who want to see what their rules do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from models.catalogue.app_edits import access_index
from models.catalogue.spec import AppSpec, RequestKind
from models.lifecycle import separation_of_duties
from models.lifecycle.request.plan import Planned
from models.policy import Question, check_duration, decide
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.case import Case


@dataclass(frozen=True)
class Scenario:
    """What is supposed: who would have it, for how long, and how it is asked for."""

    person: str
    access: str
    """The key."""
    length: timedelta | None
    """None is without an end."""
    at: datetime
    asker: str = ""
    """Who asks; empty: the person."""
    kind: RequestKind = RequestKind.NEW
    emergency: bool = False


def would_ask(case: Case, app: AppSpec, scenario: Scenario) -> Planned:
    """The policy's word on such a request, whether or not the person has it already.

    Raises NotFound where the app has no such access.
    """
    who = Directory(case)
    snapshot = Snapshot(app, app.access[access_index(app, scenario.access)])
    question = Question(
        requester=scenario.asker or scenario.person,
        beneficiary=scenario.person,
        app=app,
        access=snapshot.access,
        duration=scenario.length,
        at=scenario.at,
        kind=scenario.kind,
        emergency=scenario.emergency,
    )
    question = separation_of_duties.looked_at(case, question)
    person = who.person(scenario.person)
    temporary = bool(person and person.temporary)
    verdict = check_duration(snapshot.policy, scenario.length, None, None, scenario.at, temporary=temporary)
    return Planned(snapshot, question, decide(question, who), verdict)
