"""What only those may do who configure Keyturn."""

from models.catalogue.spec.condition_words import either
from models.errors import NotAllowed
from models.registry.directory import Directory, names_of
from models.store.case import Case


def only_admins(case: Case, person_id: str, what: str = "set up apps") -> None:
    """Refuse anybody else (NotAllowed), with `what` they cannot do and whom to ask."""
    who = Directory(case)
    if who.is_admin(person_id):
        return
    admins = sorted(names_of(case, set(who.admins())).values())
    ask = f" Ask {either(admins)}." if admins else ""
    raise NotAllowed(f"Only Keyturn’s admins can {what}.{ask}")
