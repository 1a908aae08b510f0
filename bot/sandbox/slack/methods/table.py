"""The Web API's methods: arguments, scopes, rate tier, errors. The dispatcher enforces this table.

Source: https://docs.slack.dev/reference/methods, one page per method, read through the dump kept at
https://github.com/slack-ruby/slack-api-ref (August 2026). Only the arguments and errors that the local Slack
knows are listed. Notation: `name!` is required, `name:kind` is converted (int, bool, list, json), else it is text.
Slack takes GET and POST for every method; `verb` is the one its page names. `form` marks methods whose page
does not offer JSON: their JSON body is not read.
"""

from dataclasses import dataclass

# Errors that any method may answer with. https://docs.slack.dev/reference/methods/auth.test#errors
COMMON_ERRORS = frozenset(
    [
        "not_authed",
        "invalid_auth",
        "account_inactive",
        "token_revoked",
        "not_allowed_token_type",
        "missing_scope",
        "ratelimited",
        "invalid_arguments",
        "invalid_json",
        "json_not_object",
        "unknown_method",
        "internal_error",
        "fatal_error",
        "service_unavailable",
        "invalid_cursor",
        "missing_argument",
    ]
)


@dataclass(frozen=True)
class Argument:
    name: str
    kind: str
    required: bool


@dataclass(frozen=True)
class Method:
    """One row. `scopes`: any one of them suffices; which one depends on the kind of channel (see `reach.py`)."""

    name: str
    verb: str
    tier: str
    scopes: tuple[str, ...]
    arguments: tuple[Argument, ...]
    errors: frozenset[str]
    json: bool = True
    token: str = "bot"


def _argument(word: str) -> Argument:
    name, _, kind = word.partition(":")
    return Argument(name.rstrip("!"), kind or "str", name.endswith("!"))


def _method(
    name: str,
    verb: str,
    tier: str,
    scopes: str = "",
    arguments: str = "",
    errors: str = "",
    form: bool = False,
    token: str = "bot",
) -> Method:
    parsed = tuple(_argument(word) for word in arguments.split())
    return Method(name, verb, tier, tuple(scopes.split()), parsed, frozenset(errors.split()), not form, token)


_READ = "channels:read groups:read im:read mpim:read"
_HISTORY = "channels:history groups:history im:history mpim:history"
_MANAGE = "channels:manage groups:write im:write mpim:write"
_TEXT = "text blocks:json attachments:json markdown_text parse link_names:bool metadata:json"
_TEXT_ERRORS = """channel_not_found is_archived invalid_blocks invalid_blocks_format no_text not_in_channel
    markdown_text_conflict invalid_metadata_format invalid_metadata_schema metadata_too_large msg_blocks_too_long
    msg_too_long messages_tab_disabled cannot_reply_to_message restricted_action too_many_attachments user_not_found"""
_PAGE = "cursor limit:int"
_GROUP_ERRORS = "permission_denied plan_upgrade_required no_such_subteam"
_TRIGGER_ERRORS = (
    "duplicate_external_id exchanged_trigger_id expired_trigger_id invalid_trigger_id view_too_large"
)

