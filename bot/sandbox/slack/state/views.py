"""Modals and Home tabs: a stack of modals per person, a Home tab per person and app.

https://docs.slack.dev/surfaces/modals
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks import element_lookup, visible
from bot.sandbox.slack.blocks.form import Form, display_value
from bot.sandbox.slack.blocks.normalise import normalise
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.core.ids import Ids, secret
from bot.sandbox.slack.state.apps import App

DEPTH = 3  # modals on top of each other


@dataclass(eq=False)
class View:
    """An open modal or a Home tab. `errors` are those on the screen, by the label of the input."""

    id: str
    app: App
    user_id: str
    team_id: str
    definition: Json
    root_id: str = ""
    previous_id: str | None = None
    hash: str = ""
    errors: dict[str, str] = field(default_factory=dict)
    form: Form = field(init=False)

    def __post_init__(self) -> None:
        self.root_id = self.root_id or self.id
        self.definition = {**self.definition, "blocks": normalise(self.definition["blocks"])}
        self.form = Form(self.blocks)
        self.hash = secret()

    def replace(self, definition: Json) -> None:
        """Replace the content; values are kept as `Form.sync` says."""
        self.definition = {**definition, "blocks": normalise(definition["blocks"])}
        self.form.sync(self.blocks)
        self.errors = {}
        self.hash = secret()

    @property
    def blocks(self) -> list[Json]:
        return list(self.definition["blocks"])

    @property
    def external_id(self) -> str:
        return str(self.definition.get("external_id") or "")

    @property
    def title(self) -> str:
        return visible.label({"text": self.definition.get("title")})

    @property
    def submit(self) -> str | None:
        """The label of the submit button, None where there is none."""
        return visible.label({"text": self.definition["submit"]}) if self.definition.get("submit") else None

    @property
    def labels(self) -> list[str]:
        """The labels of the inputs, from top to bottom."""
        return [block["label"]["text"] for block in self.blocks if block["type"] == "input"]

    @property
    def texts(self) -> list[str]:
        """Every visible text, except the labels of buttons."""
        return visible.texts(self.blocks)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def buttons(self) -> list[str]:
        return visible.buttons(self.blocks)

    def value(self, field: str) -> Any:
        """The value of a field by its label: text, the text of an option, an id, or a list of these."""
        return display_value(self.form.get(element_lookup.field(self.blocks, field).key), {})

    def as_json(self) -> Json:
        """The view object of payloads and of `views.*`."""
        definition = self.definition
        return {
            "id": self.id,
            "team_id": self.team_id,
            "type": definition["type"],
            "blocks": self.blocks,
            "private_metadata": definition.get("private_metadata", ""),
            "callback_id": definition.get("callback_id", ""),
            "state": self.form.as_json(),
            "hash": self.hash,
            "title": definition.get("title"),
            "submit": definition.get("submit"),
            "close": definition.get("close"),
            "clear_on_close": bool(definition.get("clear_on_close", False)),
            "notify_on_close": bool(definition.get("notify_on_close", False)),
            "submit_disabled": bool(definition.get("submit_disabled", False)),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": self.app.id,
            "external_id": self.external_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.app.bot_id,
        }


class Views:
    """All views of the team. `notify` is called at each change."""

    def __init__(self, ids: Ids, team_id: str, notify: Callable[[], None]) -> None:
        self._ids, self._team_id, self._notify = ids, team_id, notify
        self._stacks: dict[str, list[View]] = {}
        self.homes: dict[tuple[str, str], View] = {}

    def stack(self, user_id: str) -> list[View]:
        """The open modals of a person, the topmost last."""
        return list(self._stacks.get(user_id, []))

    def top(self, user_id: str) -> View | None:
        stack = self._stacks.get(user_id)
        return stack[-1] if stack else None

    def home(self, user_id: str, app: App) -> View | None:
        return self.homes.get((user_id, app.id))

    def open(self, user_id: str, app: App, definition: Json) -> View:
        """Open a modal in place of all that the person had open."""
        self._check_external_id(app, definition, None)
        view = self._new(user_id, app, definition)
        self._stacks[user_id] = [view]
        self._notify()
        return view

    def push(self, user_id: str, app: App, definition: Json) -> View:
        """Open a modal on top of the others.

        Raises:
            SlackError: `push_limit_reached` over three, `not_found` where none is open.
        """
        stack = self._stacks.get(user_id, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEPTH:
            raise SlackError("push_limit_reached")
        self._check_external_id(app, definition, None)
        view = self._new(user_id, app, definition, stack[0].id, stack[-1].id)
        stack.append(view)
        self._notify()
        return view

    def find(self, app: App, view_id: str | None = None, external_id: str | None = None) -> View:
        """An app's open modal or Home tab by one of its ids.

        Raises:
            SlackError: `not_found`.
        """
        for view in [*self.homes.values(), *(view for stack in self._stacks.values() for view in stack)]:
            is_own = view.app is app
            if is_own and (view.id == view_id or (external_id and view.external_id == external_id)):
                return view
        raise SlackError("not_found")

    def update(self, view: View, definition: Json, expected_hash: str | None) -> None:
        """Replace the content of a view.

        Raises:
            SlackError: `hash_conflict` where the hash is another one, `duplicate_external_id`.
        """
        if expected_hash is not None and expected_hash != view.hash:
            raise SlackError("hash_conflict")
        self._check_external_id(view.app, definition, view)
        view.replace(definition)
        self._notify()

    def publish(self, user_id: str, app: App, definition: Json, expected_hash: str | None) -> View:
        """Create or update a person's Home tab."""
        view = self.home(user_id, app)
        if view is None:
            view = self.homes[user_id, app.id] = self._new(user_id, app, definition)
            self._notify()
        else:
            self.update(view, definition, expected_hash)
        return view

    def remove(self, view: View) -> None:
        """Close this view only; those below and above it stay."""
        stack = self._stacks.get(view.user_id, [])
        if view in stack:
            stack.remove(view)
        self._notify()

    def close(self, view: View, *, whole_stack: bool = False) -> list[View]:
        """Close a view with those above it, or the whole stack; return what was closed."""
        stack = self._stacks.get(view.user_id, [])
        start = 0 if whole_stack else stack.index(view) if view in stack else len(stack)
        closed, self._stacks[view.user_id] = stack[start:], stack[:start]
        self._notify()
        return closed

    def _new(
        self, user_id: str, app: App, definition: Json, root: str = "", previous: str | None = None
    ) -> View:
        return View(self._ids.new("V"), app, user_id, self._team_id, definition, root, previous)

    def _check_external_id(self, app: App, definition: Json, own: View | None) -> None:
        external_id: Any = definition.get("external_id")
        if not external_id:
            return
        try:
            other = self.find(app, external_id=external_id)
        except SlackError:
            return
        if other is not own:
            raise SlackError("duplicate_external_id")
