"""Messages in the company's own words: list, edit, preview and reset them."""

from blocks.admin.fields.base import InvalidForm
from blocks.admin.forms import message as screen
from blocks.admin.forms.message_example import ExamplePeople
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.admin.lists import messages
from blocks.kit import View
from handlers.admin import modals
from handlers.admin.admin_only import admins_only
from handlers.deliveries import Click, SlackDelivery, Submission
from handlers.routes import on_click, on_submit
from models.errors import NotFound
from models.lifecycle.catalogue import edit_message as verbs
from models.lifecycle.catalogue.edit_message import MessageEntry
from models.registry.directory import Directory, another_person, names_of
from models.store.case import Case
from models.tables import catalogue
from models.wording.messages import MessageKey

FIELDS = {"subject": "subject", "text": "text"}


@on_click(AdminAction.MESSAGES)
@admins_only
async def open_list(click: Click) -> None:
    """Open the list of messages."""
    await click.open(await _list(click))


@on_click(AdminAction.EDIT_MESSAGE)
@admins_only
async def open_form(click: Click) -> None:
    """Open the form for the words of a message."""
    entry = await _entry(click, click.value)
    await click.open(screen.build(entry, AdminPlace(part=entry.key.value, version=entry.version)))


@on_click(AdminAction.PREVIEW_MESSAGE)
@admins_only
async def preview(click: Click) -> None:
    """Show below the fields how the message would look; the entries stay."""
    place = modals.place_of(click)
    entry = await _entry(click, place.part)
    try:
        words = screen.parse(entry.key, click.values)
        blocks = screen.preview(entry.key, words, await _people(click), click.context.clock.now())
    except InvalidForm as problems:
        blocks = screen.problem_blocks(
            f"{name.capitalize()}: {sentence}" for name, sentence in problems.errors.items()
        )
    await click.redraw(screen.build(entry, place, blocks))


@on_click(AdminAction.STANDARD_WORDS)
@admins_only
async def reset(click: Click) -> None:
    """Fill the form with the standard words; they apply once it is saved."""
    place = modals.place_of(click)
    entry = await _entry(click, place.part)
    await click.redraw(screen.build(entry, screen.reset_to_standard(place)))


@on_submit(AdminScreen.MESSAGE, fields=FIELDS)
@admins_only
async def save(submission: Submission) -> None:
    """Save the words, or propose them where two people are needed; the form closes."""
    place = modals.place_of(submission)
    key = _parse_key(place.part)
    words = screen.parse(key, submission.values)
    proposed = await submission.run(verbs.change_message, key, words, place.version, submission.person)
    await modals.redraw_previous(submission, await _list(submission))
    await modals.answer_proposed(submission, proposed)


def _parse_key(text: str) -> MessageKey:
    try:
        return MessageKey(text)
    except ValueError:
        raise NotFound("This message no longer exists.") from None


async def _entry(delivery: SlackDelivery, key: str) -> MessageEntry:
    return await delivery.read(verbs.get_message, _parse_key(key), delivery.person)


async def _list(delivery: SlackDelivery) -> View:
    def read(case: Case) -> View:
        pending = modals.workspace_changes(case, catalogue.MESSAGE, delivery.person)
        return messages.build(verbs.list_messages(case, delivery.person), pending)

    return await delivery.read(read)


async def _people(delivery: SlackDelivery) -> ExamplePeople:
    """Return the admin, and another admin or, where there is none, any other person."""

    def read(case: Case) -> ExamplePeople:
        admins = (admin for admin in Directory(case).admins() if admin != delivery.person)
        other = next(admins, None) or another_person(case, delivery.person) or delivery.person
        return ExamplePeople(delivery.person, other, names_of(case, {delivery.person, other}))

    return await delivery.read(read)
