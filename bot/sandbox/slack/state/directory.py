"""The workspace's people and user groups."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.slack.core.clock import Clock, Timestamps
from bot.sandbox.slack.core.errors import SlackError
from bot.sandbox.slack.core.ids import Ids
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel
from bot.sandbox.slack.state.events import Event, Publish, user_event
from bot.sandbox.slack.state.people import User, UserGroup


class WorkspaceState:
    """The tables of one team. `publish` is called with every event."""

    def __init__(self, clock: Clock, publish: Publish) -> None:
        self.ids = Ids()
        self.clock = clock
        self.timestamps = Timestamps(clock)
        self.publish = publish
        self.id = self.ids.new("T")
        self.name = "Local"
        self.domain = "local"
        self.paid = True  # user groups exist on paid plans only
        self.usergroup_writes = True  # the workspace setting "who can change user groups"
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.usergroups: dict[str, UserGroup] = {}
        self.apps: dict[str, App] = {}

    def _publish(self, kind: str, **body: object) -> None:
        ts = self.timestamps.next()
        self.publish(Event(kind, {"type": kind, **body, "event_ts": ts}))


class Directory(WorkspaceState):
    """The part of the workspace that keeps people and user groups."""

    def add_person(  # noqa: PLR0913  keywords, one for each thing a person has
        self,
        real_name: str,
        *,
        email: str | None = None,
        title: str = "",
        handle: str | None = None,
        guest: bool = False,
        admin: bool = False,
        stranger: bool = False,
        tz: str = "Etc/UTC",
        manager: str | User | None = None,
        department: str | None = None,
        id: str | None = None,  # noqa: A002  what Slack calls it
    ) -> User:
        """Add an account and send `team_join`. `manager` shows as a custom field of the profile."""
        name = handle or real_name.lower().replace(" ", ".")
        user = User(
            id=id or self.ids.new("U"),
            team_id="T0ELSEWHERE" if stranger else self.id,
            name=name,
            real_name=real_name,
            email=email or f"{name}@{self.domain}.example.com",
            title=title,
            guest=guest,
            admin=admin,
            stranger=stranger,
            tz=tz,
            manager=manager.id if isinstance(manager, User) else manager,
            department=department,
            updated=self.timestamps.seconds(),
        )
        self.users[user.id] = user
        self.publish(user_event("team_join", user, self.timestamps.next()))
        return user

    def user(self, user_id: str) -> User:
        """The account with this id.

        Raises:
            SlackError: `user_not_found`.
        """
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    def update_person(self, user_id: str, **fields: Any) -> User:
        """Change attributes of a `User` and send `user_change`.

        Raises:
            AttributeError: a person has no such attribute.
        """
        user = self.user(user_id)
        for key, value in fields.items():
            if not hasattr(user, key):
                raise AttributeError(f"a person has no {key}")
            setattr(user, key, value)
        user.updated = self.timestamps.seconds()
        self.publish(user_event("user_change", user, self.timestamps.next()))
        return user

    def deactivate(self, user_id: str) -> None:
        """Deactivate the account and, as Slack does, remove it from user groups."""
        self.update_person(user_id, deleted=True)
        for group in self.usergroups.values():
            if user_id in group.members:
                self.set_members(group, [member for member in group.members if member != user_id])

    def add_usergroup(
        self,
        name: str,
        *,
        handle: str,
        members: Iterable[str | User] = (),
        id: str | None = None,  # noqa: A002  what Slack calls it
        by: str = "",
    ) -> UserGroup:
        """Add a user group and send `subteam_created`."""
        now = self.timestamps.seconds()
        people = [member.id if isinstance(member, User) else member for member in members]
        group = UserGroup(
            id or self.ids.new("S"),
            self.id,
            name,
            handle,
            people,
            created=now,
            updated=now,
            created_by=by,
            updated_by=by,
        )
        self.usergroups[group.id] = group
        self._publish("subteam_created", subteam=group.as_json(users=True))
        return group

    def usergroup(self, group_id: str) -> UserGroup:
        """The group with this id.

        Raises:
            SlackError: `no_such_subteam`.
        """
        if group_id not in self.usergroups:
            raise SlackError("no_such_subteam")
        return self.usergroups[group_id]

    def set_members(self, group: UserGroup, members: list[str], by: str = "") -> None:
        """Replace the members; send `subteam_members_changed` if they differ, and `subteam_updated`."""
        before, group.members = group.members, list(dict.fromkeys(members))
        group.updated, group.updated_by = self.timestamps.seconds(), by or group.updated_by
        joiners = [member for member in group.members if member not in before]
        leavers = [member for member in before if member not in group.members]
        if joiners or leavers:
            self._members_changed(group, joiners, leavers)
        self._publish("subteam_updated", subteam=group.as_json(users=True))

    def _members_changed(self, group: UserGroup, joiners: list[str], leavers: list[str]) -> None:
        self._publish(
            "subteam_members_changed",
            subteam_id=group.id,
            team_id=self.id,
            date_previous_update=group.updated,
            date_update=group.updated,
            added_users=joiners,
            added_users_count=len(joiners),
            removed_users=leavers,
            removed_users_count=len(leavers),
        )

    def enable_group(self, group: UserGroup, enabled: bool, by: str = "") -> None:
        """Enable or disable a group; its members stay."""
        group.disabled_at = 0 if enabled else self.timestamps.seconds()
        group.updated, group.updated_by = self.timestamps.seconds(), by
        group.deleted_by = None if enabled else by
        self._publish("subteam_updated", subteam=group.as_json(users=True))
