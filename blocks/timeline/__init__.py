"""The audit trail of one request as sentences. Everything in here is mrkdwn."""

from blocks.text import esc, mention, moment
from blocks.timeline import grants, requests
from blocks.timeline.saying import Sentence
from models.audit import Entry

SENTENCES: dict[str, Sentence] = requests.SENTENCES | grants.SENTENCES
"""By the audit entry's action. One that is not here is said in its own words."""


def line(entry: Entry) -> str:
    """One step: when, who and what."""
    sentence = SENTENCES.get(entry.action, _plainly(entry.action))
    return f"{moment(entry.at)} · {sentence(mention(entry.actor), entry.data)}"


def _plainly(action: str) -> Sentence:
    subject, _, what = action.partition(".")
    words = " ".join(part for part in (subject, what) if part).replace("_", " ")
    return lambda who, _data: f"{who}: {esc(words)}"
