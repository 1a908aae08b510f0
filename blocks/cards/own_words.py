"""What a card's own words can say: the facts of its story, as `models.wording.messages` lists them."""

from collections.abc import Mapping

from blocks import kit, wording
from blocks.cards import words
from blocks.kit import Block
from blocks.text import cut, mention
from blocks.wording import People, Shown, Value, Who
from models.queries.stories import GrantStory, RequestStory
from models.tables.grants import Cause, Direction, Grant
from models.tables.requests import Request
from models.tables.states import GrantState, RequestState
from models.wording.messages import MessageKey

_LONGEST = 900
"""Of what somebody wrote; Details has the whole."""
_OF_STATES = {
    RequestState.PENDING: MessageKey.ASKED,
    RequestState.APPROVED: MessageKey.APPROVED,
    RequestState.REJECTED: MessageKey.REJECTED,
    RequestState.EXPIRED: MessageKey.EXPIRED,
    RequestState.CANCELLED: MessageKey.CANCELLED,
}


def of_request(story: RequestStory) -> MessageKey | None:
    """Which message the requester's card is now; None where it is none that can be worded."""
    grant = story.grant
    if story.request.state is RequestState.APPROVED and grant is not None and _not_set_up(grant):
        return MessageKey.FAILED
    return _OF_STATES.get(story.request.state)


def of_over(grant: Grant) -> MessageKey | None:
    """Which message the holder's card is after the end."""
    if grant.state is GrantState.REVOKED:
        own = grant.cause is Cause.REQUESTER and grant.caused_by == grant.person_id
        return MessageKey.ENDED if own else MessageKey.REVOKED
    return MessageKey.ENDED if grant.state is GrantState.ENDED else None


def subject(story: RequestStory | GrantStory, key: MessageKey | None, standard: str) -> str:
    """What the notification and the e-mail's subject say; `standard` where nobody has worded it."""
    own = wording.subject(story.own, key, lambda: facts(story, plainly=True)) if key else None
    return standard if own is None else own


def text(story: RequestStory | GrantStory, key: MessageKey | None, limit: int = wording.TEXT) -> str | None:
    """The message's text, which can be empty; None where the standard words hold."""
    return wording.text(story.own, key, lambda: facts(story, plainly=False), limit) if key else None


def paragraph(story: RequestStory | GrantStory, key: MessageKey | None) -> Block | None:
    """The text of a message that says nothing by its standard words."""
    said = text(story, key)
    return kit.section(said) if said else None


def facts(story: RequestStory | GrantStory, *, plainly: bool) -> Mapping[str, Value]:
    """Everything that a template can use; `plainly` calls people by name, as a subject does."""
    people = _People(story.names, plainly)
    if isinstance(story, RequestStory):
        return _of_request(story, people)
    return _of_grant(story, people)


class _People:
    """How people are shown: mentioned on a card, and by name in a subject."""

    def __init__(self, names: Mapping[str, str], plainly: bool) -> None:
        self._names, self._plainly = names, plainly

    def one(self, person_id: str | None) -> Who | None:
        if not person_id:
            return None
        shown = mention(person_id)
        otherwise = person_id if shown.startswith("<@") else shown
        return Who(self._shown(person_id), self._names.get(person_id, otherwise))

    def all(self, ids: tuple[str, ...]) -> People:
        return People(tuple(self._shown(one) for one in ids))

    def _shown(self, person_id: str) -> str:
        return words.named(self._names, person_id) if self._plainly else mention(person_id)


def _of_request(story: RequestStory, people: _People) -> dict[str, Value]:
    one, grant = story.request, story.grant
    given = one.state is RequestState.APPROVED and grant is not None
    return _of_all(one, one.beneficiary_id, story.admins, people) | {
        "status": one.state.label,
        "reason": cut(one.reason, _LONGEST),
        "length": Shown(words.lasting(story.term)),
        "deadline": one.expires_at,
        "decider": None if one.state is RequestState.EXPIRED else people.one(one.closed_by),
        "comment": cut(_comment(story), _LONGEST),
        "standing": grant.state.label if given and grant is not None else "",
        "error": cut(" ".join(grant.error.split()), 300) if grant is not None else "",
    }


def _of_grant(story: GrantStory, people: _People) -> dict[str, Value]:
    grant = story.grant
    by = grant.caused_by if grant.cause in (Cause.REQUESTER, Cause.ADMIN) else None
    own = story.snapshot.access.instructions
    return _of_all(story.request, grant.person_id, story.admins, people) | {
        "ref": grant.ref,
        "status": grant.state.label,
        "ends": grant.ends_at,
        "over": grant.over_at,
        "by": people.one(by),
        "instructions": story.app.instructions if own is None else own,
        "link": story.app.link,
        "owners": people.all(story.owners),
    }


def _of_all(request: Request, holder: str, admins: tuple[str, ...], people: _People) -> dict[str, Value]:
    return {
        "app": request.app_name,
        "access": request.access_name,
        "ref": request.ref,
        "requester": people.one(request.requester_id),
        "holder": people.one(holder),
        "admins": people.all(admins),
    }


def _comment(story: RequestStory) -> str:
    """What whoever ended it said with it."""
    one = story.request
    decisions = [decision for stage in story.stages for decision in stage.decisions]
    said = (decision.comment for decision in reversed(decisions) if decision.person_id == one.closed_by)
    return next((comment for comment in said if comment.strip()), one.closing_note)


def _not_set_up(grant: Grant) -> bool:
    return grant.state is GrantState.FAILED and grant.failing is not Direction.TAKE
