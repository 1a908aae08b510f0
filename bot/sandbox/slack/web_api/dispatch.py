"""Dispatch of Web API calls: token, scopes, rate limit, arguments, then the method itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from bot.sandbox.slack.core.clock import Schedule
from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.delivery.socket_mode import Sockets
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.files import Files
from bot.sandbox.slack.state.inbox import Inbox
from bot.sandbox.slack.state.triggers import Triggers
from bot.sandbox.slack.state.views import Views
from bot.sandbox.slack.state.workspace import Workspace
from bot.sandbox.slack.web_api.arguments import CallArguments, convert
from bot.sandbox.slack.web_api.rates import Rates
from bot.sandbox.slack.web_api.table import TABLE, Method


class MethodServices(Protocol):
    """What the methods need of the local Slack; `LocalSlack` has it."""

    workspace: Workspace
    views: Views
    inbox: Inbox
    files: Files
    triggers: Triggers
    schedule: Schedule
    sockets: Sockets
    rates: Rates


@dataclass
class Call:
    """An authorised call: `args` holds the arguments that the table names, converted."""

    slack: MethodServices
    method: Method
    app: App
    args: Json

    def get(self, name: str, default: Any = None) -> Any:
        return self.args.get(name, default)

    def require_scope(self, *scopes: str) -> None:
        """Require one of these scopes.

        Raises:
            SlackError: `missing_scope`.
        """
        require_scope(self.app, scopes)


Handler = Callable[[Call], Json]
HANDLERS: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """A decorator that registers the function for a method of the table."""

    def register(handler: Handler) -> Handler:
        HANDLERS[TABLE[name].name] = handler
        return handler

    return register


def dispatch(slack: MethodServices, name: str, arguments: CallArguments) -> Json:
    """Carry out a call and return the body of the answer.

    Raises:
        SlackError: the call is refused; `RateLimited` where it is over its rate limit.
        RuntimeError: the method refused with an error that the table does not list for it.
    """
    row = TABLE.get(name)
    if row is None:
        raise SlackError("unknown_method", req_method=name)
    if arguments.problem:
        raise SlackError(arguments.problem)
    app = _authorise(slack, row, arguments)
    call = Call(slack, row, app, {})
    if row.caller != "nobody":
        require_scope(app, row.scopes)
        slack.rates.count(app.id, name, row.tier)
    call.args = _convert_all(row, arguments.combine(row.json))
    return {"ok": True, **_run(call)}


def _run(call: Call) -> Json:
    try:
        return HANDLERS[call.method.name](call)
    except SlackError as refusal:
        if refusal.code not in call.method.errors and "*" not in call.method.errors:
            raise RuntimeError(f"{call.method.name} has no error {refusal.code} in the table") from refusal
        raise


def _authorise(slack: MethodServices, row: Method, arguments: CallArguments) -> App:
    token = arguments.token
    if row.caller == "nobody":
        return next(iter(slack.workspace.apps.values()), NO_APP)
    if not token:
        raise SlackError("not_authed")
    for app in slack.workspace.apps.values():
        if token in (app.bot_token, app.app_token):
            return _check_token_kind(app, row, "bot" if token == app.bot_token else "app")
    raise SlackError("invalid_auth")


def _check_token_kind(app: App, row: Method, kind: str) -> App:
    if not app.installed:
        raise SlackError("account_inactive")
    if row.caller not in (kind, "any"):
        raise SlackError("not_allowed_token_type")
    return app


def require_scope(app: App, scopes: tuple[str, ...]) -> None:
    """Require that the app has one of these scopes; none at all requires nothing.

    Raises:
        SlackError: `missing_scope`, with `needed` and `provided`.
    """
    if scopes and not app.scopes & set(scopes):
        raise SlackError("missing_scope", needed=",".join(scopes), provided=app.scope_list())


def _convert_all(row: Method, values: Json) -> Json:
    missing = [
        argument.name
        for argument in row.arguments
        if argument.required and values.get(argument.name) in (None, "")
    ]
    missing = [name for name in missing if not (name == "users" and name in values)]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
    kinds = {argument.name: argument.kind for argument in row.arguments}
    return {name: _convert(row, name, kinds[name], value) for name, value in values.items() if name in kinds}


def _convert(row: Method, name: str, kind: str, value: Any) -> Any:
    try:
        return convert(name, kind, value)
    except SlackError as refusal:
        raise (refusal if refusal.code in row.errors else invalid_arguments(f"invalid {name}")) from None


NO_APP = App("", "", "", "", "", "", "", "", "", set(), set(), {}, [])
