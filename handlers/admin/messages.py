"""Messages in the company's own words: the list of them, wording one, and how it would look."""

from blocks import kit
from blocks.admin.fields.base import InvalidForm
from blocks.admin.forms import message as screen
from blocks.admin.forms.message_example import ExamplePeople
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import layout, messages
from blocks.kit import Block, View
from handlers.admin import screens
from handlers.admin.gate import admins_only
from handlers.desk import Desk
from handlers.funnel import listener
from handlers.incoming import Click, Incoming, Submission
from handlers.routes import Routes
from models.errors import NotFound
from models.lifecycle.catalogue import edit_message as verbs
from models.lifecycle.catalogue import propose_change
from models.lifecycle.catalogue.edit_message import MessageEntry
from models.registry.directory import Directory, another_person, names_of
from models.store.case import Case
from models.tables import catalogue
from models.wording.messages import MessageKey

FIELDS = {"subject": "subject", "text": "text"}


async def open_list(click: Click) -> None:
    """Show every message."""
    await click.open(await _list(click))


async def open_form(click: Click) -> None:
    """Open the form that words one."""
    entry = await _entry(click, click.value)
    await click.open(screen.build(entry, AdminPlace(part=entry.key.value, version=entry.version)))


async def preview(click: Click) -> None:
    """Show below the fields how it would look; what was typed stays."""
    place = screens.place_of(click)
    entry = await _entry(click, place.part)
    try:
        words = screen.parse(entry.key, click.values)
        shown = screen.preview(entry.key, words, await _people(click), click.desk.clock.now())
    except InvalidForm as problems:
        shown = screen.problem_blocks(
            f"{name.capitalize()}: {said}" for name, said in problems.errors.items()
        )
    await click.redraw(screen.build(entry, place, shown))


async def standard(click: Click) -> None:
    """Put the standard words into the form; they hold once it is saved."""
    place = screens.place_of(click)
    entry = await _entry(click, place.part)
    await click.redraw(screen.build(entry, screen.reset_to_standard(place)))


async def save(sent: Submission) -> None:
    """Save the words, or propose them where two people are needed; the form closes."""
    place = screens.place_of(sent)
    key = _key(place.part)
    words = screen.parse(key, sent.values)
    said = await sent.run(verbs.change_message, key, words, place.version, sent.person)
    await screens.redraw_view(sent, str(sent.view.get("previous_view_id") or ""), await _list(sent))
    if said:
        await sent.answer(response_action="update", view=dict(kit.notice("Proposed", said)))


def register(routes: Routes, desk: Desk) -> None:
    """Listen for what is done with messages."""
    clicks = {
        AdminAction.MESSAGES: open_list, AdminAction.EDIT_MESSAGE: open_form,
        AdminAction.PREVIEW_MESSAGE: preview,
        AdminAction.STANDARD_WORDS: standard,
    }  # fmt: skip
    for action, handle in clicks.items():
        routes.action(action)(listener(desk, Click, admins_only(handle)))
    routes.view(AdminScreen.MESSAGE)(listener(desk, Submission, admins_only(save), FIELDS))


def _key(text: str) -> MessageKey:
    try:
        return MessageKey(text)
    except ValueError:
        raise NotFound("There is no such message.") from None


async def _entry(incoming: Incoming, named: str) -> MessageEntry:
    return await incoming.read(verbs.get_message, _key(named), incoming.person)


async def _list(incoming: Incoming) -> View:
    def read(case: Case) -> View:
        return messages.build(verbs.list_messages(case, incoming.person), _waiting(case, incoming.person))

    return await incoming.read(read)


def _waiting(case: Case, viewer: str) -> list[Block]:
    waiting = propose_change.open_changes_of_kind(case, catalogue.MESSAGE)
    return layout.pending_workspace_changes(
        waiting, viewer, propose_change.waiting_for_sentence(case, viewer)
    )


async def _people(incoming: Incoming) -> ExamplePeople:
    """Who looks at it, and another admin or, where there is none, somebody else who is known."""

    def read(case: Case) -> ExamplePeople:
        admins = [one for one in Directory(case).admins() if one != incoming.person]
        other = next(iter(admins), None) or another_person(case, incoming.person) or incoming.person
        return ExamplePeople(incoming.person, other, names_of(case, {incoming.person, other}))

    return await incoming.read(read)
