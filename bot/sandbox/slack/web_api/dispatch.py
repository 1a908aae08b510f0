"""From a call to its answer: who calls, may they, how often, with what; then the method itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.sandbox.slack.core.errors import Json, SlackError, invalid_arguments
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.web_api.arguments import Incoming, convert
from bot.sandbox.slack.web_api.table import TABLE, Method

if TYPE_CHECKING:
    from bot.sandbox.slack.local_slack import LocalSlack


@dataclass
class Call:
    """One authorised call: `args` holds only arguments of the table, converted."""

    slack: "LocalSlack"
    method: Method
    app: App
    args: Json

    def get(self, name: str, default: Any = None) -> Any:
        return self.args.get(name, default)

    def need(self, *scopes: str) -> None:
        """Refuses unless the app has one of these scopes."""
        require_scope(self.app, scopes)


Handler = Callable[[Call], Json]
HANDLERS: dict[str, Handler] = {}


def handles(name: str) -> Callable[[Handler], Handler]:
    """Registers the function that carries out a method of the table."""

    def register(handler: Handler) -> Handler:
        HANDLERS[TABLE[name].name] = handler
        return handler

    return register


def dispatch(slack: "LocalSlack", name: str, incoming: Incoming) -> Json:
    """The answer's body; raises `SlackError` for every refusal."""
    row = TABLE.get(name)
    if row is None:
        raise SlackError("unknown_method", req_method=name)
    if incoming.problem:
        raise SlackError(incoming.problem)
    app = _authorise(slack, row, incoming)
    call = Call(slack, row, app, {})
    if row.caller != "nobody":
        require_scope(app, row.scopes)
        slack.rates.count(app.id, name, row.tier)
    call.args = _convert(row, incoming.merged(row.json))
    return {"ok": True, **_run(call)}


def _run(call: Call) -> Json:
    try:
        return HANDLERS[call.method.name](call)
    except SlackError as refusal:
        if refusal.code not in call.method.errors and "*" not in call.method.errors:
            raise RuntimeError(f"{call.method.name} has no error {refusal.code} in the table") from refusal
        raise


def _authorise(slack: "LocalSlack", row: Method, incoming: Incoming) -> App:
    token = incoming.token
    if row.caller == "nobody":
        return next(iter(slack.workspace.apps.values()), NOBODY)
    if not token:
        raise SlackError("not_authed")
    for app in slack.workspace.apps.values():
        if token in (app.bot_token, app.app_token):
            return _usable(app, row, "bot" if token == app.bot_token else "app")
    raise SlackError("invalid_auth")


def _usable(app: App, row: Method, kind: str) -> App:
    if not app.installed:
        raise SlackError("account_inactive")
    if row.caller not in (kind, "any"):
        raise SlackError("not_allowed_token_type")
    return app


def require_scope(app: App, scopes: tuple[str, ...]) -> None:
    """`missing_scope`, with what is needed and what there is, unless the app has one of these scopes."""
    if scopes and not app.scopes & set(scopes):
        raise SlackError("missing_scope", needed=",".join(scopes), provided=app.scope_list())


def _convert(row: Method, values: Json) -> Json:
    missing = [each.name for each in row.arguments if each.required and values.get(each.name) in (None, "")]
    missing = [name for name in missing if not (name == "users" and name in values)]
    if missing:
        raise invalid_arguments(*(f"missing required field: {name}" for name in missing))
    known = {each.name: each.kind for each in row.arguments}
    return {
        name: _converted(row, name, known[name], value) for name, value in values.items() if name in known
    }


def _converted(row: Method, name: str, kind: str, value: Any) -> Any:
    try:
        return convert(name, kind, value)
    except SlackError as refusal:
        raise (refusal if refusal.code in row.errors else invalid_arguments(f"invalid {name}")) from None


NOBODY = App("", "", "", "", "", "", "", "", "", set(), set(), {}, [])
