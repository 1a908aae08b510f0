"""What Slack's events say of people and user groups: enough to know what to look up."""

from models.catalogue.spec.references import address_key
from models.jobs.table import Urgency
from models.lifecycle.people.person_changed import standing
from models.registry import directory
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.people import Person, UserGroup


def is_news(case: Case, user: Person) -> bool:
    """Whether this differs from what is known of the person. That somebody left always counts."""
    known = case.get(Person, user.id)
    return known is None or not user.active or _facts(known) != _facts(user)


def person(out: Outcome, user: Person) -> None:
    """Keep what an event says of a person, or have it looked up where it would change what they may do."""
    known = out.case.get(Person, user.id)
    if known is not None and (not user.active or standing(known) != standing(user)):
        out.enqueue("person", f"person:{user.id}", urgency=Urgency.TAKE, person=user.id)
    else:
        directory.remember_account(out, user)


def is_known_group(case: Case, group_id: str) -> bool:
    """Whether any app has asked for this user group yet; the others do not concern us."""
    return case.get(UserGroup, group_id) is not None


def groups(out: Outcome) -> None:
    """Have the known user groups looked up, all in one call, however many have changed."""
    out.enqueue("groups", "groups", urgency=Urgency.GIVE)


def _facts(person: Person) -> tuple[object, ...]:
    words = (person.name, person.handle, address_key(person.email), person.title, person.timezone)
    return (*words, standing(person))
