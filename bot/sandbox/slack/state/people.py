"""Accounts and user groups, and the JSON objects that the Web API gives of them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.sandbox.slack.core.errors import Json

MANAGER_FIELD = "Xf0MANAGER"
DEPARTMENT_FIELD = "Xf0DEPARTMENT"
PROFILE_FIELDS = {MANAGER_FIELD: ("Manager", "user"), DEPARTMENT_FIELD: ("Department", "text")}


@dataclass
class User:
    """An account, of a person or of a bot.

    `manager` is another user's id; a `stranger` belongs to another company (Slack Connect).
    """

    id: str
    team_id: str
    name: str
    real_name: str
    email: str | None = None
    title: str = ""
    tz: str = "Etc/UTC"
    manager: str | None = None
    department: str | None = None
    admin: bool = False
    guest: bool = False
    stranger: bool = False
    deleted: bool = False
    is_bot: bool = False
    bot_id: str | None = None
    app_id: str | None = None
    updated: int = 0
    presence: str = "active"
    fields: dict[str, str] = field(default_factory=dict)

    def as_json(self, *, with_email: bool) -> Json:
        """The user object of `users.info`; the e-mail address is for apps with `users:read.email`."""
        data: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "color": "4bbe2e",
            "real_name": self.real_name,
            "profile": self.profile_json(with_email=with_email),
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        if self.stranger:
            data["is_stranger"] = True
        return data if self.deleted else data | self._account_details()

    def _account_details(self) -> Json:
        now = datetime.now(UTC)
        offset = now.astimezone(ZoneInfo(self.tz)).utcoffset()
        return {
            "tz": self.tz,
            "tz_label": self.tz.rsplit("/", 1)[-1].replace("_", " "),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_admin": self.admin,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_email_confirmed": not self.is_bot,
            "who_can_share_contact_card": "EVERYONE",
        }

    def profile_json(self, *, with_email: bool) -> Json:
        """The profile inside the user object, without the custom fields."""
        first, _, last = self.real_name.partition(" ")
        profile: Json = {
            "title": self.title,
            "phone": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "first_name": first,
            "last_name": last,
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": "g" + self.id.lower(),
            "team": self.team_id,
        }
        if with_email and self.email and not self.is_bot:
            profile["email"] = self.email
        if self.is_bot:
            profile |= {"bot_id": self.bot_id, "api_app_id": self.app_id, "always_active": True}
        return profile

    def custom_fields(self, *, labels: bool) -> Json:
        """`profile.fields` of `users.profile.get`: the workspace's own fields, by their ids."""
        values = dict(self.fields)
        if self.manager:
            values[MANAGER_FIELD] = self.manager
        if self.department:
            values[DEPARTMENT_FIELD] = self.department
        return {key: _profile_field(key, value, labels) for key, value in values.items()}


def _profile_field(key: str, value: str, labels: bool) -> Json:
    data = {"value": value, "alt": ""}
    if labels:
        data["label"] = PROFILE_FIELDS.get(key, (key, "text"))[0]
    return data


@dataclass
class UserGroup:
    """A user group ("subteam" in the API). Members are in order; a disabled group keeps them."""

    id: str
    team_id: str
    name: str
    handle: str
    members: list[str] = field(default_factory=list)
    description: str = ""
    channels: list[str] = field(default_factory=list)
    disabled_at: int = 0
    created: int = 0
    updated: int = 0
    created_by: str = ""
    updated_by: str = ""
    deleted_by: str | None = None

    def as_json(self, *, users: bool = False, count: bool = False) -> Json:
        """The subteam object; `users` and `count` stand for `include_users` and `include_count`."""
        data: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": self.name,
            "description": self.description,
            "handle": self.handle,
            "is_external": False,
            "date_create": self.created,
            "date_update": self.updated,
            "date_delete": self.disabled_at,
            "auto_type": None,
            "auto_provision": False,
            "enterprise_subteam_id": "",
            "created_by": self.created_by,
            "updated_by": self.updated_by,
            "deleted_by": self.deleted_by,
            "prefs": {"channels": list(self.channels), "groups": []},
        }
        if users:
            data["users"] = list(self.members)
        if users or count:
            data["user_count"] = len(self.members)
        return data
