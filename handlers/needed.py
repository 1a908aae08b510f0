"""Whom an app's rules look at, and of whom of them the tables know enough."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from models.catalogue import mentions
from models.catalogue.spec import AppSpec, OnBehalf
from models.catalogue.spec.references import ApproverRef, GroupRef, PersonRef, Role, parse_approver
from models.lifecycle import separation_of_duties
from models.registry import directory
from models.store.case import Case


class Since(NamedTuple):
    """The moments after which something has to be looked up to be known well enough."""

    groups: datetime
    requesters: datetime
    approvers: datetime


class Missing(NamedTuple):
    """Of whom the tables do not know enough."""

    groups: set[GroupRef]
    requesters: set[str]
    approvers: set[str]
    """Admins too, who are asked where nobody else can be."""
    emails: set[str]


def missing(case: Case, app: AppSpec, people: Iterable[str], since: Since) -> Missing:
    """Those of whom more has to be known whom an app's rules look at, if `people` ask."""
    who, people, refs = directory.Directory(case), set(people), named(case, app)
    groups = {ref: directory.group_row(case, str(ref)) for ref in refs if isinstance(ref, GroupRef)}
    persons = [ref for ref in refs if isinstance(ref, PersonRef)]
    approvers = {*who.admins(), *(ref.id for ref in persons if ref.id)}
    emails = {ref.email for ref in persons if ref.email} | _listed_managers(case, people)
    return Missing(
        {
            ref
            for ref, group in groups.items()
            if group is None or not since.groups <= group.checked_at <= case.now
        },
        directory.stale(case, people, since.requesters),
        directory.stale(case, approvers, since.approvers),
        {email for email in emails if who.by_email(email) is None},
    )


def named(case: Case, app: AppSpec) -> list[ApproverRef]:
    """Everybody whom an app's rules name, or those of conflicts for something of this app."""
    more = [
        parse_approver(text)
        for stage in separation_of_duties.conflict_stages(case, app)
        for text in stage.everybody
    ]
    return [*(ref for ref, _ in mentions.named(app)), *more]


def _listed_managers(case: Case, people: Iterable[str]) -> set[str]:
    """The addresses of those whom the directory table names as the managers of these people."""
    who = directory.Directory(case)
    return {address for one in people if "@" in (address := who.manager_named(one))}


def looks_at_profiles(app: AppSpec) -> bool:
    """Whether managers or departments count here, which stand in another place of Slack's."""
    departments = any(when.department for when in mentions.conditions(app))
    managers = any(ref is Role.MANAGER for ref, _ in mentions.named(app))
    return managers or departments or app.on_behalf is OnBehalf.MANAGERS


def untold(case: Case, app: AppSpec) -> set[str]:
    """Whom an app's rules name by address or as a user group, and of whom the tables know nothing."""
    who, refs = directory.Directory(case), named(case, app)
    groups = [ref for ref in refs if isinstance(ref, GroupRef)]
    emails = {ref.email for ref in refs if isinstance(ref, PersonRef) and ref.email}
    return {
        *(str(ref) for ref in groups if directory.group_row(case, str(ref)) is None),
        *(email for email in emails if who.by_email(email) is None),
    }
