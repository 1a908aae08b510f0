"""Stages that want more people than are known to be there, and user groups with nobody in them."""

from collections.abc import Iterator

from models.catalogue.mentions import conditions
from models.catalogue.spec import AppSpec, GroupRef, PersonRef, Role, StageSpec, parse_approver
from models.policy.facts import Who


def doubts(app: AppSpec, who: Who) -> Iterator[str]:
    """A sentence for each, by what is known now. What is not known raises no doubt."""
    yield from too_few(app, who)
    yield from nobody_in(app, who)


def nobody_in(app: AppSpec, who: Who) -> Iterator[str]:
    """The part of it about user groups with nobody in them."""
    for where, stage in _stages(app):
        for ref in stage.everybody:
            if _empty(ref, who):
                yield f"{where} names {_called(ref, who)}, and nobody is in it."
    for ref in dict.fromkeys(ref for when in conditions(app) for ref in when.requester_group or ()):
        if _empty(ref, who):
            yield f"{app.name}: a condition looks for members of {_called(ref, who)}, and nobody is in it."


def too_few(app: AppSpec, who: Who) -> Iterator[str]:
    """The part of it about stages that want more people than are known."""
    for where, stage in _stages(app):
        there = _people(app, stage, who)
        if isinstance(stage.rule, int) and there is not None and len(there) < stage.rule:
            can = f"{len(there)} people" if len(there) != 1 else "1 person"
            yield f"{where} wants {stage.rule} approvals, and only {can} can be asked."


def _stages(app: AppSpec) -> Iterator[tuple[str, StageSpec]]:
    """Every stage, with where it stands."""
    for stage in app.stage:
        yield f"{app.name}: stage “{stage.name}”", stage
    for access in app.access:
        for stage in access.stage or ():
            yield f"{app.name}, {access.name}: stage “{stage.name}”", stage


def _empty(ref: str, who: Who) -> bool:
    if not isinstance(parse_approver(ref), GroupRef):
        return False
    group = who.group(ref)
    return group is not None and not group.members


def _called(ref: str, who: Who) -> str:
    group = who.group(ref)
    return f"@{group.handle}" if group and group.handle else ref


def _people(app: AppSpec, stage: StageSpec, who: Who) -> set[str] | None:
    """Everybody whom it names; None where somebody of them is not known."""
    found: set[str] = set()
    refs = [one for ref in stage.named for one in (app.owners if ref == Role.OWNERS else (ref,))]
    for ref in refs:
        ids = _ids(ref, who)
        if ids is None:
            return None
        found.update(ids)
    return found


def _ids(ref: str, who: Who) -> tuple[str, ...] | None:
    parsed = parse_approver(ref)
    if isinstance(parsed, PersonRef):
        person = who.by_email(parsed.email) if parsed.email else None
        return (parsed.id,) if parsed.id else (person.id,) if person else None
    if isinstance(parsed, GroupRef):
        group = who.group(ref)
        return group.members if group else None
    return who.admins() if parsed is Role.ADMINS else (ref,)  # one manager
