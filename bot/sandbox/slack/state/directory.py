"""People and user groups, and what happens to them."""

from collections.abc import Iterable
from typing import Any

from bot.sandbox.slack.core.clock import Clock, Timestamps
from bot.sandbox.slack.core.errors import SlackError
from bot.sandbox.slack.core.ids import Ids
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel
from bot.sandbox.slack.state.events import Event, Publish, user_event
from bot.sandbox.slack.state.people import User, UserGroup


class State:
    """One team. `publish` is told of every event; before the server runs it may drop them."""

    def __init__(self, clock: Clock, publish: Publish) -> None:
        self.ids = Ids()
        self.clock = clock
        self.stamps = Timestamps(clock)
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

    def _tell(self, kind: str, **body: object) -> None:
        ts = self.stamps.next()
        self.publish(Event(kind, {"type": kind, **body, "event_ts": ts}))


class Directory(State):
    """The part of the workspace that knows who there is."""

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
        """A new account; sends `team_join`. `manager` shows as a custom field of the profile."""
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
            updated=self.stamps.seconds(),
        )
        self.users[user.id] = user
        self.publish(user_event("team_join", user, self.stamps.next()))
        return user

    def user(self, user_id: str) -> User:
        """The account, or `user_not_found`."""
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    def update_person(self, user_id: str, **fields: Any) -> User:
        """Changes attributes of `User` and sends `user_change`."""
        user = self.user(user_id)
        for key, value in fields.items():
            if not hasattr(user, key):
                raise AttributeError(f"a person has no {key}")
            setattr(user, key, value)
        user.updated = self.stamps.seconds()
        self.publish(user_event("user_change", user, self.stamps.next()))
        return user

    def deactivate(self, user_id: str) -> None:
        """Deactivates the account; Slack takes it out of user groups by itself."""
        self.update_person(user_id, deleted=True)
        for group in self.usergroups.values():
            if user_id in group.members:
                self.set_members(group, [each for each in group.members if each != user_id])

    def reactivate(self, user_id: str) -> None:
        self.update_person(user_id, deleted=False)

    def add_usergroup(
        self,
        name: str,
        *,
        handle: str,
        members: Iterable[str | User] = (),
        id: str | None = None,  # noqa: A002  what Slack calls it
        by: str = "",
    ) -> UserGroup:
        """A new user group; sends `subteam_created`."""
        now = self.stamps.seconds()
        people = [each.id if isinstance(each, User) else each for each in members]
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
        self._tell("subteam_created", subteam=group.as_json(users=True))
        return group

    def usergroup(self, group_id: str) -> UserGroup:
        """The group, or `no_such_subteam`."""
        if group_id not in self.usergroups:
            raise SlackError("no_such_subteam")
        return self.usergroups[group_id]

    def set_members(self, group: UserGroup, members: list[str], by: str = "") -> None:
        """Replaces the members; sends what changed, and the group as it is now."""
        before, group.members = group.members, list(dict.fromkeys(members))
        group.updated, group.updated_by = self.stamps.seconds(), by or group.updated_by
        added = [each for each in group.members if each not in before]
        removed = [each for each in before if each not in group.members]
        if added or removed:
            self._members_changed(group, added, removed)
        self._tell("subteam_updated", subteam=group.as_json(users=True))

    def _members_changed(self, group: UserGroup, added: list[str], removed: list[str]) -> None:
        self._tell(
            "subteam_members_changed",
            subteam_id=group.id,
            team_id=self.id,
            date_previous_update=group.updated,
            date_update=group.updated,
            added_users=added,
            added_users_count=len(added),
            removed_users=removed,
            removed_users_count=len(removed),
        )

    def enable_group(self, group: UserGroup, enabled: bool, by: str = "") -> None:
        """Switches a group on or off; its members stay."""
        group.disabled_at = 0 if enabled else self.stamps.seconds()
        group.updated, group.updated_by = self.stamps.seconds(), by
        group.deleted_by = None if enabled else by
        self._tell("subteam_updated", subteam=group.as_json(users=True))
