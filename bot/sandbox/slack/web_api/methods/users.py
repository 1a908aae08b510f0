"""users.*: people, their profiles and presence."""

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.people import User
from bot.sandbox.slack.web_api.arguments import page
from bot.sandbox.slack.web_api.dispatch import Call, handles

MAX_WITHOUT_LIMIT = 5000  # more than this without a limit: `limit_required`


def _sees_email(call: Call) -> bool:
    return "users:read.email" in call.app.scopes


def _user_json(call: Call, user: User) -> Json:
    data = user.as_json(with_email=_sees_email(call))
    return data | ({"locale": "en-US"} if call.get("include_locale") else {})


@handles("users.info")
def info(call: Call) -> Json:
    """A person by id."""
    return {"user": _user_json(call, call.slack.workspace.user(str(call.get("user"))))}


@handles("users.list")
def list_users(call: Call) -> Json:
    """All people, page by page.

    Raises:
        SlackError: `limit_required`, but in a small workspace.
    """
    users = [user for user in call.slack.workspace.users.values() if not user.stranger]
    limit = call.get("limit")
    if not limit and len(users) > MAX_WITHOUT_LIMIT:
        raise SlackError("limit_required")
    items, cursor = page(
        users, call.get("cursor"), limit, default=max(len(users), 1), maximum=max(1000, len(users))
    )
    members = [_user_json(call, item) for item in items]
    return {
        "members": members,
        "cache_ts": call.slack.workspace.timestamps.seconds(),
        "response_metadata": {"next_cursor": cursor},
    }


@handles("users.lookupByEmail")
def lookup_by_email(call: Call) -> Json:
    """The active person with this e-mail address.

    Raises:
        SlackError: `users_not_found`.
    """
    email = str(call.get("email")).lower()
    for user in call.slack.workspace.users.values():
        if user.email and user.email.lower() == email and not user.deleted and not user.stranger:
            return {"user": _user_json(call, user)}
    raise SlackError("users_not_found")


@handles("users.profile.get")
def profile_get(call: Call) -> Json:
    """A profile with its custom fields."""
    user = call.slack.workspace.user(str(call.get("user", call.app.bot_user_id)))
    profile = user.profile_json(with_email=_sees_email(call))
    return {"profile": profile | {"fields": user.custom_fields(labels=bool(call.get("include_labels")))}}


@handles("users.getPresence")
def get_presence(call: Call) -> Json:
    """A person's presence: `active` or `away`."""
    user = call.slack.workspace.user(str(call.get("user", call.app.bot_user_id)))
    return {"presence": "away" if user.deleted else user.presence}
