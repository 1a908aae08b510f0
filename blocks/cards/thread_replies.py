"""Comments and other replies: the messages posted, and the plain text of what people write."""

import re
from collections.abc import Mapping

from blocks import kit
from blocks.cards import buttons, closed, layout, phrases
from blocks.cards.phrases import term_text
from blocks.kit import Block, Message
from blocks.kit.text import SECTION, esc, mention, quote, unescape
from models.queries.stories import RequestStory
from models.tables.base import Json
from models.tables.requests import Comment, Request, Term

_MARK = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_PERSON = re.compile(r"@([UW][A-Z0-9]+)")


def comment_reply(comment: Comment, request: Request, names: Mapping[str, str]) -> Message:
    """A comment for everyone else involved: "@Ada on *GitHub · Admin* (AR-4)", and what they wrote."""
    about = phrases.spoken_title(request.ref, request, request.beneficiary_id, names)
    return layout.card(
        _comment_notification(comment, request, names),
        [kit.section(_comment_text(comment, request)), _comment_buttons(request, about)],
    )


def comments(story: RequestStory, viewer: str) -> Message:
    """The card of somebody involved who has no other: the latest comment, and the request in a line.

    The comments that come later are replies under it too.
    """
    request, latest = story.request, story.comments[-1]
    return layout.card(
        _comment_notification(latest, request, story.names),
        [
            kit.section(_comment_text(latest, request)),
            layout.context_line(closed.status_text(story, viewer), closed.subject(story, viewer)),
            _comment_buttons(request, layout.request_title(story)),
        ],
    )


def _comment_notification(comment: Comment, request: Request, names: Mapping[str, str]) -> str:
    name = phrases.person_name(names, comment.person_id)
    return f"{name} on {phrases.access_title(request)} ({request.ref}): {esc(comment.text)}"


def _comment_text(comment: Comment, request: Request) -> str:
    title = f"*{phrases.access_title(request)}* ({request.ref})"
    head = f":speech_balloon: {mention(comment.person_id)} on {title}\n"
    return head + quote(comment.text, SECTION - len(head))


def _comment_buttons(request: Request, about: str) -> Block | None:
    return layout.button_row(buttons.comment(request.ref), buttons.details(request.ref), about=about)


def term_change_reply(person_id: str, before: Json, after: Json) -> Message:
    """The notice that an approver changed the duration. `before` and `after` are terms as stored."""
    was, now = (term_text(Term.from_json(term)) for term in (before, after))
    text = f"{mention(person_id)} changed the duration: {was} → *{now}*"
    return Message(text=text, blocks=[kit.section(text)])


def sentence_reply(text: str) -> Message:
    """A sentence that could not be shown in the form or card where it belongs."""
    return Message(text=esc(text), blocks=[kit.section(esc(text))])


def mentioned_people(text: str) -> set[str]:
    """The ids of the people that a message mentions."""
    return {person[1] for mark in _MARK.finditer(text) if (person := _PERSON.fullmatch(mark[1]))}


def plain_text(text: str, names: Mapping[str, str]) -> str:
    """A message as its writer saw it: mentions by name (`names` is by id), links as their text."""
    return unescape(_MARK.sub(lambda mark: _readable(mark[1], mark[2], names), text))


def _readable(target: str, label: str | None, names: Mapping[str, str]) -> str:
    person = _PERSON.fullmatch(target)
    if person:
        return f"@{label or names.get(person[1], person[1])}"
    if target.startswith("#"):
        return f"#{label or target[1:]}"
    if target.startswith("!"):
        return f"@{(label or target[1:].partition('^')[0]).lstrip('@')}"
    return label if label is not None and label in target else " ".join(filter(None, (label, target)))
