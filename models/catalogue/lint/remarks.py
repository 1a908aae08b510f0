"""Normalize an app before it is saved, and remark on what its admin should look at again."""

from collections.abc import Iterable

from models.catalogue.lint import unreachable_rules
from models.catalogue.spec.enums import OnReject
from models.catalogue.spec.specs import AccessSpec, AppSpec, StageSpec, people_listed
from models.durations import duration_words


def normalize_app(app: AppSpec) -> tuple[AppSpec, list[str]]:
    """The entry as it is to be kept, and remarks for its admin, a sentence each.

    A number of approvals that equals the number of people listed becomes "all", and a remark says so.
    """
    notes: list[str] = []
    changes: dict[str, object] = {}
    stages = _stages(app.stage, app.name, notes)
    if stages != app.stage:
        changes["stage"] = stages
    accesses = tuple(_access(access, app, notes) for access in app.access)
    if accesses != app.access:
        changes["access"] = accesses
    return (app.model_copy(update=changes) if changes else app), [*notes, *_remarks(app)]


def _access(access: AccessSpec, app: AppSpec, notes: list[str]) -> AccessSpec:
    if access.stage is None:
        return access
    stages = _stages(access.stage, f"{app.name} · {access.name}", notes)
    return access if stages == access.stage else access.model_copy(update={"stage": stages})


def _stages(stages: Iterable[StageSpec], whose: str, notes: list[str]) -> tuple[StageSpec, ...]:
    normalized = []
    for stage in stages:
        if set(stage.approvers) <= set(stage.quiet):
            notes.append(
                f"{whose}: stage “{stage.name}” has only quiet approvers, so they are asked like any others."
            )
        if isinstance(stage.rule, int) and not stage.quiet and stage.rule == people_listed(stage.approvers):
            notes.append(
                f"{whose}: stage “{stage.name}” needs {stage.rule} approvals from {stage.rule} people, "
                "so its rule is now “all”."
            )
            normalized.append(stage.model_copy(update={"rule": "all"}))
        else:
            normalized.append(stage)
    return tuple(normalized)


def _stage_remarks(app: AppSpec) -> Iterable[str]:
    for stage in (*app.stage, *(stage for access in app.access for stage in access.stage or ())):
        if stage.on_reject is OnReject.VETO and not isinstance(stage.rule, int):
            yield (
                f"{app.name}: stage “{stage.name}” ends with the first rejection anyway, as its rule "
                f"is “{stage.rule}”."
            )


def _remarks(app: AppSpec) -> Iterable[str]:
    if not app.access:
        yield f"{app.name} has no access: nobody can request it."
    if not app.owners:
        yield f"{app.name} has no owner. Workspace admins are asked instead of owners."
    yield from _stage_remarks(app)
    if "expiry_warning" in app.model_fields_set and app.expiry_warning * 2 > app.request_expiry:
        yield (
            f"{app.name}: requests expire after {duration_words(app.request_expiry)}, so the warning "
            "comes halfway."
        )
    for scope, rules in (
        ("every access", app.auto_approve),
        *((access.name, access.auto_approve) for access in app.access),
    ):
        for rule in rules:
            if rule.when is None:
                yield (
                    f"{app.name}: rule “{rule.name}” has no condition, so everyone gets {scope} "
                    "without approval."
                )
    yield from unreachable_rules.remarks(app)
