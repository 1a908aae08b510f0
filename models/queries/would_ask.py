"""What would become of a request: for admins who want to see what their rules do."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from models.catalogue.edits import access_at
from models.catalogue.spec import AppSpec
from models.directory import Directory
from models.lifecycle import duties
from models.lifecycle.asking import Planned
from models.lifecycle.snapshot import Snapshot
from models.policy import Question, check_length, decide


def would_ask(
    session: Session, app: AppSpec, access_key: str, person_id: str, length: timedelta | None, now: datetime
) -> Planned:
    """The policy's word on a request of this person for themselves, whether or not they have it already.

    `length` None is without an end. Raises NotFound where the app has no such access.
    """
    who = Directory(session)
    snapshot = Snapshot(app, app.access[access_at(app, access_key)])
    question = Question(person_id, person_id, app, snapshot.access, length, now)
    question = duties.looked_at(session, question)
    person = who.person(person_id)
    verdict = check_length(
        snapshot.policy, length, None, None, now, temporary=bool(person and person.temporary)
    )
    return Planned(snapshot, question, decide(question, who), verdict)
