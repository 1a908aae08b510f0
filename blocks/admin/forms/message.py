"""The form for a message's template: subject and text, what they can use, and a preview."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from blocks import kit
from blocks.admin.block_id_version import plain_block_ids
from blocks.admin.fields.base import InvalidForm, SlackNames, sentence
from blocks.admin.fields.text import TextField
from blocks.admin.form_mapping import draw_fields, form_view, validate_entry
from blocks.admin.forms.message_example import ExamplePeople, example
from blocks.admin.ids import AdminAction, AdminPlace, AdminScreen
from blocks.cards import draw as draw_card
from blocks.kit import Block, View
from blocks.kit.inputs import Values
from blocks.kit.text import cut, esc, quote
from blocks.mail import render
from models.catalogue.spec.messages import MessageSpec, template_problems
from models.lifecycle.catalogue.edit_message import MessageEntry
from models.registry.company_templates import CompanyTemplates
from models.wording.messages import FILTERS, MESSAGES, MessageInfo, MessageKey

_IF_HELP = "`{% if app %} … {% else %} … {% endif %}` depends on a value; also with `==`, `and`, `or`, `not`"
_STANDARD_HINT = "This is the standard text. Save to use it."
_SUBJECT = TextField(
    "subject", "Subject", "For the e-mail and the Slack notification.", limit=500, optional=False
)
_TEXT = TextField("text", "Text", "On the card and in the e-mail. Can be empty.", limit=2000, multiline=True)


def build(entry: MessageEntry, place: AdminPlace, preview: Sequence[Block] = ()) -> View:
    """The form, which keeps typed text in a redraw, except after `reset_to_standard`."""
    about = MESSAGES[entry.key]
    content = MessageEntry(entry.key, None, 0) if place.more else entry
    fields = draw_fields(_fields(entry.key), content, SlackNames())
    buttons = [
        kit.button("Preview", AdminAction.PREVIEW_MESSAGE),
        kit.button("Restore standard text", AdminAction.STANDARD_WORDS),
    ]
    hint = f"{about.when}. {_STANDARD_HINT}" if place.more else about.when
    view = form_view(
        AdminScreen.MESSAGE,
        about.title,
        [kit.context(hint), *fields, kit.actions(buttons), *preview, *_help(about)],
        place,
    )
    for block in view["blocks"] if place.more else ():
        if block["type"] == "input":
            block["block_id"] = f"{block['block_id']}:{place.more}"
    return view


def reset_to_standard(place: AdminPlace) -> AdminPlace:
    """The place of the same form with the standard texts; its block ids differ, so typed text is dropped."""
    return replace(place, more="s" if place.more != "s" else "ss")


def parse(key: MessageKey, values: Values) -> dict[str, str]:
    """The submitted templates.

    Raises:
        InvalidForm: A template is wrong; with the line of each problem.
    """
    values = plain_block_ids(values)
    fields = _fields(key)
    words = {field.name: field.read(values) for field in fields}
    spec = validate_entry(MessageSpec, {"key": key.value, **words}, fields)
    if problems := dict(template_problems(spec)):
        raise InvalidForm({name: sentence(text) for name, text in problems.items()})
    return {name: str(getattr(spec, name)) for name in words}


def preview(key: MessageKey, words: Mapping[str, str], people: ExamplePeople, now: datetime) -> list[Block]:
    """The message with these templates, on an example's card and as an e-mail."""
    kind, story = example(key, people, now, CompanyTemplates({key: words}))
    message = draw_card(kind, story, people.viewer)
    visible = [
        {name: part for name, part in block.items() if name != "accessory"}
        for block in message["blocks"]
        if block["type"] != "actions"
    ]
    email = render(message, people.names, "UTC", None, now)
    return [
        kit.divider(),
        kit.section("*Preview*"),
        *visible,
        kit.section("*As an e-mail (if set up)*\n" + quote(f"{email.subject}\n\n{email.text}", 2500)),
        kit.divider(),
    ]


def problem_blocks(problems: Iterable[str]) -> list[Block]:
    """The problems, in place of the preview."""
    return [kit.section(cut("\n".join(f":warning: {esc(problem)}" for problem in problems), 2900))]


def _fields(key: MessageKey) -> tuple[TextField, ...]:
    return (_TEXT,) if MESSAGES[key].subject is None else (_SUBJECT, _TEXT)


def _help(about: MessageInfo) -> list[Block]:
    facts = "\n".join(f"`{{{{ {name} }}}}` {esc(fact.about)}" for name, fact in about.facts.items())
    lines = [_IF_HELP]
    for name, template_filter in FILTERS.items():
        usage = f"|{name}('…')" if template_filter.words else f"|{name}"
        lines.append(f"`{usage}` {esc(template_filter.about)}")
    return [kit.context("*Placeholders*"), kit.context(facts), kit.context("\n".join(lines))]
