"""What only those may do who configure Keyturn."""

from sqlalchemy.orm import Session

from models.catalogue.condition_words import either
from models.errors import NotAllowed
from models.registry.directory import Directory, names_of


def only_admins(session: Session, person_id: str, what: str = "set up apps") -> None:
    """Raises NotAllowed for anybody else, with `what` they cannot do and whom to ask."""
    who = Directory(session)
    if who.is_admin(person_id):
        return
    admins = sorted(names_of(session, set(who.admins())).values())
    ask = f" Ask {either(admins)}." if admins else ""
    raise NotAllowed(f"Only Keyturn’s admins can {what}.{ask}")
