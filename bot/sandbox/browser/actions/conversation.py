"""Going somewhere, writing there, and what is not tied to one element: commands and shortcuts."""

from dataclasses import replace

from bot.sandbox.browser.actions.page_actions import message_of
from bot.sandbox.browser.place import Place
from bot.sandbox.browser.window import Window
from bot.sandbox.slack import LocalSlack, NotVisible, Outcome, Person
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel


def apps(slack: LocalSlack) -> list[App]:
    """The apps that are installed now."""
    return [each for each in slack.workspace.apps.values() if each.installed]


def settled(slack: LocalSlack, there: Place) -> Place:
    """The place with its conversation filled in: the first app's Messages tab where none was named."""
    if there.where or not apps(slack):
        return there
    return replace(there, where=slack.workspace.im(there.user_id, apps(slack)[0]).id)


def app_of(slack: LocalSlack, there: Place) -> App | None:
    """The app whose Home or conversation is open, if it is one."""
    channel = slack.workspace.channels.get(there.where)
    for app in apps(slack):
        if app.id == there.where or (channel and channel.kind == "im" and app.bot_user_id in channel.members):
            return app
    return None


def arrive(window: Window, there: Place) -> None:
    """Shows a place; an app is told where its Home or Messages tab is opened."""
    there = settled(window.slack, there)
    before, app = window.place, app_of(window.slack, there)
    window.go(there)
    if app and (before.user_id, before.where) != (there.user_id, there.where):
        announce(window, app)


def announce(window: Window, app: App) -> None:
    """Tells the app that this person opened it."""
    person = window.slack.person(window.place.user_id, app)
    tab = "home" if window.place.where == app.id else "messages"

    async def tell() -> None:
        await person.open_home(tab)

    window.background(tell())


def _channel(window: Window) -> Channel:
    found = window.slack.workspace.channels.get(window.place.where)
    if found is None:
        raise NotVisible("There is no conversation open.")
    return found


async def say(window: Window, text: str, thread: str | None) -> None:
    """A message, a reply, or a slash command."""
    if text.startswith("/"):
        await _command(window, text, thread)
    elif text.strip():
        channel, person = _channel(window), _person(window)
        parent = channel.find(thread) if thread else None
        await (person.reply(parent, text) if parent else person.say(channel, text))


def _person(window: Window) -> Person:
    app = app_of(window.slack, window.place) or apps(window.slack)[0]
    return window.slack.person(window.place.user_id, app)


async def _command(window: Window, text: str, thread: str | None) -> None:
    name, _, rest = text.partition(" ")
    app = next((each for each in apps(window.slack) if name in each.commands), None)
    person = window.slack.person(window.place.user_id, app) if app else _person(window)
    window.busy.add("command")
    window.changed.set()
    try:
        result = await person.command(name, rest.strip(), channel=_channel(window), thread_ts=thread)
    finally:
        window.busy.discard("command")
        window.changed.set()
    if result.trouble:
        window.notice(result.trouble)


async def shortcut(window: Window, app_id: str, callback: str) -> None:
    """A global shortcut of an app."""
    person = window.slack.person(window.place.user_id, window.slack.workspace.apps[app_id])
    _tell(window, await person.shortcut(callback))


async def message_action(window: Window, ref: str, app_id: str, callback: str) -> None:
    """An app's entry in the menu of a message."""
    message = message_of(window.slack, window.place.user_id, ref)
    if message is None:
        raise NotVisible("The message is gone.")
    person = window.slack.person(window.place.user_id, window.slack.workspace.apps[app_id])
    _tell(window, await person.message_action(message, callback))


def _tell(window: Window, outcome: Outcome) -> None:
    if outcome.trouble:
        window.notice(outcome.trouble)
