"""How many emergencies of somebody still wait to be reviewed."""

from models.store.case import Case
from models.tables.reviews import UNREVIEWED


def unreviewed(case: Case, person_id: str, app_key: str, access_key: str) -> int:
    """How many emergencies of one person for one access are still to be reviewed."""
    theirs = case.all(UNREVIEWED, person_id)
    return sum((review.app_key, review.access_key) == (app_key, access_key) for review in theirs)
