"""The timeline of a request: its audit entries, and those of its grant, as sentences in mrkdwn.

`SENTENCES` has a sentence for each action. It takes the actor (a mention) and the entry's data, as the verb
that wrote the entry left it; the texts in it may have been erased since.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from blocks.cards.phrases import inline_quote, term_text
from blocks.kit.text import esc, mention, mentions, moment
from models.audit import TrailEntry
from models.durations import duration_words
from models.tables.base import Json
from models.tables.grants import Direction
from models.tables.requests import Term
from models.tables.states import Usage

TEXT_LIMIT = 2600
"""Characters of a text that somebody wrote: what a section has left beside the rest of the sentence."""

Sentence = Callable[[str, Json], str]


def line(entry: TrailEntry, *, raw_errors: bool = True) -> str:
    """One entry: its time and its sentence. An action without a sentence shows its name.

    `raw_errors`: whether the reader is an admin, who can do something with what a target system said.
    """
    sentence, data = SENTENCES.get(entry.action), entry.data
    if not raw_errors:
        data = {name: value for name, value in data.items() if name != "error"}
    if sentence is None:
        name = " ".join(part for part in entry.action.partition(".")[::2] if part).replace("_", " ")
        return f"{moment(entry.at)} · {mention(entry.actor)}: {esc(name)}"
    return f"{moment(entry.at)} · {sentence(mention(entry.actor), data)}"


def _state(actor: str, data: Json) -> str:
    label = esc(str(data.get("after", ""))).capitalize()
    return f"*{label}* by {actor}{_quotation(data.get('note') or data.get('error'))}"


def _quotation(text: Any) -> str:
    """A text that somebody wrote, if any, to stand at the end of a sentence."""
    return f": {inline_quote(str(text), TEXT_LIMIT)}" if str(text or "").strip() else ""


def _term(value: Json) -> str:
    return term_text(Term.from_json(value))


def _people(ids: Iterable[str], word: str = "and") -> str:
    """Up to 20 mentions. Pass keys sorted: PostgreSQL keeps no order of them."""
    return mentions(list(ids), word=word, limit=20)


def _conflict_note(data: Json) -> str:
    """The conflicts at that moment, to stand at the end of a sentence."""
    conflicts = [
        f"{esc(entry['title'])} (rule “{esc(entry['rule'])}”)" for entry in data.get("conflicts") or ()
    ]
    return f" :warning: Conflict with {'; '.join(conflicts)}" if conflicts else ""


def _submitted(actor: str, data: Json) -> str:
    kind = data.get("kind")
    verb = {"extend": "requested an extension", "re-raise": "requested it again"}.get(
        str(kind), "requested it"
    )
    emergency = " in an emergency" if data.get("emergency") else ""
    details = f"{_quotation(data.get('reason'))}{_conflict_note(data)}"
    return f"{actor} {verb}{emergency} ({_term(data['term'])}){details}"


def _request_warned(actor: str, data: Json) -> str:
    people = f"{_people(data['people'])} and the requester" if data["people"] else "the requester"
    return (
        f"{actor} warned {people} that the request expires {moment(datetime.fromisoformat(data['expires']))}"
    )


def _stage_opened(_actor: str, data: Json) -> str:
    people = _people(sorted(data["approvers"]), "or") or "an approver, whom an admin has to choose"
    place = f" in <#{esc(data['channel'])}>" if data.get("channel") else ""
    return f"Stage “{esc(data['stage'])}” opened: waiting for {people}{place}"


def _approvers_changed(_actor: str, data: Json) -> str:
    changes = [
        f"{_people(sorted(data['approvers']))} asked" if data["approvers"] else "",
        f"{_people(sorted(data['quiet']))} may decide too" if data.get("quiet") else "",
        f"{_people(sorted(data['dropped']))} no longer asked" if data["dropped"] else "",
    ]
    return f"Approvers of stage “{esc(data['stage'])}” changed: {', '.join(filter(None, changes))}"


def _stage_overdue(_actor: str, data: Json) -> str:
    return f"{_people(data['people'])} notified: no decision in time, and nobody else can be asked"


def _reassigned(actor: str, data: Json) -> str:
    approver, details = mention(data["to"]), f"in “{esc(data['stage'])}”{_quotation(data['note'])}"
    if not data["seat"]:
        return f"{actor} chose {approver} as approver {details}"
    subject = "the decision" if actor == mention(data["seat"]) else f"the decision of {mention(data['seat'])}"
    return f"{actor} reassigned {subject} to {approver} {details}"


def _approver_away(_actor: str, data: Json) -> str:
    last = date.fromisoformat(data["until"])
    absence = f"{mention(data['away'])} is out of office until {last.day} {last:%B}"
    if not data["delegate"]:
        return absence
    unable = "" if data["asked"] else ", but can't decide here"
    return f"{absence}; {mention(data['delegate'])} is the delegate{unable}"


def _decision(verb: str) -> Sentence:
    def sentence(actor: str, data: Json) -> str:
        term = f" with {_term(data['term'])}" if data.get("term") else ""
        absent = (
            f" for {mention(data['stands_in_for'])}, who is out of office,"
            if data.get("stands_in_for")
            else ""
        )
        details = f"{_quotation(data.get('comment'))}{_conflict_note(data)}"
        return f"{actor} {verb}{absent}{term} in “{esc(data['stage'])}”{details}"

    return sentence


def _emergency_used(actor: str, data: Json) -> str:
    people = _people(data["told"]) or "nobody"
    details = f"({_term(data['term'])}){_quotation(data.get('reason'))}"
    return f"{actor} used emergency access {details}. Notified: {people}"


def _review_opened(_actor: str, data: Json) -> str:
    people = _people(data["asked"], "or")
    return (
        f"Review assigned to {people}" if people else "Nobody may review it: an admin has to name a reviewer"
    )


def _review_closed(verdict: str) -> Sentence:
    return lambda actor, data: f"{actor} marked the emergency as *{verdict}*{_quotation(data.get('note'))}"


def _end(value: Json) -> str:
    """The end, or the length where that is what counts."""
    if value.get("end"):
        return moment(datetime.fromisoformat(value["end"]))
    return duration_words(timedelta(seconds=value["length"])) if value.get("length") else "no end"


def _end_moved(data: Json) -> str:
    return f"{_end(data['before'])} → {_end(data['after'])}"


def _provisioning_started(actor: str, data: Json) -> str:
    return f"{actor} started to set it up for {esc(str(data.get('request') or 'the request'))}"


def _grace(_actor: str, data: Json) -> str:
    until = moment(datetime.fromisoformat(data["until"]))
    return f"Access continues until {until} at most, while {esc(data['request'])} is pending"


def _expiry_notice(actor: str, data: Json) -> str:
    left = duration_words(timedelta(seconds=data["before_end"]))
    return f"{actor} notified the holder that access ends within {left}"


def _task(data: Json, give: str = "assign", take: str = "remove") -> str:
    return take if data.get("direction") == Direction.TAKE else give


SENTENCES: dict[str, Sentence] = {
    "request.pending": _submitted,
    "request.approved": _state,
    "request.rejected": _state,
    "request.expired": _state,
    "request.withdrawn": _state,
    "request.cancelled": _state,
    "request.term_changed": lambda actor, data: (
        f"{actor} changed the duration: {_term(data['before'])} → {_term(data['after'])}"
    ),
    "request.shortened": lambda actor, data: (
        f"{actor} shortened it: {_term(data['before'])} → {_term(data['after'])}"
    ),
    "request.reminded": lambda actor, data: f"{actor} reminded {_people(data['people']) or 'nobody'}",
    "request.warned": _request_warned,
    "stage.opened": _stage_opened,
    "stage.asked": _approvers_changed,
    "stage.escalated": lambda _, data: (
        f"Stage “{esc(data['stage'])}” was escalated{_quotation(data['because'])}"
    ),
    "stage.overdue": _stage_overdue,
    "stage.stuck": lambda _, data: f"Admins notified{_quotation(data.get('because'))}",
    "stage.reassigned": _reassigned,
    "stage.away": _approver_away,
    "stage.back": lambda _, data: (
        f"{mention(data['delegate'])} is no longer the delegate of {mention(data['away'])}"
    ),
    "stage.channel_gone": lambda _, data: (
        f"<#{esc(data['channel'])}> couldn't be used, so approvers were asked in direct messages"
    ),
    "decision.approve": _decision("approved"),
    "decision.reject": _decision("rejected"),
    "comment": lambda actor, data: f"{actor} commented{_quotation(data.get('text'))}",
    "emergency.used": _emergency_used,
    "review.open": _review_opened,
    "review.reminded": lambda _, data: f"Reminded {_people(data['people']) or 'nobody'} of the review",
    "review.justified": _review_closed("justified"),
    "review.misused": _review_closed("misused"),
    "grant.scheduled": _provisioning_started,
    "grant.granting": _provisioning_started,
    "grant.active": _state,
    "grant.revoking": _state,
    "grant.ended": _state,
    "grant.revoked": _state,
    "grant.failed": _state,
    "grant.extended": lambda _, data: f"Extended by {esc(data['request'])}: {_end_moved(data)}",
    "grant.shortened": lambda actor, data: f"{actor} shortened it: {_end_moved(data)}",
    "grant.grace": _grace,
    "grant.held": lambda *_: (
        "Not revoked: the database looks like a restored backup, so an admin decides first"
    ),
    "grant.limited": lambda _, data: (
        f"End date added, since the holder is now {esc(data['because'])}: {_end(data['after'])}"
    ),
    "grant.set_back": lambda _, data: f"The clock was set back, so the end moved: {_end_moved(data)}",
    "grant.notice": _expiry_notice,
    "grant.usage": lambda actor, data: f"{actor} said: {Usage(data['after']).label}",
    "task.open": lambda _, data: f"Task for {_people(data['asked'], 'or')}: {_task(data)} it by hand",
    "task.done": lambda actor, data: (
        f"{actor} {_task(data, 'assigned', 'removed')} it by hand{_quotation(data.get('note'))}"
    ),
    "task.refused": lambda actor, data: f"{actor} couldn't {_task(data)} it{_quotation(data.get('note'))}",
    "task.void": lambda *_: "Nothing left to do by hand",
    "mail.sent": lambda *_: "E-mail sent",
}
