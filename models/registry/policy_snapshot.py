"""The policy as it stood at the submission, kept whole with the request and its grant."""

from dataclasses import dataclass

from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, effective
from models.policy.facts import PersonFacts, Who
from models.tables.base import Json


@dataclass(frozen=True)
class Snapshot:
    """An app with the one access that was asked for."""

    app: AppSpec
    access: AccessSpec

    @property
    def policy(self) -> AccessPolicy:
        return effective(self.app, self.access)

    def owned_by(self, person: PersonFacts) -> bool:
        """Whether this person is named as an owner, by id or by address (however that is written)."""
        owners = self.app.owners
        return person.id in owners or person.email.lower() in {owner.lower() for owner in owners}

    def owners(self, who: Who) -> tuple[str, ...]:
        """The ids of its owners, as they are now, without those who are deactivated."""
        named = [who.by_email(one) if "@" in one else who.person(one) for one in self.app.owners]
        return tuple(dict.fromkeys(one.id for one in named if one is not None and one.active))

    def to_json(self) -> Json:
        return self.app.model_copy(update={"access": (self.access,), "example": ()}).stored()

    @classmethod
    def from_json(cls, value: Json) -> "Snapshot":
        app = AppSpec.model_validate(value)
        return cls(app, app.access[0])
