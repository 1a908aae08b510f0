"""What is told about people and user groups before it is looked up: enough to know what to look up."""

from sqlalchemy.orm import Session

from models.jobs import Urgency
from models.lifecycle.people.person_changed import standing
from models.registry import directory
from models.store.tx import Tx
from models.tables.people import Person, UserGroup


def is_news(session: Session, told: Person) -> bool:
    """Whether this differs from what is known of the person. That somebody left always counts."""
    known = session.get(Person, told.id)
    return known is None or not told.active or _facts(known) != _facts(told)


def person(tx: Tx, told: Person) -> None:
    """Keep what is told of a person; where it would change what they may do, have it looked up instead."""
    known = tx.session.get(Person, told.id)
    if known is not None and (not told.active or standing(known) != standing(told)):
        tx.enqueue("person", f"person:{told.id}", urgency=Urgency.TAKE, person=told.id)
        return
    if known is not None:
        told.manager_id, told.department = known.manager_id, known.department
    directory.remember(tx, [told])


def is_known_group(session: Session, group_id: str) -> bool:
    """Whether any app has asked for this user group yet; the others do not concern us."""
    return session.get(UserGroup, group_id) is not None


def groups(tx: Tx) -> None:
    """Have the known user groups looked up, all in one call, however many have changed."""
    tx.enqueue("groups", "groups", urgency=Urgency.GIVE)


def _facts(person: Person) -> tuple[object, ...]:
    words = (person.name, person.handle, person.email.lower(), person.title, person.timezone)
    return (*words, standing(person))
