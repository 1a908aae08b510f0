"""A user group (Slack's API says "subteam")."""

from dataclasses import dataclass, field

from bot.sandbox.slack.errors import Json


@dataclass
class UserGroup:
    """Members keep the order in which they were given. A disabled group keeps its members."""

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
        """The subteam object; `users` and `count` as `include_users` and `include_count` ask."""
        shown: Json = {
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
            shown["users"] = list(self.members)
        if users or count:
            shown["user_count"] = len(self.members)
        return shown
