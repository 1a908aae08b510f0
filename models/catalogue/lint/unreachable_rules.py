"""Rules and stages that can never be met: by themselves, or with what the app is now."""

from collections.abc import Hashable, Iterator

from models.catalogue import app_edits
from models.catalogue.app_edits import RULES, Spot
from models.catalogue.lint.problems import Problem, where
from models.catalogue.lint.satisfiability import EVERYTHING, Left, Lengths, can_fail, can_hold, only
from models.catalogue.spec.condition_words import condition
from models.catalogue.spec.conditions import When
from models.catalogue.spec.enums import OnBehalf, OverMax
from models.catalogue.spec.specs import AccessSpec, AppSpec
from models.durations import LONGEST

_NEVER = {
    "stage": "is never asked",
    "deny": "never refuses anything",
    "require": "refuses every request",
    "auto_approve": "never approves anything",
}


def contradictions(app: AppSpec) -> list[Problem]:
    """The conditions that hold for no request whatsoever, as they contradict themselves."""
    problems = []
    for spot in spots(app):
        when = app_edits.found(app, spot).when
        if when is not None and not can_hold(when):
            path = (*app_edits.path(app, spot), "when")
            text = "can never hold: its conditions contradict each other. Change one of them."
            problems.append(Problem(path, where(path, app.stored()), text))
    return problems


def why_never(app: AppSpec, spot: Spot) -> str | None:
    """Why this rule or stage can never do what it is for, as the app is now, to stand after it; else None."""
    entry, whom = app_edits.found(app, spot), _concerned(app, spot)
    if not whom:
        return None
    if (when := entry.when) is not None and not _holds_for_any(app, when, whom):
        return f"{_NEVER[spot.name]}: {_reason(app, when, whom, spot)}."
    return _shadowed(app, spot, whom)


def remarks(app: AppSpec) -> Iterator[str]:
    """A sentence for each rule and stage that can never do what it is for."""
    app = _in_short(app)
    for spot in spots(app):
        if said := why_never(app, spot):
            word = "stage" if spot.name == "stage" else "rule"
            yield f"{app.name}: {word} “{app_edits.found(app, spot).name}” {said}"


def spots(app: AppSpec) -> Iterator[Spot]:
    """Where its rules and stages stand, the app's and those of its accesses."""
    owners: tuple[tuple[str, AppSpec | AccessSpec], ...] = (
        ("", app),
        *((access.key, access) for access in app.access),
    )
    for key, owner in owners:
        for name in ("stage", *RULES):
            for at in range(len(getattr(owner, name) or ())):
                yield Spot(name, at, key)


def _in_short(app: AppSpec) -> AppSpec:
    """The app with one access of each kind, and with all that have something of their own."""
    own = {(_kind(one), one.key if one.stage is not None or one.require else ""): one for one in app.access}
    return app.model_copy(update={"access": tuple(own.values())})


def _concerned(app: AppSpec, spot: Spot) -> list[AccessSpec]:
    """The accesses for which it stands there, one of each kind."""
    if spot.access:
        return [access for access in app.access if access.key == spot.access]
    kinds = {_kind(one): one for one in app.access if spot.name != "stage" or one.stage is None}
    return list(kinds.values())


def _kind(access: AccessSpec) -> Hashable:
    """The same for accesses that rules and conditions do not tell apart."""
    terms = (access.risk, access.kind, access.privileged, access.emergency)
    return (*terms, access.max_duration, access.indefinite, access.deny, access.auto_approve)


def _holds_for_any(app: AppSpec, when: When, accesses: list[AccessSpec]) -> bool:
    return any(can_hold(when, _left(app, access)) for access in accesses)


def _left(app: AppSpec, access: AccessSpec) -> Left:
    longest = access.max_duration or app.max_duration
    endless = app.indefinite if access.indefinite is None else access.indefinite
    up_to = longest if longest and app.over_max is OverMax.REFUSE else LONGEST
    left = only(EVERYTHING, risk=access.risk or app.risk, kind=access.kind, privileged=access.privileged)
    left = {**left, "duration_over": Lengths(up_to=up_to, endless=endless)}
    if app.emergency is None or not access.emergency:
        left = only(left, emergency=False)
    return only(left, on_behalf=False) if app.on_behalf is OnBehalf.NOBODY else left


def _reason(app: AppSpec, when: When, accesses: list[AccessSpec], spot: Spot) -> str:
    """The one condition that cannot be, or else that they do not go together."""
    parts = when.parts()
    for name in parts:
        alone = when.model_copy(update=dict.fromkeys(set(parts) - {name}))
        if not _holds_for_any(app, alone, accesses):
            instead = _hint(app, name, accesses[0] if spot.access else None, spot)
            return f"it needs that {condition(alone)}, and {instead}"
    return "its conditions do not go together there"


def _hint(app: AppSpec, name: str, access: AccessSpec | None, spot: Spot) -> str:
    """What is so instead; `access` where only that one is concerned."""
    hints = {
        "duration_over": f"{app.name} is not given for that long",
        "emergency": f"{app.name} gives nothing at once in an emergency",
        "on_behalf": f"nobody may ask for somebody else at {app.name}",
    }
    those = "that goes through it" if spot.name == "stage" else f"of {app.name}"
    plain = f"{access.name} is not like that" if access else f"no access {those} is like that"
    return hints.get(name, plain)


def _shadowed(app: AppSpec, spot: Spot, accesses: list[AccessSpec]) -> str | None:
    """A rule that goes before it whatever is asked for."""
    if spot.name not in ("stage", "auto_approve"):
        return None
    before = [_settles(app, access, spot) for access in accesses]
    return before[0] if all(before) else None


def _settles(app: AppSpec, access: AccessSpec, spot: Spot) -> str | None:
    left = _left(app, access)
    for rule in (*app.deny, *access.deny):
        if rule.when is None or not can_fail(rule.when, left):
            return f"{_NEVER[spot.name]}: the rule “{rule.name}” refuses every request."
    rules = (*app.auto_approve, *access.auto_approve)
    if spot.name == "auto_approve":
        rules = rules[: spot.at + (len(app.auto_approve) if spot.access else 0)]
    for rule in rules:
        if rule.when is None or not can_fail(rule.when, left):
            return f"{_NEVER[spot.name]}: the rule “{rule.name}” approves every request before."
    return None
