"""The policy of one access: the app's settings with the access's own on top. A request keeps it whole."""

from datetime import timedelta
from typing import TypeVar

from models.catalogue.spec.connectors import ConnectorSpec
from models.catalogue.spec.enums import AccessKind, DecisionComment, Need, OnBehalf, OverMax, Reassign, Risk
from models.catalogue.spec.fields import Duration, Durations, Spec
from models.catalogue.spec.specs import AccessSpec, AppSpec, EmergencySpec, RequireSpec, RuleSpec, StageSpec

T = TypeVar("T")

DEFAULT_STAGE = StageSpec(name="Owners", approvers=("owners",), rule="any")
"""The stage of apps that have none. Nothing is ever approved for want of a stage."""


class AccessPolicy(Spec):
    """Everything that holds for requests of one access. `model_validate` reads what `stored()` gives."""

    app: str
    """The app's key."""
    app_name: str
    access: str
    """The access's key."""
    access_name: str
    owners: tuple[str, ...]
    enabled: bool
    guests: bool
    risk: Risk
    kind: AccessKind
    privileged: bool
    durations: Durations
    max_duration: Duration | None
    indefinite: bool
    over_max: OverMax
    reason: Need
    decision_comment: DecisionComment
    on_behalf: OnBehalf
    reassign: Reassign
    request_expiry: Duration
    remind_after: Duration
    remind_wait: Duration
    expiry_warning: Duration
    expiry_notices: Durations
    grace: Duration | None
    self_approve: bool
    emergency: EmergencySpec | None
    """None: no access at once. Its `max` is never above `max_duration`."""
    instructions: str
    connector: ConnectorSpec
    stages: tuple[StageSpec, ...]
    """At least one: `DEFAULT_STAGE` where the catalogue has none."""
    deny: tuple[RuleSpec, ...]
    require: tuple[RequireSpec, ...]
    auto_approve: tuple[RuleSpec, ...]

    @property
    def title(self) -> str:
        """What people call it: "GitHub · Engineering team"."""
        return f"{self.app_name} · {self.access_name}"


CACHE_SIZE = 4096
"""How many policies are cached: specs are frozen, and those in use are few."""
_CACHE: dict[tuple[int, int], tuple[AppSpec, AccessSpec, AccessPolicy]] = {}


def effective_policy(app: AppSpec, access: AccessSpec) -> AccessPolicy:
    """The policy of `access`, which is one of `app`. Made once for the same two objects."""
    # By identity, since the hash of a spec is that of all that is in it; both are held, so it stays theirs.
    cached = _CACHE.get((id(app), id(access)))
    if cached is None:
        if len(_CACHE) >= CACHE_SIZE:
            _CACHE.clear()
        cached = _CACHE[id(app), id(access)] = app, access, _policy(app, access)
    return cached[2]


def _policy(app: AppSpec, access: AccessSpec) -> AccessPolicy:
    same = {
        name: getattr(app, name) for name in AccessPolicy.model_fields.keys() & AppSpec.model_fields.keys()
    }
    longest = access.max_duration or app.max_duration
    own = {
        "app": app.key,
        "app_name": app.name,
        "access": access.key,
        "access_name": access.name,
        "enabled": app.enabled and access.enabled,
        "kind": access.kind,
        "privileged": access.privileged,
        "connector": access.connector,
        "risk": access.risk or app.risk,
        "instructions": _own_or_app(access.instructions, app.instructions),
        "durations": _own_or_app(access.durations, _within(app.durations, longest)),
        "max_duration": longest,
        "indefinite": _own_or_app(access.indefinite, app.indefinite),
        "emergency": _emergency(app, access, longest),
        "stages": _own_or_app(access.stage, app.stage) or (DEFAULT_STAGE,),
        "deny": app.deny + access.deny,
        "require": app.require + access.require,
        "auto_approve": app.auto_approve + access.auto_approve,
    }
    return AccessPolicy(**{**same, **own})


def _own_or_app(own: T | None, inherited: T) -> T:
    return inherited if own is None else own


def _emergency(app: AppSpec, access: AccessSpec, longest: timedelta | None) -> EmergencySpec | None:
    if app.emergency is None or not access.emergency:
        return None
    if longest is None or app.emergency.max <= longest:
        return app.emergency
    return app.emergency.model_copy(update={"max": longest})


def _within(presets: Durations, longest: timedelta | None) -> Durations:
    """The presets that the maximum leaves; the maximum itself where it leaves none."""
    if longest is None or not presets:
        return presets
    return tuple(preset for preset in presets if preset <= longest) or (longest,)
