"""Who is away, and who stands in for them: every absence that is not over is read once for a case."""

from datetime import datetime

from models.policy.facts import StandIn
from models.store.case import Case
from models.tables.delegations import ABSENCES, Delegation


def stand_ins(case: Case, at: datetime) -> dict[str, StandIn]:
    """Who stands in at that moment, by the id of who is away."""
    if case.before.get(Delegation):
        return _running(case, at)
    return case.keep(("stand-ins", at), lambda: _running(case, at))


def absences_of(case: Case, person_id: str, starts: datetime, ends: datetime) -> list[Delegation]:
    """The absences of one person that meet this time, the first one first."""
    theirs = (one for one in case.all(ABSENCES) if one.person_id == person_id)
    meeting = (one for one in theirs if one.starts_at < ends and one.ends_at > starts)
    return sorted(meeting, key=lambda one: one.starts_at)


def stood_in_for(case: Case, person_id: str, at: datetime) -> list[Delegation]:
    """The absences in which this person stands in, now or later, the next one first."""
    theirs = (one for one in case.all(ABSENCES) if one.delegate_id == person_id and one.ends_at > at)
    return sorted(theirs, key=lambda one: one.starts_at)


def _running(case: Case, at: datetime) -> dict[str, StandIn]:
    return {
        one.person_id: StandIn(one.delegate_id, one.last_day)
        for one in case.all(ABSENCES)
        if one.starts_at <= at < one.ends_at
    }
