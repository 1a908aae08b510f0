"""How old a Slack lookup may be, and which people and groups of an app's rules need a new one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from models.catalogue import mentions
from models.catalogue.spec import AppSpec, OnBehalf
from models.catalogue.spec.references import ApproverRef, ApproverRole, GroupRef, PersonRef, parse_approver
from models.lifecycle import check_conflicts
from models.registry import directory
from models.store.case import Case

ALWAYS = timedelta(0)
"""Look up in any case."""
GROUP_MAX_AGE = timedelta(minutes=1)
"""Of a user group, and of an admin at work."""
PERSON_MAX_AGE = timedelta(minutes=10)
"""Of a person: whether they are active, a guest, of another company, a bot."""
EVENTS_MAX_AGE = timedelta(hours=12)
"""Of what Slack's events keep current anyway."""


class Cutoffs(NamedTuple):
    """Moments since which a lookup is fresh enough."""

    groups: datetime
    requesters: datetime
    approvers: datetime


class StaleEntries(NamedTuple):
    """People and groups whose last lookup is too old, or who were never looked up."""

    groups: set[GroupRef]
    requesters: set[str]
    approvers: set[str]
    """With the admins, who are asked where nobody else can be."""
    emails: set[str]


def find_stale(case: Case, app: AppSpec, people: Iterable[str], cutoffs: Cutoffs) -> StaleEntries:
    """Return who has to be looked up before an app's rules can be applied to requests of `people`."""
    entries, people, refs = directory.Directory(case), set(people), mentioned_approvers(case, app)
    groups = {ref: directory.group_row(case, str(ref)) for ref in refs if isinstance(ref, GroupRef)}
    persons = [ref for ref in refs if isinstance(ref, PersonRef)]
    approvers = {*entries.admins(), *(ref.id for ref in persons if ref.id)}
    emails = {ref.email for ref in persons if ref.email} | _listed_managers(case, people)
    return StaleEntries(
        groups={
            ref
            for ref, group in groups.items()
            if group is None or not cutoffs.groups <= group.checked_at <= case.now
        },
        requesters=directory.stale(case, people, cutoffs.requesters),
        approvers=directory.stale(case, approvers, cutoffs.approvers),
        emails={email for email in emails if entries.by_email(email) is None},
    )


def mentioned_approvers(case: Case, app: AppSpec) -> list[ApproverRef]:
    """Return the approvers that an app's rules name, and those of conflicts that concern the app."""
    conflict_stages = check_conflicts.conflict_stages(case, app)
    conflict_approvers = [
        parse_approver(text) for stage in conflict_stages for text in stage.deciders_and_alternates
    ]
    return [*(ref for ref in mentions.app_refs(app)), *conflict_approvers]


def _listed_managers(case: Case, people: Iterable[str]) -> set[str]:
    """Return the addresses that the directory table names as the managers of these people."""
    entries = directory.Directory(case)
    return {address for person_id in people if "@" in (address := entries.manager_named(person_id))}


def needs_profiles(app: AppSpec) -> bool:
    """Whether an app's rules need managers or departments, which only Slack's profiles hold."""
    departments = any(when.department for when in mentions.conditions(app))
    managers = any(ref is ApproverRole.MANAGER for ref in mentions.app_refs(app))
    return managers or departments or app.on_behalf is OnBehalf.MANAGERS


def unknown_refs(case: Case, app: AppSpec) -> set[str]:
    """Return the addresses and user groups in an app's rules that no table knows."""
    entries, refs = directory.Directory(case), mentioned_approvers(case, app)
    groups = [ref for ref in refs if isinstance(ref, GroupRef)]
    emails = {ref.email for ref in refs if isinstance(ref, PersonRef) and ref.email}
    return {
        *(str(ref) for ref in groups if directory.group_row(case, str(ref)) is None),
        *(email for email in emails if entries.by_email(email) is None),
    }
