"""A person's actions in the page: the client that tests drive, with elements by the ids in the page.

The page names a surface `m/channel/ts` (a message), `e/ts` (an ephemeral message) or `v/view` (a view).
"""

from typing import Any

from bot.sandbox.slack import LocalSlack, NotVisible, Outcome, Person
from bot.sandbox.slack.blocks.visible import BlockElement, block_elements
from bot.sandbox.slack.client.surfaces import Surface, ViewSurface
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Message
from bot.sandbox.slack.state.views import View

NOT_ON_SCREEN = "That is no longer on the screen."


class PageActions(Person):
    """One person at one surface: a message, the modal on top, or a Home tab."""

    def __init__(self, slack: LocalSlack, user_id: str, app: App, at: Message | View) -> None:
        super().__init__(slack, user_id, app)
        self.at = at

    @property
    def surface(self) -> Surface:
        return self.client.surface(self.at) if isinstance(self.at, Message) else ViewSurface(self.at)

    def target(self, block_id: str, action_id: str) -> BlockElement:
        """The element with these ids.

        Raises:
            NotVisible: the surface has changed meanwhile and has none.
        """
        for element in block_elements(self.surface.blocks):
            if element.key == (block_id, action_id):
                return element
        raise NotVisible(NOT_ON_SCREEN)

    async def press_at(self, target: BlockElement, **choice: Any) -> Outcome:
        """Press a button, or (with `selected_option`) an entry of an overflow menu."""
        return await self.client.act(self.surface, target, **choice)

    async def set_at(self, target: BlockElement, value: Any) -> Outcome:
        """Set the value of a field, and dispatch an action where Slack does."""
        return await self._set(self.surface, target, value)

    def type_at(self, target: BlockElement, text: str) -> None:
        """Set the text of a field, without an action."""
        self.surface.form.set(target.key, text or None)
        self.slack.changes.notify()

    async def dispatch_typing_at(self, target: BlockElement, moment: str) -> Outcome:
        """Dispatch an action for typing, if the app asked for it at this moment."""
        return await self._dispatch_typing(self.surface, target, moment)

    async def options_at(self, target: BlockElement, query: str) -> list[Json]:
        return await self._options(self.surface, target, query)


def page_actions_at(slack: LocalSlack, user_id: str, ref: str) -> PageActions:
    """The person at the surface that the page names.

    Raises:
        NotVisible: they cannot see it any more, or its app is not installed any more.
    """
    kind, _, rest = ref.partition("/")
    surface = find_view(slack, user_id, rest) if kind == "v" else find_message(slack, user_id, ref)
    if surface is None:
        raise NotVisible(NOT_ON_SCREEN)
    app = surface.app if isinstance(surface, View) else slack.workspace.apps.get(str(surface.app_id))
    if app is None:
        raise NotVisible("The app that wrote this is not installed any more.")
    return PageActions(slack, user_id, app, surface)


def surface_ref(surface: Message | View) -> str:
    """The page's name of a surface."""
    if isinstance(surface, View):
        return f"v/{surface.id}"
    return f"e/{surface.ts}" if surface.ephemeral_for else f"m/{surface.channel}/{surface.ts}"


def find_message(slack: LocalSlack, user_id: str, ref: str) -> Message | None:
    """A message by the page's name, if this person can see it."""
    kind, *parts = ref.split("/")
    if kind == "e" and len(parts) == 1:
        messages = slack.inbox.ephemeral(user_id)
        return next((message for message in messages if message.ts == parts[0]), None)
    channel = slack.workspace.channels.get(parts[0]) if kind == "m" and len(parts) > 1 else None
    return channel.find(parts[1]) if channel and user_id in channel.members else None


def find_view(slack: LocalSlack, user_id: str, view_id: str) -> View | None:
    """The modal on top or a Home tab of this person; modals below the top cannot be used."""
    homes = (slack.views.home(user_id, app) for app in slack.workspace.apps.values())
    views = (slack.views.top(user_id), *homes)
    return next((view for view in views if view and view.id == view_id), None)
