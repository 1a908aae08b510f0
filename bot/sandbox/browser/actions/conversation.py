"""Opening a conversation and writing in it; commands and shortcuts, which belong to no element."""

from dataclasses import replace

from bot.sandbox.browser.actions.page_actions import find_message
from bot.sandbox.browser.place import Place
from bot.sandbox.browser.window import Window
from bot.sandbox.slack import LocalSlack, NotVisible, Outcome, Person
from bot.sandbox.slack.state.apps import App
from bot.sandbox.slack.state.conversations import Channel


def installed_apps(slack: LocalSlack) -> list[App]:
    """The workspace's apps, without those that were uninstalled."""
    return [app for app in slack.workspace.apps.values() if app.installed]


def with_default_conversation(slack: LocalSlack, place: Place) -> Place:
    """The place; without a conversation that there is, at the Messages tab of the first app."""
    places = {*slack.workspace.channels, *slack.workspace.apps}
    if place.where in places or not installed_apps(slack):
        return place
    return replace(place, where=slack.workspace.im(place.user_id, installed_apps(slack)[0]).id)


def app_at(slack: LocalSlack, place: Place) -> App | None:
    """The app whose Home or Messages tab is open, if it is one."""
    channel = slack.workspace.channels.get(place.where)
    for app in installed_apps(slack):
        if app.id == place.where or (channel and channel.kind == "im" and app.bot_user_id in channel.members):
            return app
    return None


def go_to(window: Window, place: Place) -> None:
    """Show a place; an app whose tab is opened by that gets app_home_opened."""
    place = with_default_conversation(window.slack, place)
    before, app = window.place, app_at(window.slack, place)
    window.go(place)
    if app and (before.user_id, before.where) != (place.user_id, place.where):
        notify_app_opened(window, app)


def notify_app_opened(window: Window, app: App) -> None:
    """Send app_home_opened for this person, in the background."""
    person = window.slack.person(window.place.user_id, app)
    tab = "home" if window.place.where == app.id else "messages"

    async def open_tab() -> None:
        await person.open_home(tab)

    window.background(open_tab())


def _channel(window: Window) -> Channel:
    channel = window.slack.workspace.channels.get(window.place.where)
    if channel is None:
        raise NotVisible("There is no conversation open.")
    return channel


async def say(window: Window, text: str, thread: str | None) -> None:
    """Send a message, a reply, or a slash command."""
    if text.startswith("/"):
        await _command(window, text, thread)
    elif text.strip():
        channel, person = _channel(window), _person(window)
        parent = channel.find(thread) if thread else None
        await (person.reply(parent, text) if parent else person.say(channel, text))


def _person(window: Window) -> Person:
    app = app_at(window.slack, window.place) or installed_apps(window.slack)[0]
    return window.slack.person(window.place.user_id, app)


async def _command(window: Window, text: str, thread: str | None) -> None:
    name, _, rest = text.partition(" ")
    app = next((app for app in installed_apps(window.slack) if name in app.commands), None)
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


async def shortcut(window: Window, app_id: str, callback_id: str) -> None:
    """Use a global shortcut of an app."""
    person = window.slack.person(window.place.user_id, window.slack.workspace.apps[app_id])
    _notice_trouble(window, await person.shortcut(callback_id))


async def message_action(window: Window, ref: str, app_id: str, callback_id: str) -> None:
    """Use an app's shortcut in the menu of a message.

    Raises:
        NotVisible: the message is gone.
    """
    message = find_message(window.slack, window.place.user_id, ref)
    if message is None:
        raise NotVisible("The message is gone.")
    person = window.slack.person(window.place.user_id, window.slack.workspace.apps[app_id])
    _notice_trouble(window, await person.message_action(message, callback_id))


def _notice_trouble(window: Window, outcome: Outcome) -> None:
    if outcome.trouble:
        window.notice(outcome.trouble)
