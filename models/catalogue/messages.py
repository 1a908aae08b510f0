"""A message in the company's own words, as the catalogue has it."""

from models.catalogue.fields import Spec, Subject, Wording
from models.wording.messages import MessageKey


class MessageSpec(Spec):
    """What one message says instead of its standard words. What is left out stays as it is.

    Whether it can be used is looked at where it is written (`models.catalogue.message_entries`), not where it
    is read: what a newer version of Keyturn refuses must not keep anybody from reading the catalogue.
    """

    key: MessageKey
    subject: Subject | None = None
    """The e-mail's subject and Slack's notification."""
    text: Wording | None = None
    """A paragraph on the card and in the e-mail. Empty: nothing."""
