"""Find rules and stages that can never apply: by themselves, or with what the app is now."""

from collections.abc import Hashable, Iterator

from models.catalogue import app_edits
from models.catalogue.app_edits import RULES, ItemRef
from models.catalogue.lint.problems import CatalogueProblem, describe_path
from models.catalogue.lint.satisfiability import (
    EVERYTHING,
    DurationRange,
    Remaining,
    can_fail,
    can_hold,
    limit_to,
)
from models.catalogue.spec.access_policy import effective_policy
from models.catalogue.spec.condition_words import describe_condition
from models.catalogue.spec.conditions import When
from models.catalogue.spec.enums import OnBehalf, OverMax
from models.catalogue.spec.specs import AccessSpec, AppSpec
from models.durations import LONGEST

_NEVER = {
    "stage": "is never used",
    "deny": "never denies anything",
    "require": "denies every request",
    "auto_approve": "never approves anything",
}


def contradictions(app: AppSpec) -> list[CatalogueProblem]:
    """The conditions that hold for no request whatsoever, since their parts contradict each other."""
    problems = []
    for ref in rule_refs(app):
        when = app_edits.get_item(app, ref).when
        if when is not None and not can_hold(when):
            path = (*app_edits.item_path(app, ref), "when")
            text = "can never hold: its conditions contradict each other. Change one of them."
            problems.append(CatalogueProblem(path, describe_path(path, app.stored()), text))
    return problems


def reason_unreachable(app: AppSpec, ref: ItemRef) -> str | None:
    """Why this rule or stage can never apply, as the app is now, to follow its name; None if it can."""
    when, accesses = app_edits.get_item(app, ref).when, _affected_accesses(app, ref)
    if not accesses:
        return None
    if when is not None and not _holds_for_any(app, when, accesses):
        return f"{_NEVER[ref.list_name]}: {_why_impossible(app, when, accesses, ref)}."
    return _shadowed(app, ref, accesses)


def remarks(app: AppSpec) -> Iterator[str]:
    """A sentence for each rule and stage that can never apply."""
    app = _without_similar_accesses(app)
    for ref in rule_refs(app):
        if reason := reason_unreachable(app, ref):
            word = "stage" if ref.list_name == "stage" else "rule"
            yield f"{app.name}: {word} “{app_edits.get_item(app, ref).name}” {reason}"


def rule_refs(app: AppSpec) -> Iterator[ItemRef]:
    """All rules and stages, the app's and those of its accesses."""
    owners: tuple[tuple[str, AppSpec | AccessSpec], ...] = (
        ("", app),
        *((access.key, access) for access in app.access),
    )
    for key, owner in owners:
        for name in ("stage", *RULES):
            for at in range(len(getattr(owner, name) or ())):
                yield ItemRef(name, at, key)


def _without_similar_accesses(app: AppSpec) -> AppSpec:
    """The app with one of several accesses that rules do not tell apart, and all with rules of their own."""
    own = {
        (_similarity(access), access.key if access.stage is not None or access.require else ""): access
        for access in app.access
    }
    return app.model_copy(update={"access": tuple(own.values())})


def _affected_accesses(app: AppSpec, ref: ItemRef) -> list[AccessSpec]:
    """The accesses that a rule or stage is for, one of several that rules do not tell apart."""
    if ref.access:
        return [access for access in app.access if access.key == ref.access]
    kinds = {
        _similarity(access): access
        for access in app.access
        if ref.list_name != "stage" or access.stage is None
    }
    return list(kinds.values())


def _similarity(access: AccessSpec) -> Hashable:
    """A key that is the same for accesses that rules and conditions do not tell apart."""
    terms = (access.risk, access.kind, access.privileged, access.emergency)
    return (*terms, access.max_duration, access.indefinite, access.deny, access.auto_approve)


def _holds_for_any(app: AppSpec, when: When, accesses: list[AccessSpec]) -> bool:
    return any(can_hold(when, _possible_requests(app, access)) for access in accesses)


def _possible_requests(app: AppSpec, access: AccessSpec) -> Remaining:
    """What requests for this access can be, by its policy."""
    policy = effective_policy(app, access)
    longest = policy.max_duration if policy.over_max is OverMax.REFUSE else None
    durations = DurationRange(up_to=longest or LONGEST, endless=policy.indefinite)
    requests = limit_to(EVERYTHING, risk=policy.risk, kind=policy.kind, privileged=policy.privileged)
    requests = {**requests, "duration_over": durations}
    if policy.emergency is None:
        requests = limit_to(requests, emergency=False)
    return limit_to(requests, on_behalf=False) if policy.on_behalf is OnBehalf.NOBODY else requests


def _why_impossible(app: AppSpec, when: When, accesses: list[AccessSpec], ref: ItemRef) -> str:
    """The one part that cannot hold, or else that the parts do not hold together."""
    parts = when.parts()
    for name in parts:
        alone = when.model_copy(update=dict.fromkeys(set(parts) - {name}))
        if not _holds_for_any(app, alone, accesses):
            fact = _contrary_fact(app, name, accesses[0] if ref.access else None, ref)
            return f"it requires that {describe_condition(alone)}, and {fact}"
    return "its conditions can't hold together"


def _contrary_fact(app: AppSpec, name: str, access: AccessSpec | None, ref: ItemRef) -> str:
    """Why the part `name` cannot hold; `access` where the rule is for that one only."""
    facts = {
        "duration_over": f"{app.name} can't be requested for that long",
        "emergency": f"{app.name} has no emergency access",
        "on_behalf": f"nobody can request {app.name} for someone else",
    }
    those = "that goes through it" if ref.list_name == "stage" else f"of {app.name}"
    plain = f"{access.name} doesn't match" if access else f"no access {those} matches"
    return facts.get(name, plain)


def _shadowed(app: AppSpec, ref: ItemRef, accesses: list[AccessSpec]) -> str | None:
    """An earlier rule that decides every request, for every access that the later one is for."""
    if ref.list_name not in ("stage", "auto_approve"):
        return None
    sentences = [_decided_before(app, access, ref) for access in accesses]
    return sentences[0] if all(sentences) else None


def _decided_before(app: AppSpec, access: AccessSpec, ref: ItemRef) -> str | None:
    requests = _possible_requests(app, access)
    for rule in (*app.deny, *access.deny):
        if rule.when is None or not can_fail(rule.when, requests):
            return f"{_NEVER[ref.list_name]}: the rule “{rule.name}” denies every request."
    rules = (*app.auto_approve, *access.auto_approve)
    if ref.list_name == "auto_approve":
        rules = rules[: ref.index + (len(app.auto_approve) if ref.access else 0)]
    for rule in rules:
        if rule.when is None or not can_fail(rule.when, requests):
            return f"{_NEVER[ref.list_name]}: the rule “{rule.name}” approves every request first."
    return None
