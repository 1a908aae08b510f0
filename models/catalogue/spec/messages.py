"""A message in the company's own words, as the catalogue has it."""

from collections.abc import Iterator, Sequence

from models.catalogue.spec.entry_kind import Complaint, Kind
from models.catalogue.spec.fields import Spec, Subject, Wording
from models.catalogue.spec.specs import AppSpec
from models.wording.grammar import wrong
from models.wording.messages import MESSAGES, MessageKey


class MessageSpec(Spec):
    """What one message says instead of its standard words. What is left out stays as it is.

    Whether it can be used is looked at where it is written (`models.catalogue.spec.messages`), not where it
    is read: what a newer version of Keyturn refuses must not keep anybody from reading the catalogue.
    """

    key: MessageKey
    subject: Subject | None = None
    """The e-mail's subject and Slack's notification."""
    text: Wording | None = None
    """A paragraph on the card and in the e-mail. Empty: nothing."""


def broken(message: MessageSpec) -> Iterator[tuple[str, str]]:
    """What is wrong with it: the key that it is about, and a sentence with the line inside the template."""
    about = MESSAGES[message.key]
    if message.subject is None and message.text is None:
        yield "key", "says nothing of its own. Give it a subject or a text, or take it out."
    if message.subject is not None and about.subject is None:
        yield "subject", "is not to be had: this message goes under another one’s subject. Take it out."
    for name, template in (("subject", message.subject), ("text", message.text)):
        problem = wrong(message.key, template) if template else None
        if problem is not None:
            yield name, str(problem)


def _complaints(messages: Sequence[MessageSpec], _apps: Sequence[AppSpec]) -> Iterator[Complaint]:
    for at, message in enumerate(messages):
        for name, text in broken(message):
            yield Complaint(at, name, text)


MESSAGE = Kind(
    name="message",
    model=MessageSpec,
    word="message",
    key=lambda one: one.key.value,
    title=lambda one: f"“{MESSAGES[one.key].title}”",
    otherwise=lambda one: MessageSpec(key=one.key),
    complaints=_complaints,
)
