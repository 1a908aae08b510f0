"""Slack's objects for people and user groups, as our rows: they carry what Slack says to a verb."""

from collections.abc import Iterable, Mapping
from typing import Any

from models.tables.people import Person, UserGroup


def person_of(user: Mapping[str, Any]) -> Person:
    """A user object of Slack's as our row.

    Manager and department stand elsewhere, in the profile's fields; what is known of them stays.
    """
    profile = mapping(user.get("profile"))
    name = (
        profile.get("real_name") or user.get("real_name") or profile.get("display_name") or user.get("name")
    )
    return Person(
        id=str(user["id"]),
        name=str(name or user["id"])[:200],
        handle=str(user.get("name") or "")[:100],
        email=str(profile.get("email") or "")[:320],
        title=str(profile.get("title") or "")[:200],
        department="",
        timezone=str(user.get("tz") or "UTC"),
        manager_id=None,
        guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
        stranger=bool(user.get("is_stranger")),
        bot=bool(user.get("is_bot")) or user.get("id") == "USLACKBOT",
        active=not user.get("deleted"),
    )


def group_of(group: Mapping[str, Any]) -> UserGroup:
    """A user group of Slack's as our row; its members are there only where `include_users` asked for them."""
    return UserGroup(
        id=str(group["id"]),
        handle=str(group.get("handle") or ""),
        name=str(group.get("name") or group["id"]),
        enabled=not group.get("date_delete"),
        members=[str(one) for one in group.get("users") or ()],
    )


def with_members(group: UserGroup, members: Iterable[object]) -> UserGroup:
    """The same user group, with those who are in it now."""
    return UserGroup(
        id=group.id,
        handle=group.handle,
        name=group.name,
        enabled=group.enabled,
        members=[str(one) for one in members],
    )


def profile_of(answer: Mapping[str, Any]) -> tuple[str | None, str] | None:
    """The manager's id and the department in what users.profile.get answers with labels; None for none."""
    fields = mapping(mapping(answer.get("profile")).get("fields"))
    by_label = {
        str(field.get("label", "")).strip().casefold(): str(field.get("value", ""))
        for field in fields.values()
        if isinstance(field, Mapping)
    }
    return (by_label.get("manager") or None, by_label.get("department", "")) if fields else None


def mapping(value: Any) -> Mapping[str, Any]:
    """The value, where it is an object; an empty one otherwise."""
    return value if isinstance(value, Mapping) else {}
