"""`[[message]]`: the company's own words for one of Keyturn's messages."""

from collections.abc import Iterator, Sequence

from models.catalogue.spec.entry_kind import EntryKind, EntryProblem
from models.catalogue.spec.fields import Spec, Subject, Wording
from models.catalogue.spec.specs import AppSpec
from models.wording.grammar import find_error
from models.wording.messages import MESSAGES, MessageKey


class MessageSpec(Spec):
    """What one message says instead of its standard words. What is left out stays as it is.

    Templates are checked when an entry is written (`template_problems`), not when it is read: what a newer
    version of Keyturn refuses must not keep anybody from reading the catalogue.
    """

    key: MessageKey
    subject: Subject | None = None
    """The e-mail's subject and Slack's notification."""
    text: Wording | None = None
    """A paragraph on the card and in the e-mail. Empty: nothing."""


def template_problems(message: MessageSpec) -> Iterator[tuple[str, str]]:
    """What is wrong with a message: the field, and a sentence with the line inside the template."""
    about = MESSAGES[message.key]
    if message.subject is None and message.text is None:
        yield "key", "has no text. Write a subject or a text, or remove it."
    if message.subject is not None and about.subject is None:
        yield "subject", "can't be used: this message has the subject of another one. Remove it."
    for name, template in (("subject", message.subject), ("text", message.text)):
        problem = find_error(message.key, template) if template else None
        if problem is not None:
            yield name, str(problem)


def _find_problems(messages: Sequence[MessageSpec], _apps: Sequence[AppSpec]) -> Iterator[EntryProblem]:
    for at, message in enumerate(messages):
        for name, text in template_problems(message):
            yield EntryProblem(at, name, text)


MESSAGE = EntryKind(
    name="message",
    model=MessageSpec,
    word="message",
    key=lambda message: message.key.value,
    title=lambda message: f"“{MESSAGES[message.key].title}”",
    default=lambda message: MessageSpec(key=message.key),
    find_problems=_find_problems,
)
