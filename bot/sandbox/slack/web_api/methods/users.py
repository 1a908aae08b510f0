"""People."""

from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.state.people import User
from bot.sandbox.slack.web_api.arguments import page
from bot.sandbox.slack.web_api.dispatch import Call, handles

MOST_WITHOUT_PAGING = 5000  # more than this without a limit: `limit_required`


def _sees_email(call: Call) -> bool:
    return "users:read.email" in call.app.scopes


def _shown(call: Call, user: User) -> Json:
    shown = user.as_json(with_email=_sees_email(call))
    return shown | ({"locale": "en-US"} if call.get("include_locale") else {})


@handles("users.info")
def info(call: Call) -> Json:
    """One person."""
    return {"user": _shown(call, call.slack.workspace.user(str(call.get("user"))))}


@handles("users.list")
def list_users(call: Call) -> Json:
    """Everybody, page by page; without a limit only in a small workspace."""
    users = [each for each in call.slack.workspace.users.values() if not each.stranger]
    limit = call.get("limit")
    if not limit and len(users) > MOST_WITHOUT_PAGING:
        raise SlackError("limit_required")
    shown, cursor = page(
        users, call.get("cursor"), limit, default=max(len(users), 1), most=max(1000, len(users))
    )
    members = [_shown(call, each) for each in shown]
    return {
        "members": members,
        "cache_ts": call.slack.workspace.stamps.seconds(),
        "response_metadata": {"next_cursor": cursor},
    }


@handles("users.lookupByEmail")
def lookup_by_email(call: Call) -> Json:
    """The active person with this address."""
    wanted = str(call.get("email")).lower()
    for user in call.slack.workspace.users.values():
        if user.email and user.email.lower() == wanted and not user.deleted and not user.stranger:
            return {"user": _shown(call, user)}
    raise SlackError("users_not_found")


@handles("users.profile.get")
def profile_get(call: Call) -> Json:
    """One profile with its custom fields."""
    user = call.slack.workspace.user(str(call.get("user", call.app.bot_user_id)))
    profile = user.profile_json(with_email=_sees_email(call))
    return {"profile": profile | {"fields": user.custom_fields(labels=bool(call.get("include_labels")))}}


@handles("users.getPresence")
def get_presence(call: Call) -> Json:
    """Whether a person is active."""
    user = call.slack.workspace.user(str(call.get("user", call.app.bot_user_id)))
    return {"presence": "away" if user.deleted else user.presence}
