"""The values that a company's template can use on a card, as `models.wording.messages` lists them."""

from collections.abc import Mapping

from blocks import kit
from blocks.cards import phrases, progress, render_template
from blocks.cards.render_template import Mrkdwn, PeopleValue, PersonValue, Value
from blocks.kit import Block
from blocks.kit.text import cut, mention
from models.queries.stories import GrantStory, RequestStory
from models.tables.grants import Cause, Direction, Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState
from models.wording.messages import MessageKey

_EXCERPT = 900
"""Characters of a text that somebody wrote; Details shows the whole."""
_MESSAGE_KEYS = {
    RequestState.PENDING: MessageKey.ASKED,
    RequestState.APPROVED: MessageKey.APPROVED,
    RequestState.REJECTED: MessageKey.REJECTED,
    RequestState.EXPIRED: MessageKey.EXPIRED,
    RequestState.CANCELLED: MessageKey.CANCELLED,
}


def request_message_key(story: RequestStory) -> MessageKey | None:
    """The message that the requester's card is; None where there is no template for it."""
    grant = story.grant
    if story.request.state is RequestState.APPROVED and grant is not None:
        setup_failed = grant.state is GrantState.FAILED and grant.failing is not Direction.TAKE
        return MessageKey.FAILED if setup_failed else MessageKey.APPROVED
    return _MESSAGE_KEYS.get(story.request.state)


def end_message_key(grant: Grant) -> MessageKey | None:
    """The message that the holder's card is after the end; None where there is no template for it."""
    if grant.state is GrantState.REVOKED:
        own = grant.cause is Cause.REQUESTER and grant.caused_by == grant.person_id
        return MessageKey.ENDED if own else MessageKey.REVOKED
    return MessageKey.ENDED if grant.state is GrantState.ENDED else None


def subject(story: RequestStory | GrantStory, key: MessageKey | None, standard: str) -> str:
    """The notification and e-mail subject by the company's template, or else the `standard` one."""
    if key is None:
        return standard
    own = render_template.subject(story.own, key, lambda: template_values(story, by_name=True))
    return standard if own is None else own


def text(
    story: RequestStory | GrantStory, key: MessageKey | None, limit: int = render_template.TEXT_LIMIT
) -> str | None:
    """The message's text by the company's template, possibly empty; None where the standard text holds."""
    if key is None:
        return None
    return render_template.text(story.own, key, lambda: template_values(story, by_name=False), limit)


def paragraph(story: RequestStory | GrantStory, key: MessageKey | None) -> Block | None:
    """The company's text for a message that has no standard text."""
    message = text(story, key)
    return kit.section(message) if message else None


def template_values(story: RequestStory | GrantStory, *, by_name: bool) -> Mapping[str, Value]:
    """The values that a template can use. `by_name`: people by name, as in a subject, not as mentions."""
    people = _PersonValues(story.names, by_name)
    if isinstance(story, RequestStory):
        return _request_values(story, people)
    return _grant_values(story, people)


class _PersonValues:
    """People as values: by name in a subject, as mentions on a card."""

    def __init__(self, names: Mapping[str, str], by_name: bool) -> None:
        self._names, self._by_name = names, by_name

    def person(self, person_id: str | None) -> PersonValue | None:
        if not person_id:
            return None
        text = mention(person_id)
        otherwise = person_id if text.startswith("<@") else text
        return PersonValue(self._render(person_id), self._names.get(person_id, otherwise))

    def all(self, ids: tuple[str, ...]) -> PeopleValue:
        return PeopleValue(tuple(self._render(person_id) for person_id in ids))

    def _render(self, person_id: str) -> str:
        return phrases.person_name(self._names, person_id) if self._by_name else mention(person_id)


def _request_values(story: RequestStory, people: _PersonValues) -> dict[str, Value]:
    request, grant = story.request, story.grant
    has_access = request.state is RequestState.APPROVED and grant is not None
    return _common_values(request, request.beneficiary_id, story.admins, people) | {
        "status": request.state.label,
        "reason": cut(request.reason, _EXCERPT),
        "length": Mrkdwn(phrases.term_text(story.term)),
        "deadline": request.expires_at,
        "decider": None if request.state is RequestState.EXPIRED else people.person(request.closed_by),
        "comment": cut(progress.closing_comment(story), _EXCERPT),
        "standing": grant.state.label if has_access and grant is not None else "",
        "error": Mrkdwn(progress.failure_cause(grant) if grant is not None else ""),
    }


def _grant_values(story: GrantStory, people: _PersonValues) -> dict[str, Value]:
    grant = story.grant
    by = grant.caused_by if grant.cause in (Cause.REQUESTER, Cause.ADMIN) else None
    own = story.snapshot.access.instructions
    return _common_values(story.request, grant.person_id, story.admins, people) | {
        "ref": grant.ref,
        "status": grant.state.label,
        "ends": grant.ends_at,
        "over": grant.over_at,
        "by": people.person(by),
        "instructions": story.app.instructions if own is None else own,
        "link": story.app.link,
        "owners": people.all(story.owners),
    }


def _common_values(
    request: Request, holder: str, admins: tuple[str, ...], people: _PersonValues
) -> dict[str, Value]:
    return {
        "app": request.app_name,
        "access": request.access_name,
        "ref": request.ref,
        "requester": people.person(request.requester_id),
        "holder": people.person(holder),
        "admins": people.all(admins),
    }