TABLE: dict[str, Method] = {
    row.name: row
    for row in (
        _method("api.test", "POST", "t4", "", "error foo", token="none"),
        _method("auth.test", "POST", "t5", token="any"),
        _method("auth.revoke", "GET", "t3", "", "test:bool"),
        _method("apps.connections.open", "POST", "t3", errors="forbidden_team", token="app"),
        _method(
            "blocks.validate",
            "POST",
            "t3",
            "",
            "blocks:json message:json view:json",
            "invalid_blocks invalid_view invalid_message",
        ),
        _method("bots.info", "GET", "t3", "users:read", "bot team_id", "bot_not_found", form=True),
        _method(
            "chat.postMessage",
            "POST",
            "t5",
            "chat:write",
            f"channel! {_TEXT} thread_ts reply_broadcast:bool unfurl_links:bool unfurl_media:bool mrkdwn:bool username icon_emoji icon_url",
            _TEXT_ERRORS,
        ),
        _method(
            "chat.postEphemeral",
            "POST",
            "t4",
            "chat:write",
            f"channel! user! {_TEXT} thread_ts username icon_emoji icon_url",
            _TEXT_ERRORS + " user_not_in_channel",
        ),
        _method(
            "chat.scheduleMessage",
            "POST",
            "t3",
            "chat:write",
            f"channel! post_at!:int {_TEXT} thread_ts reply_broadcast:bool unfurl_links:bool unfurl_media:bool",
            _TEXT_ERRORS + " invalid_time time_in_past time_too_far",
        ),
        _method(
            "chat.deleteScheduledMessage",
            "POST",
            "t3",
            "chat:write",
            "channel! scheduled_message_id!",
            "channel_not_found invalid_scheduled_message_id",
        ),
        _method(
            "chat.update",
            "POST",
            "t3",
            "chat:write",
            f"channel! ts! {_TEXT} reply_broadcast:bool",
            _TEXT_ERRORS + " cant_update_message message_not_found",
        ),
        _method(
            "chat.delete",
            "POST",
            "t3",
            "chat:write",
            "channel! ts!",
            "cant_delete_message channel_not_found message_not_found",
        ),
        _method(
            "chat.getPermalink",
            "GET",
            "t5",
            "",
            "channel! message_ts!",
            "channel_not_found message_not_found",
            form=True,
        ),
        _method(
            "conversations.open",
            "POST",
            "t3",
            _MANAGE,
            "channel users:list return_im:bool prevent_creation:bool",
            "channel_not_found user_disabled user_not_found users_list_not_supplied too_many_users not_enough_users invalid_user_combination",
        ),
        _method(
            "conversations.info",
            "GET",
            "t3",
            _READ,
            "channel! include_locale:bool include_num_members:bool",
            "channel_not_found",
            form=True,
        ),
        _method(
            "conversations.list",
            "GET",
            "t2",
            _READ,
            f"exclude_archived:bool types:list team_id {_PAGE}",
            "invalid_limit invalid_types",
            form=True,
        ),
        _method(
            "conversations.members",
            "GET",
            "t4",
            _READ,
            f"channel! {_PAGE}",
            "channel_not_found invalid_limit",
            form=True,
        ),
        _method(
            "conversations.history",
            "GET",
            "t3",
            _HISTORY,
            f"channel! include_all_metadata:bool inclusive:bool latest oldest {_PAGE}",
            "channel_not_found invalid_ts_latest invalid_ts_oldest not_in_channel",
        ),
        _method(
            "conversations.replies",
            "GET",
            "t3",
            _HISTORY,
            f"channel! ts! include_all_metadata:bool inclusive:bool latest oldest {_PAGE}",
            "channel_not_found invalid_ts_latest invalid_ts_oldest not_in_channel thread_not_found",
            form=True,
        ),
        _method(
            "conversations.invite",
            "POST",
            "t3",
            "channels:write.invites groups:write.invites " + _MANAGE,
            "channel! users!:list force:bool",
            """already_in_channel cant_invite cant_invite_self channel_not_found is_archived no_user not_in_channel user_not_found
            method_not_supported_for_channel_type user_is_restricted""",
        ),
        _method(
            "conversations.kick",
            "POST",
            "t3",
            "channels:manage groups:write",
            "channel! user!",
            """cant_kick_from_general cant_kick_self channel_not_found not_in_channel user_not_found
            method_not_supported_for_channel_type""",
        ),
        _method(
            "conversations.join",
            "POST",
            "t3",
            "channels:join",
            "channel!",
            "channel_not_found is_archived method_not_supported_for_channel_type",
        ),
        _method(
            "conversations.leave",
            "POST",
            "t3",
            _MANAGE,
            "channel!",
            "cant_leave_general channel_not_found is_archived last_member method_not_supported_for_channel_type",
        ),
        _method(
            "conversations.create",
            "POST",
            "t2",
            _MANAGE,
            "name! is_private:bool team_id",
            "invalid_name invalid_name_maxlength invalid_name_required invalid_name_specials name_taken",
        ),
        _method(
            "conversations.archive",
            "POST",
            "t2",
            _MANAGE,
            "channel!",
            "already_archived cant_archive_general channel_not_found not_in_channel method_not_supported_for_channel_type",
        ),
        _method(
            "conversations.unarchive",
            "POST",
            "t2",
            _MANAGE,
            "channel!",
            "channel_not_found not_archived method_not_supported_for_channel_type",
        ),
        _method(
            "conversations.setTopic",
            "POST",
            "t2",
            _MANAGE,
            "channel! topic!",
            "channel_not_found is_archived not_in_channel too_long method_not_supported_for_channel_type",
        ),
        _method(
            "reactions.add",
            "POST",
            "t3",
            "reactions:write",
            "channel! name! timestamp!",
            "already_reacted bad_timestamp channel_not_found invalid_name is_archived message_not_found",
        ),
        _method("team.info", "GET", "t3", "team:read", "team domain", "team_not_found"),
        _method("team.profile.get", "GET", "t3", "users.profile:read", "visibility", form=True),
        _method(
            "users.info", "GET", "t4", "users:read", "user! include_locale:bool", "user_not_found", form=True
        ),
        _method(
            "users.list",
            "GET",
            "t2",
            "users:read",
            f"include_locale:bool team_id {_PAGE}",
            "limit_required",
            form=True,
        ),
        _method(
            "users.lookupByEmail", "GET", "t3", "users:read.email", "email!", "users_not_found", form=True
        ),
        _method(
            "users.profile.get",
            "GET",
            "t4",
            "users.profile:read",
            "user include_labels:bool",
            "user_not_found",
            form=True,
        ),
        _method("users.getPresence", "GET", "t3", "users:read", "user", "user_not_found", form=True),
        _method(
            "users.conversations",
            "GET",
            "t3",
            _READ,
            f"user exclude_archived:bool types:list team_id {_PAGE}",
            "invalid_limit invalid_types user_not_found",
            form=True,
        ),
        _method(
            "usergroups.list",
            "GET",
            "t2",
            "usergroups:read",
            "include_count:bool include_disabled:bool include_users:bool team_id",
            "plan_upgrade_required",
            form=True,
        ),
        _method(
            "usergroups.create",
            "POST",
            "t2",
            "usergroups:write",
            "name! handle description channels:list include_count:bool team_id enable_section:bool",
            "handle_already_exists name_already_exists missing_subteam_name invalid_channel_provided description_too_long "
            + _GROUP_ERRORS,
        ),
        _method(
            "usergroups.update",
            "POST",
            "t2",
            "usergroups:write",
            "usergroup! name handle description channels:list include_count:bool team_id enable_section:bool",
            "handle_already_exists name_already_exists invalid_channel_provided description_too_long "
            + _GROUP_ERRORS,
        ),
        _method(
            "usergroups.enable",
            "POST",
            "t2",
            "usergroups:write",
            "usergroup! include_count:bool team_id",
            _GROUP_ERRORS,
        ),
        _method(
            "usergroups.disable",
            "POST",
            "t2",
            "usergroups:write",
            "usergroup! include_count:bool team_id",
            _GROUP_ERRORS,
        ),
        _method(
            "usergroups.users.list",
            "GET",
            "t2",
            "usergroups:read",
            "usergroup! include_disabled:bool team_id",
            _GROUP_ERRORS,
            form=True,
        ),
        _method(
            "usergroups.users.update",
            "POST",
            "t2",
            "usergroups:write",
            "usergroup! users!:list include_count:bool team_id",
            "invalid_users failed_for_some_users no_users_provided " + _GROUP_ERRORS,
        ),
        _method(
            "views.open", "POST", "t4", "", "trigger_id interactivity_pointer view!:json", _TRIGGER_ERRORS
        ),
        _method(
            "views.push",
            "POST",
            "t4",
            "",
            "trigger_id interactivity_pointer view!:json",
            _TRIGGER_ERRORS + " not_found push_limit_reached",
        ),
        _method(
            "views.update",
            "POST",
            "t4",
            "",
            "view!:json view_id external_id hash",
            "duplicate_external_id hash_conflict not_found view_too_large",
        ),
        _method(
            "views.publish",
            "POST",
            "t4",
            "",
            "user_id! view!:json hash",
            "duplicate_external_id hash_conflict not_enabled view_too_large user_not_found",
        ),
        _method(
            "files.getUploadURLExternal",
            "POST",
            "t4",
            "files:write",
            "filename! length!:int alt_txt snippet_type",
            "file_upload_size_restricted",
            form=True,
        ),
        _method(
            "files.completeUploadExternal",
            "POST",
            "t4",
            "files:write",
            "files!:json channel_id channels:list thread_ts initial_comment blocks:json",
            "channel_not_found file_not_found invalid_channel not_in_channel invalid_blocks user_not_found",
        ),
    )
}
