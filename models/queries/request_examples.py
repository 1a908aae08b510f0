"""Find what a person can request, for examples of the command."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from models.catalogue.spec import AccessSpec, AppSpec
from models.lifecycle.request.plan import can_request_for_others
from models.policy.decision import Verdict
from models.queries.scenario import Scenario, plan_scenario
from models.registry.directory import Directory
from models.registry.policy_snapshot import Snapshot
from models.store.case import Case

_APPS, _ACCESSES = 20, 3
"""How many apps are tried, and how many accesses of each."""
_A_DAY = timedelta(hours=8)
"""A working day, for which examples are where the access has this preset."""


@dataclass(frozen=True)
class Example:
    """An access that somebody can request for this long; None: without an end."""

    app: AppSpec
    access: AccessSpec
    length: timedelta | None


@dataclass(frozen=True)
class RequestExamples:
    """What a person can do with the command."""

    usual: Example | None
    emergency: Example | None
    """An access that the person could have at once."""
    on_behalf: tuple[str, ...]
    """The names of apps that the person may request for others."""
    admin: bool


def request_examples(case: Case, person_id: str, apps: Iterable[AppSpec]) -> RequestExamples:
    """What this person can request of these apps."""
    offered = list(apps)
    in_emergency = [app for app in offered if app.emergency is not None]
    return RequestExamples(
        usual=_first(case, person_id, offered, emergency=False),
        emergency=_first(case, person_id, in_emergency, emergency=True),
        on_behalf=tuple(app.name for app in offered if can_request_for_others(case, app, person_id)),
        admin=Directory(case).is_admin(person_id),
    )


def _first(case: Case, person_id: str, apps: list[AppSpec], *, emergency: bool) -> Example | None:
    """The first access that no rule denies the person, and that somebody can approve."""
    for app in apps[:_APPS]:
        for access in [access for access in app.access if access.enabled][:_ACCESSES]:
            example = _example(app, access, emergency=emergency)
            if example is not None and _is_possible(case, person_id, example, emergency=emergency):
                return example
    return None


def _example(app: AppSpec, access: AccessSpec, *, emergency: bool) -> Example | None:
    policy = Snapshot(app, access).policy
    if emergency:
        return Example(app, access, policy.emergency.max) if policy.emergency else None
    length = _A_DAY if _A_DAY in policy.durations else next(iter(policy.durations), policy.max_duration)
    return Example(app, access, length) if length or policy.indefinite else None


def _is_possible(case: Case, person_id: str, example: Example, *, emergency: bool) -> bool:
    scenario = Scenario(person_id, example.access.key, example.length, case.now, emergency=emergency)
    planned = plan_scenario(case, example.app, scenario)
    return planned.decision.verdict in (Verdict.ASK, Verdict.AUTO)
