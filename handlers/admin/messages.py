"""Messages in the company's own words: the list of them, wording one, and how it would look."""

from blocks import kit
from blocks.admin.fields.base import InvalidForm
from blocks.admin.forms import message as screen
from blocks.admin.forms.message_example import ExamplePeople
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import layout, messages
from blocks.kit import Block, View
from handlers.admin import modals
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, Incoming, Submission
from handlers.routes import on_click, on_submit
from models.errors import NotFound
from models.lifecycle.catalogue import edit_message as verbs
from models.lifecycle.catalogue import propose_change
from models.lifecycle.catalogue.edit_message import MessageEntry
from models.registry.directory import Directory, anybody_but, names_of
from models.store.case import Case
from models.tables import catalogue
from models.wording.messages import MessageKey

FIELDS = {"subject": "subject", "text": "text"}


@on_click(AdminAction.MESSAGES)
@admins_only
async def open_list(click: Click) -> None:
    """Show every message."""
    await click.open(await _list(click))


@on_click(AdminAction.EDIT_MESSAGE)
@admins_only
async def open_form(click: Click) -> None:
    """Open the form that words one."""
    entry = await _entry(click, click.value)
    await click.open(screen.build(entry, AdminPlace(part=entry.key.value, version=entry.version)))


@on_click(AdminAction.PREVIEW_MESSAGE)
@admins_only
async def preview(click: Click) -> None:
    """Show below the fields how it would look; what was typed stays."""
    place = modals.place_of(click)
    entry = await _entry(click, place.part)
    try:
        words = screen.parse(entry.key, click.values)
        shown = screen.preview(entry.key, words, await _people(click), click.desk.clock.now())
    except InvalidForm as problems:
        shown = screen.problem_blocks(
            f"{name.capitalize()}: {said}" for name, said in problems.errors.items()
        )
    await click.redraw(screen.build(entry, place, shown))


@on_click(AdminAction.STANDARD_WORDS)
@admins_only
async def standard(click: Click) -> None:
    """Put the standard words into the form; they hold once it is saved."""
    place = modals.place_of(click)
    entry = await _entry(click, place.part)
    await click.redraw(screen.build(entry, screen.reset_to_standard(place)))


@on_submit(AdminScreen.MESSAGE, fields=FIELDS)
@admins_only
async def save(sent: Submission) -> None:
    """Save the words, or propose them where two people are needed; the form closes."""
    place = modals.place_of(sent)
    key = _key(place.part)
    words = screen.parse(key, sent.values)
    said = await sent.run(verbs.change, key, words, place.version, sent.person)
    await modals.redraw_view(sent, str(sent.view.get("previous_view_id") or ""), await _list(sent))
    if said:
        await sent.answer(response_action="update", view=dict(kit.notice("Proposed", said)))


def _key(text: str) -> MessageKey:
    try:
        return MessageKey(text)
    except ValueError:
        raise NotFound("There is no such message.") from None


async def _entry(incoming: Incoming, named: str) -> MessageEntry:
    return await incoming.read(verbs.look, _key(named), incoming.person)


async def _list(incoming: Incoming) -> View:
    def read(case: Case) -> View:
        return messages.build(verbs.every(case, incoming.person), _waiting(case, incoming.person))

    return await incoming.read(read)


def _waiting(case: Case, viewer: str) -> list[Block]:
    waiting = propose_change.waiting_of(case, catalogue.MESSAGE)
    return layout.pending_workspace_changes(waiting, viewer, propose_change.second_wanted(case, viewer))


async def _people(incoming: Incoming) -> ExamplePeople:
    """Who looks at it, and another admin or, where there is none, somebody else who is known."""

    def read(case: Case) -> ExamplePeople:
        admins = [one for one in Directory(case).admins() if one != incoming.person]
        other = next(iter(admins), None) or anybody_but(case, incoming.person) or incoming.person
        return ExamplePeople(incoming.person, other, names_of(case, {incoming.person, other}))

    return await incoming.read(read)
