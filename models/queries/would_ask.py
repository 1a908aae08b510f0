"""What would become of a request: for admins who want to see what their rules do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.catalogue.edits import access_at
from models.catalogue.spec import AppSpec, RequestKind
from models.lifecycle import separation_of_duties
from models.lifecycle.request.plan import Planned
from models.policy import Question, check_length, decide
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot


@dataclass(frozen=True)
class Case:
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


def would_ask(session: Session, app: AppSpec, case: Case) -> Planned:
    """The policy's word on such a request, whether or not the person has it already.

    Raises NotFound where the app has no such access.
    """
    who = Directory(session)
    snapshot = Snapshot(app, app.access[access_at(app, case.access)])
    question = Question(
        requester=case.asker or case.person,
        beneficiary=case.person,
        app=app,
        access=snapshot.access,
        duration=case.length,
        at=case.at,
        kind=case.kind,
        emergency=case.emergency,
    )
    question = separation_of_duties.looked_at(session, question)
    person = who.person(case.person)
    temporary = bool(person and person.temporary)
    verdict = check_length(snapshot.policy, case.length, None, None, case.at, temporary=temporary)
    return Planned(snapshot, question, decide(question, who), verdict)
