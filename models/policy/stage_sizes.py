"""Warn of stages that require more people than are known, and of user groups without members."""

from collections.abc import Iterator

from models.catalogue.mentions import conditions
from models.catalogue.spec import ApproverRole, AppSpec, GroupRef, PersonRef, StageSpec, parse_approver
from models.policy.facts import PeopleDirectory


def stage_warnings(app: AppSpec, directory: PeopleDirectory) -> Iterator[str]:
    """All warnings of this file, a sentence each. People and groups that are not known give none."""
    yield from understaffed_stages(app, directory)
    yield from empty_groups(app, directory)


def empty_groups(app: AppSpec, directory: PeopleDirectory) -> Iterator[str]:
    """Warnings of user groups without members, in stages and in conditions."""
    for where, stage in _stages(app):
        for ref in stage.deciders_and_alternates:
            if _empty(ref, directory):
                yield f"{where} names {_called(ref, directory)}, which has no members."
    for ref in dict.fromkeys(ref for when in conditions(app) for ref in when.requester_group or ()):
        if _empty(ref, directory):
            group = _called(ref, directory)
            yield f"{app.name}: a condition names {group}, which has no members."


def understaffed_stages(app: AppSpec, directory: PeopleDirectory) -> Iterator[str]:
    """Warnings of stages that require more approvals than people can be asked."""
    for where, stage in _stages(app):
        people = _people(app, stage, directory)
        if isinstance(stage.rule, int) and people is not None and len(people) < stage.rule:
            counted = f"{len(people)} people" if len(people) != 1 else "1 person"
            yield f"{where} needs {stage.rule} approvals, but only {counted} can be asked."


def _stages(app: AppSpec) -> Iterator[tuple[str, StageSpec]]:
    """Every stage of the app and its accesses, with its place in words."""
    for stage in app.stage:
        yield f"{app.name}: stage “{stage.name}”", stage
    for access in app.access:
        for stage in access.stage or ():
            yield f"{app.name} · {access.name}: stage “{stage.name}”", stage


def _empty(ref: str, directory: PeopleDirectory) -> bool:
    if not isinstance(parse_approver(ref), GroupRef):
        return False
    group = directory.group(ref)
    return group is not None and not group.members


def _called(ref: str, directory: PeopleDirectory) -> str:
    group = directory.group(ref)
    return f"@{group.handle}" if group and group.handle else ref


def _people(app: AppSpec, stage: StageSpec, directory: PeopleDirectory) -> set[str] | None:
    """The ids of everybody whom it names; None where one of them is not known."""
    people: set[str] = set()
    for ref in stage.deciders:
        for named in app.owners if ref == ApproverRole.OWNERS else (ref,):
            if (ids := _ids(named, directory)) is None:
                return None
            people.update(ids)
    return people


def _ids(ref: str, directory: PeopleDirectory) -> tuple[str, ...] | None:
    parsed = parse_approver(ref)
    if isinstance(parsed, PersonRef):
        person = directory.by_email(parsed.email) if parsed.email else None
        return (parsed.id,) if parsed.id else (person.id,) if person else None
    if isinstance(parsed, GroupRef):
        group = directory.group(ref)
        return group.members if group else None
    return directory.admins() if parsed is ApproverRole.ADMINS else (ref,)  # one manager
