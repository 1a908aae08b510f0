"""A request's audit entries as sentences, in mrkdwn."""

from blocks.kit.text import esc, mention, moment
from blocks.timeline import grants, requests
from blocks.timeline.phrases import Sentence
from models.audit import Entry

SENTENCES: dict[str, Sentence] = requests.SENTENCES | grants.SENTENCES
"""By the audit entry's action. One that is not here is said in its own words."""


def line(entry: Entry) -> str:
    """One step: when, who and what."""
    sentence = SENTENCES.get(entry.action, _fallback(entry.action))
    return f"{moment(entry.at)} · {sentence(mention(entry.actor), entry.data)}"


def _fallback(action: str) -> Sentence:
    subject, _, verb = action.partition(".")
    words = " ".join(part for part in (subject, verb) if part).replace("_", " ")
    return lambda actor, _data: f"{actor}: {esc(words)}"
