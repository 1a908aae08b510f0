"""The list of messages, and the form that words one: templates, what they can say, how it would look."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from blocks import kit
from blocks.admin.field import Known, sentence
from blocks.admin.fields import Text
from blocks.admin.form import form
from blocks.admin.ids import Do, Place, Screen
from blocks.admin.marks import unmarked
from blocks.admin.message_example import People, example
from blocks.admin.overlay import Problems, draw, validated_as
from blocks.answers import Values
from blocks.cards import draw as draw_card
from blocks.kit import Block, View
from blocks.mail import letter
from blocks.text import cut, esc, quote
from models.catalogue.message_entries import broken
from models.catalogue.messages import MessageSpec
from models.lifecycle.catalogue.edit_message import MessageEntry
from models.wording.messages import FILTERS, MESSAGES, About, MessageKey
from models.wording.own import OwnWords

_SHOWN = 200
_IF = "`{% if app %} … {% else %} … {% endif %}` depends on a fact; also with `==`, `and`, `or`, `not`"
_STANDARD = "These are the standard words. They hold once you save."
_SUBJECT = Text("subject", "Subject", "Of the e-mail, and Slack’s notification.", limit=500, optional=False)
_TEXT = Text("text", "Text", "On the card and in the e-mail. Can be empty.", limit=2000, multiline=True)


def listing(entries: Sequence[MessageEntry], above: Sequence[Block] = ()) -> View:
    """Every message, with a button that opens its form."""
    head = kit.section("What people read. Who, what, until when and the status stand there in any case.")
    blocks = [*above, head, *(block for entry in entries for block in _row(entry))]
    return kit.modal("Messages", blocks, callback_id=Screen.MESSAGES, close="Back")


def build(entry: MessageEntry, place: Place, preview: Sequence[Block] = ()) -> View:
    """The form. What somebody typed stays in it, unless `to_standard` was asked for."""
    about = MESSAGES[entry.key]
    shown = MessageEntry(entry.key, None, 0) if place.more else entry
    fields = draw(_fields(entry.key), shown, Known())
    buttons = [
        kit.button("Preview", Do.PREVIEW_MESSAGE),
        kit.button("Back to the standard words", Do.STANDARD_WORDS),
    ]
    said = f"{about.when}. {_STANDARD}" if place.more else about.when
    view = form(
        Screen.MESSAGE,
        about.title,
        [kit.context(said), *fields, kit.actions(buttons), *preview, *_help(about)],
        place,
    )
    view["blocks"] = [_told_apart(block, place.more) for block in view["blocks"]]
    return view


def to_standard(place: Place) -> Place:
    """Of the same form with the standard words; its fields do not keep what was typed until now."""
    return replace(place, more="s" if place.more != "s" else "ss")


def parse(key: MessageKey, values: Values) -> dict[str, str]:
    """The templates as they were typed. Raises Problems, with the line of what is wrong in one."""
    values = unmarked(values)
    fields = _fields(key)
    words = {field.name: field.read(values) for field in fields}
    spec = validated_as(MessageSpec, {"key": key.value, **words}, fields)
    if problems := dict(broken(spec)):
        raise Problems({name: sentence(text) for name, text in problems.items()})
    return {name: str(getattr(spec, name)) for name in words}


def preview(key: MessageKey, words: Mapping[str, str], people: People, now: datetime) -> list[Block]:
    """How the message would look with these words, on the card of an example."""
    kind, story = example(key, people, now, OwnWords({key: words}))
    message = draw_card(kind, story, people.viewer)
    shown = [block for block in message["blocks"] if block["type"] != "actions"]
    sent = letter(message, people.names, "UTC", None)
    return [
        kit.divider(),
        kit.section("*How it would look*"),
        *shown,
        kit.section("*As an e-mail, where that is set up*\n" + quote(f"{sent.subject}\n\n{sent.text}", 2500)),
        kit.divider(),
    ]


def not_yet(problems: Iterable[str]) -> list[Block]:
    """What is wrong, where the preview would be."""
    return [kit.section(cut("\n".join(f":warning: {esc(one)}" for one in problems), 2900))]


def _fields(key: MessageKey) -> tuple[Text, ...]:
    return (_TEXT,) if MESSAGES[key].subject is None else (_SUBJECT, _TEXT)


def _row(entry: MessageEntry) -> list[Block]:
    about, own = MESSAGES[entry.key], entry.own
    mark = "  in your own words" if own else ""
    said = [f"*{about.title}*{mark}", esc(about.when)]
    if own:
        said += [f"> {cut(esc(' '.join(text.split())), _SHOWN)}" for text in (own.subject, own.text) if text]
        said += [_unusable(name, text) for name, text in broken(own)]
    edit = kit.button("Edit", Do.EDIT_MESSAGE, entry.key.value)
    return [kit.divider(), kit.section("\n".join(said), accessory=edit)]


def _unusable(name: str, text: str) -> str:
    return f":warning: The standard words go out. {name.capitalize()}: {esc(text)}"


def _help(about: About) -> list[Block]:
    facts = "\n".join(f"`{{{{ {name} }}}}` {esc(fact.about)}" for name, fact in about.facts.items())
    filters = "\n".join(f"`{_used(name)}` {esc(one.about)}" for name, one in FILTERS.items())
    return [kit.context("*What it can say*"), kit.context(facts), kit.context(f"{_IF}\n{filters}")]


def _used(name: str) -> str:
    return f"|{name}('…')" if FILTERS[name].words else f"|{name}"


def _told_apart(block: Block, more: str) -> Block:
    if block["type"] != "input" or not more:
        return block
    return {**block, "block_id": f"{block['block_id']}:{more}"}
