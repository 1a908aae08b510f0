"""Whom an app's entry names, and as what: those who have to be known before its rules can be looked at."""

from collections.abc import Iterator

from models.catalogue.approvers import ApproverRef, parse_approver, parse_group
from models.catalogue.conditions import When
from models.catalogue.entries import AccessSpec, AppSpec, RuleSpec, StageSpec


def named(app: AppSpec) -> Iterator[tuple[ApproverRef, str]]:
    """Everybody that the entry names, with the place: "owner of GitHub". The same may come several times."""
    yield from ((parse_approver(owner), f"owner of {app.name}") for owner in app.owners)
    for stage in stages(app):
        yield from ((parse_approver(text), f"approver of {app.name}") for text in stage.everybody)
    reviewers = app.emergency.reviewers if app.emergency else ()
    yield from ((parse_approver(text), f"reviewer of {app.name}") for text in reviewers)
    for when in conditions(app):
        yield from ((parse_group(text), f"condition of {app.name}") for text in when.requester_group or ())


def stages(app: AppSpec) -> Iterator[StageSpec]:
    """Every stage, the app's and those of its accesses."""
    yield from app.stage
    for access in app.access:
        yield from access.stage or ()


def conditions(app: AppSpec) -> Iterator[When]:
    """Every condition of its stages and rules, with those that are inside of others."""
    entries: tuple[AppSpec | AccessSpec, ...] = (app, *app.access)
    for entry in entries:
        rules: tuple[StageSpec | RuleSpec, ...] = (
            *(entry.stage or ()),
            *entry.deny,
            *entry.require,
            *entry.auto_approve,
        )
        for rule in rules:
            if rule.when:
                yield from _with_inner(rule.when)


def _with_inner(when: When) -> Iterator[When]:
    yield when
    for inner in (*(when.any_of or ()), *(when.all_of or ()), *((when.not_,) if when.not_ else ())):
        yield from _with_inner(inner)
