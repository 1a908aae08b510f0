"""The question that the policy answers: may this person have this access, and who decides?"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from models.catalogue.access_refs import access_ref
from models.catalogue.conflicts import ConflictSpec
from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, RequestKind, effective
from models.policy.holdings import Holding


@dataclass(frozen=True)
class Question:
    """One person asking for one access. `at` is now (aware), the moment that conditions look at."""

    requester: str
    beneficiary: str
    app: AppSpec
    access: AccessSpec
    duration: timedelta | None
    """None: without an end."""
    at: datetime
    starts_at: datetime | None = None
    kind: RequestKind = RequestKind.NEW
    emergency: bool = False
    holdings: tuple[Holding, ...] = ()
    """What the beneficiary has, has asked for, and asks for at the same time."""
    conflicts: tuple[ConflictSpec, ...] = ()
    """The rules of what nobody should have together."""

    @cached_property
    def policy(self) -> AccessPolicy:
        """What holds for this access."""
        return effective(self.app, self.access)

    @property
    def on_behalf(self) -> bool:
        """Whether somebody asks for somebody else."""
        return self.requester != self.beneficiary

    @property
    def ref(self) -> str:
        """The access, as conflicts name it."""
        return access_ref(self.app.key, self.access.key)

    @property
    def people(self) -> tuple[str, ...]:
        """Requester and beneficiary, once each: those who do not decide."""
        return tuple(dict.fromkeys((self.requester, self.beneficiary)))
