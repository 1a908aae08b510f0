"""A person's hands in the browser: the same client that tests drive, by the ids that stand in the page."""

from typing import Any

from bot.sandbox.slack import LocalSlack, NotVisible, Outcome, Person
from bot.sandbox.slack.blocks.visible import Placed, placed
from bot.sandbox.slack.client.surfaces import Surface, ViewSurface
from bot.sandbox.slack.core.errors import Json
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Message
from bot.sandbox.slack.state.views import View

GONE = "That is no longer on the screen."


class Hands(Person):
    """One person, at one surface: a message, the modal on top, or a Home tab."""

    def __init__(self, slack: LocalSlack, user_id: str, app: App, at: Message | View) -> None:
        super().__init__(slack, user_id, app)
        self.at = at

    @property
    def surface(self) -> Surface:
        return self.client.surface(self.at) if isinstance(self.at, Message) else ViewSurface(self.at)

    def target(self, block_id: str, action_id: str) -> Placed:
        """The element with these ids; `NotVisible` where the surface has changed meanwhile."""
        for each in placed(self.surface.blocks):
            if each.key == (block_id, action_id):
                return each
        raise NotVisible(GONE)

    async def press_at(self, target: Placed, **chosen: Any) -> Outcome:
        """A button, or (with `selected_option`) an entry of an overflow menu."""
        return await self.client.act(self.surface, target, **chosen)

    async def set_at(self, target: Placed, value: Any) -> Outcome:
        return await self._set(self.surface, target, value)

    def type_at(self, target: Placed, text: str) -> None:
        """What stands in a text field now; nobody is told yet."""
        self.surface.form.set(target.key, text or None)
        self.slack.changes.notify()

    async def typed_at(self, target: Placed, moment: str) -> Outcome:
        """Tells the app of typing, where it asked for this moment."""
        return await self._dispatch_typed(self.surface, target, moment)

    async def offered_at(self, target: Placed, typed: str) -> list[Json]:
        return await self._offered(self.surface, target, typed)


def hands_at(slack: LocalSlack, user_id: str, ref: str) -> Hands:
    """For a surface as the page names it: `m/channel/ts`, `e/ts` (only visible to you), `v/view`."""
    kind, _, rest = ref.partition("/")
    thing = view_of(slack, user_id, rest) if kind == "v" else message_of(slack, user_id, ref)
    if thing is None:
        raise NotVisible(GONE)
    app = thing.app if isinstance(thing, View) else slack.workspace.apps.get(str(thing.app_id))
    if app is None:
        raise NotVisible("The app that wrote this is not installed any more.")
    return Hands(slack, user_id, app, thing)


def ref_of(thing: Message | View) -> str:
    """How the page names a surface."""
    if isinstance(thing, View):
        return f"v/{thing.id}"
    return f"e/{thing.ts}" if thing.ephemeral_for else f"m/{thing.channel}/{thing.ts}"


def message_of(slack: LocalSlack, user_id: str, ref: str) -> Message | None:
    """A message that this person can see."""
    kind, *parts = ref.split("/")
    if kind == "e" and len(parts) == 1:
        return next((each for each in slack.inbox.ephemeral(user_id) if each.ts == parts[0]), None)
    channel = slack.workspace.channels.get(parts[0]) if kind == "m" and len(parts) > 1 else None
    return channel.find(parts[1]) if channel and user_id in channel.members else None


def view_of(slack: LocalSlack, user_id: str, view_id: str) -> View | None:
    """The modal on top or a Home tab of this person; views below the top cannot be touched."""
    homes = (slack.views.home(user_id, app) for app in slack.workspace.apps.values())
    return next((each for each in (slack.views.top(user_id), *homes) if each and each.id == view_id), None)
