"""The policy as it stood at the submission: a request and its grant refer to it by digest.

A digest names the same policy everywhere: a process keeps what it has parsed, of whatever database.
"""

import hashlib
import json
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from threading import Lock

from models.catalogue.spec import AccessPolicy, AccessSpec, AppSpec, StageSpec, effective_policy
from models.catalogue.spec.connectors import identity_of
from models.catalogue.spec.references import address_key
from models.policy.facts import PeopleDirectory, PersonFacts
from models.registry import apps
from models.registry.directory import Directory
from models.store.case import Case
from models.store.outcome import Outcome
from models.tables.audit import canonical
from models.tables.base import Json
from models.tables.catalogue import Policy
from models.tables.grants import Grant
from models.tables.requests import Stage

LONGEST_TARGET = 200
"""Characters that `Grant.target` shows of a connector's settings; longer ones stand as their digest."""
CACHE_SIZE = 4096
"""How many parsed policies a process keeps: the most recently used."""


def is_owner(person: PersonFacts, owners: Collection[str]) -> bool:
    """Whether `owners` names this person, by id or by address in any spelling, and they may own an app."""
    return person.unfit is None and (
        person.id in owners or address_key(person.email) in {address_key(owner) for owner in owners}
    )


@dataclass(frozen=True)
class Snapshot:
    """An app with the one access that was requested."""

    app: AppSpec
    access: AccessSpec

    @cached_property
    def policy(self) -> AccessPolicy:
        return effective_policy(self.app, self.access)

    @property
    def alone(self) -> "Snapshot":
        """The same without the app's other accesses and its examples, as it is stored."""
        if self.app.access == (self.access,) and not self.app.example:
            return self
        return Snapshot(self._app_alone(), self.access)

    def owned_by(self, person: PersonFacts) -> bool:
        """Whether this person owns the app; see `is_owner`."""
        return is_owner(person, self.app.owners)

    def owners(self, who: PeopleDirectory) -> tuple[str, ...]:
        """The ids of its owners as they are now, without those who may hold no role."""
        named = [who.by_email(owner) if "@" in owner else who.person(owner) for owner in self.app.owners]
        return tuple(dict.fromkeys(person.id for person in named if person is not None and not person.unfit))

    @cached_property
    def connector(self) -> Json:
        """The settings of what gives the access, as grants keep them, made once: nobody may change them."""
        return self.access.connector.stored()

    @cached_property
    def target(self) -> str:
        """What the access's connector changes: grants with the same target are settled together."""
        connector = self.access.connector
        what = identity_of(connector)
        if what is None:
            return f"{connector.type}:{self.app.key}/{self.access.key}"
        params = json.dumps(what, sort_keys=True, separators=(",", ":"))
        readable = f"{connector.type}:{params}"
        if len(readable) <= LONGEST_TARGET:
            return readable
        return f"{connector.type}:{hashlib.sha256(params.encode()).hexdigest()}"

    @cached_property
    def json(self) -> Json:
        """As JSON, made once: nobody may change it."""
        return self._app_alone().stored()

    @cached_property
    def text(self) -> str:
        """As it is stored."""
        return canonical(self.json)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of its text, by which requests and grants refer to it."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @classmethod
    def from_json(cls, value: Json) -> "Snapshot":
        app = AppSpec.model_validate(value)
        return cls(app, app.access[0])

    def _app_alone(self) -> AppSpec:
        return self.app.model_copy(update={"access": (self.access,), "example": ()})


def snapshot_of(case: Case, app: AppSpec, access: AccessSpec) -> Snapshot:
    """The policy of an access as this app has it, made once for as long as the catalogue stands."""
    known: dict[tuple[str, str], tuple[AppSpec, Snapshot]] = apps.cached(case, Policy, dict)
    of, snapshot = known.get((app.key, access.key), (None, None))
    if snapshot is None or of is not app:  # the policy of an older request may have another of that key
        snapshot = Snapshot(app, access).alone
        known[app.key, access.key] = app, snapshot
    return snapshot


def policy_of(case: Case, digest: str) -> Snapshot:
    """The policy of this digest, parsed once a process.

    Raises:
        LookupError: The database has no such policy.
    """
    return case.keep((Policy, digest), lambda: _policy_of(case, digest))


def _policy_of(case: Case, digest: str) -> Snapshot:
    snapshot = _parsed.get(digest)
    if snapshot is None:
        snapshot = Snapshot.from_json(json.loads(case.get_one(Policy, digest).text))
    _remember(digest, snapshot)
    return snapshot


def hand_policies(case: Case, digests: Collection[str]) -> None:
    """Read at once those of these policies that this process has not parsed yet."""
    missing = [digest for digest in digests if digest not in _parsed]
    if missing:
        case.hand(Policy, missing)


def save_policies(out: Outcome, snapshots: Sequence[Snapshot]) -> list[str]:
    """Store these policies, where they are not there yet; returns their digests."""
    digests = [snapshot.digest for snapshot in snapshots]
    out.case.hand(Policy, digests)
    for snapshot in snapshots:
        out.put(Policy, digest=snapshot.digest, text=snapshot.text)
        _remember(snapshot.digest, snapshot.alone)
    return digests


def policy_today(case: Case, grant: Grant) -> AccessPolicy:
    """The policy for an extension of a grant: today's, or the grant's own where the app is gone.

    For a guest or a contractor it allows no access without an end.
    """
    app = apps.find_app(case, grant.app_key)
    access = next((access for access in app.access if access.key == grant.access_key), None) if app else None
    policy = effective_policy(app, access) if app and access else policy_of(case, grant.policy).policy
    holder = Directory(case).person(grant.person_id)
    return policy.model_copy(update={"indefinite": False}) if holder and holder.temporary else policy


def stage_spec(row: Stage) -> StageSpec:
    """The stage as the policy has it."""
    return _stage_spec(canonical(row.spec))


# Most requests share a few stages, and checking a spec costs ten times what finding it does.
@lru_cache(maxsize=2048)
def _stage_spec(text: str) -> StageSpec:
    return StageSpec.model_validate(json.loads(text))


_parsed: OrderedDict[str, Snapshot] = OrderedDict()
"""In the order of their last use. Threads that read and the one that writes share it."""
_changing = Lock()


def _remember(digest: str, snapshot: Snapshot) -> None:
    with _changing:
        _parsed[digest] = snapshot
        _parsed.move_to_end(digest)
        if len(_parsed) > CACHE_SIZE:
            _parsed.popitem(last=False)
