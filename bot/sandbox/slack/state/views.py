"""Modals and Home tabs: a stack of at most three per person, a Home per person and app."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.slack.blocks import element_lookup, form, visible
from bot.sandbox.slack.blocks.form import Form
from bot.sandbox.slack.blocks.normalise import normalise
from bot.sandbox.slack.core.errors import Json, SlackError
from bot.sandbox.slack.core.ids import Ids, secret
from bot.sandbox.slack.state.apps import App

DEPTH = 3


@dataclass(eq=False)
class View:
    """One open modal or one Home tab. `errors` are those now shown, by the label of the input."""

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
        """New content; what was typed stays where its place stays."""
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
        """The label of the button that sends the form, None where there is none."""
        return visible.label({"text": self.definition["submit"]}) if self.definition.get("submit") else None

    @property
    def labels(self) -> list[str]:
        """Labels of the inputs, from top to bottom."""
        return [block["label"]["text"] for block in self.blocks if block["type"] == "input"]

    @property
    def texts(self) -> list[str]:
        """Every visible text, without the labels of buttons."""
        return visible.texts(self.blocks)

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def buttons(self) -> list[str]:
        return visible.buttons(self.blocks)

    def value(self, field: str) -> Any:
        """What a field (by its label) holds: text, the text of the option, an id, or a list of these."""
        return form.shown(self.form.get(element_lookup.field(self.blocks, field).key), {})

    def as_json(self) -> Json:
        """The view object of payloads and answers."""
        given = self.definition
        return {
            "id": self.id,
            "team_id": self.team_id,
            "type": given["type"],
            "blocks": self.blocks,
            "private_metadata": given.get("private_metadata", ""),
            "callback_id": given.get("callback_id", ""),
            "state": self.form.as_json(),
            "hash": self.hash,
            "title": given.get("title"),
            "submit": given.get("submit"),
            "close": given.get("close"),
            "clear_on_close": bool(given.get("clear_on_close", False)),
            "notify_on_close": bool(given.get("notify_on_close", False)),
            "submit_disabled": bool(given.get("submit_disabled", False)),
            "previous_view_id": self.previous_id,
            "root_view_id": self.root_id,
            "app_id": self.app.id,
            "external_id": self.external_id,
            "app_installed_team_id": self.team_id,
            "bot_id": self.app.bot_id,
        }


class Views:
    """All views of the team."""

    def __init__(self, ids: Ids, team_id: str, changed: Callable[[], None]) -> None:
        self._ids, self._team_id, self._changed = ids, team_id, changed
        self._stacks: dict[str, list[View]] = {}
        self.homes: dict[tuple[str, str], View] = {}

    def stack(self, user_id: str) -> list[View]:
        """The open modals of a person, the visible one last."""
        return list(self._stacks.get(user_id, []))

    def top(self, user_id: str) -> View | None:
        stack = self._stacks.get(user_id)
        return stack[-1] if stack else None

    def home(self, user_id: str, app: App) -> View | None:
        return self.homes.get((user_id, app.id))

    def open(self, user_id: str, app: App, definition: Json) -> View:
        """Opens a modal; whatever the person had open is gone."""
        self._check_external(app, definition, None)
        view = self._new(user_id, app, definition)
        self._stacks[user_id] = [view]
        self._changed()
        return view

    def push(self, user_id: str, app: App, definition: Json) -> View:
        """Puts a modal on top; `push_limit_reached` over three, `not_found` where none is open."""
        stack = self._stacks.get(user_id, [])
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= DEPTH:
            raise SlackError("push_limit_reached")
        self._check_external(app, definition, None)
        view = self._new(user_id, app, definition, stack[0].id, stack[-1].id)
        stack.append(view)
        self._changed()
        return view

    def find(self, app: App, view_id: str | None = None, external_id: str | None = None) -> View:
        """An open view or a Home by one of its ids; `not_found` otherwise."""
        for view in [*self.homes.values(), *(each for stack in self._stacks.values() for each in stack)]:
            ours = view.app is app
            if ours and (view.id == view_id or (external_id and view.external_id == external_id)):
                return view
        raise SlackError("not_found")

    def update(self, view: View, definition: Json, expected: str | None) -> None:
        if expected is not None and expected != view.hash:
            raise SlackError("hash_conflict")
        self._check_external(view.app, definition, view)
        view.replace(definition)
        self._changed()

    def publish(self, user_id: str, app: App, definition: Json, expected: str | None) -> View:
        """A person's Home tab; made at the first time."""
        view = self.home(user_id, app)
        if view is None:
            view = self.homes[user_id, app.id] = self._new(user_id, app, definition)
            self._changed()
        else:
            self.update(view, definition, expected)
        return view

    def remove(self, view: View) -> None:
        """Takes just this view off the screen; what lies below or was put above stays."""
        stack = self._stacks.get(view.user_id, [])
        if view in stack:
            stack.remove(view)
        self._changed()

    def close(self, view: View, *, whole_stack: bool = False) -> list[View]:
        """Takes a view (with those above it), or the whole stack, off the screen; returns what went."""
        stack = self._stacks.get(view.user_id, [])
        start = 0 if whole_stack else stack.index(view) if view in stack else len(stack)
        gone, self._stacks[view.user_id] = stack[start:], stack[:start]
        self._changed()
        return gone

    def _new(
        self, user_id: str, app: App, definition: Json, root: str = "", previous: str | None = None
    ) -> View:
        return View(self._ids.new("V"), app, user_id, self._team_id, definition, root, previous)

    def _check_external(self, app: App, definition: Json, own: View | None) -> None:
        external_id: Any = definition.get("external_id")
        if not external_id:
            return
        try:
            found = self.find(app, external_id=external_id)
        except SlackError:
            return
        if found is not own:
            raise SlackError("duplicate_external_id")
