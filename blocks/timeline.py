"""The audit trail of one request as sentences. Everything in here is mrkdwn."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from blocks.cards.words import lasting, said
from blocks.text import esc, mention, mentions, moment
from models.audit import AuditEntry
from models.base import Json
from models.durations import spoken
from models.grants import Direction
from models.requests import Term

TEXT = 2600
"""What is left of a section for somebody's words, with the rest of the line."""

Sentence = Callable[[str, Json], str]
"""Makes a sentence of who did it (a mention) and the entry's data."""


def line(entry: AuditEntry) -> str:
    """One step: when, who and what."""
    sentence = SENTENCES.get(entry.action, _plainly(entry.action))
    return f"{moment(entry.at)} · {sentence(mention(entry.actor), entry.data)}"


def _plainly(action: str) -> Sentence:
    subject, _, what = action.partition(".")
    words = " ".join(part for part in (subject, what) if part).replace("_", " ")
    return lambda who, _data: f"{who}: {esc(words)}"


def _state(who: str, data: Json) -> str:
    note = data.get("note") or data.get("error") or ""
    return f"*{_label(data)}* by {who}{_quoted(note)}"


def _started(who: str, data: Json) -> str:
    return f"{who} began to set it up for {esc(str(data.get('request') or 'the request'))}"


def _label(data: Json) -> str:
    return esc(str(data.get("after", ""))).capitalize()


def _quoted(written: Any) -> str:
    return f": {said(str(written), TEXT)}" if str(written or "").strip() else ""


def _asked(who: str, data: Json) -> str:
    more = " more" if data.get("kind") == "extend" and data["term"]["length"] else ""
    again = " again" if data.get("kind") == "re-raise" else ""
    more += ", in an emergency" if data.get("emergency") else ""
    said = f"{_quoted(data.get('reason'))}{_conflicting(data)}"
    return f"{who} asked{again}, for {_term(data['term'])}{more}{said}"


def _in_emergency(who: str, data: Json) -> str:
    told = mentions(data["told"], most=20) or "nobody"
    return (
        f"{who} used emergency access, for {_term(data['term'])}{_quoted(data.get('reason'))}. Told: {told}"
    )


def _to_review(_who: str, data: Json) -> str:
    asked = mentions(data["asked"], word="or", most=20)
    return f"Asked {asked} to review it" if asked else "Nobody may review it: the admins have to look at it"


def _reviewed(verdict: str) -> Sentence:
    return lambda who, data: f"{who} found the emergency *{verdict}*{_quoted(data.get('note'))}"


def _review_reminded(_who: str, data: Json) -> str:
    return f"Reminded {mentions(data['people'], most=20) or 'nobody'} of the review"


def _opened(_who: str, data: Json) -> str:
    people = mentions(sorted(data["approvers"]), most=20)  # PostgreSQL keeps no order of keys
    place = f" in <#{esc(data['channel'])}>" if data.get("channel") else ""
    asks = f"{people or 'nobody: the admins have to look at it'}{place}"
    return f"Stage “{esc(data['stage'])}” began and asks {asks}"


def _asked_anew(_who: str, data: Json) -> str:
    now = f"asks {mentions(sorted(data['approvers']), most=20)}" if data["approvers"] else ""
    gone = f"no longer asks {mentions(sorted(data['dropped']), most=20)}" if data["dropped"] else ""
    quiet = f"lets {mentions(sorted(data['quiet']), most=20)} decide" if data.get("quiet") else ""
    return f"Stage “{esc(data['stage'])}” {' and '.join(part for part in (now, quiet, gone) if part)}"


def _stuck(_who: str, data: Json) -> str:
    return f"The admins were told{_quoted(data.get('because'))}"


def _decided(verb: str) -> Sentence:
    def sentence(who: str, data: Json) -> str:
        term = f" with {_term(data['term'])}" if data.get("term") else ""
        behalf = f" for {mention(data['stands_in_for'])}, who is away," if data.get("stands_in_for") else ""
        said = f"{_quoted(data.get('comment'))}{_conflicting(data)}"
        return f"{who} {verb}{behalf}{term} in “{esc(data['stage'])}”{said}"

    return sentence


def _conflicting(data: Json) -> str:
    """What did not go together with it at that moment."""
    found = [f"{esc(one['title'])}, by “{esc(one['rule'])}”" for one in data.get("conflicts") or ()]
    return f" :warning: Conflict with {'; '.join(found)}" if found else ""


def _reassigned(who: str, data: Json) -> str:
    if not data["seat"]:
        return f"{who} named {mention(data['to'])} to decide in “{esc(data['stage'])}”{_quoted(data['note'])}"
    whose = "it" if who == mention(data["seat"]) else f"what {mention(data['seat'])} had to decide"
    return (
        f"{who} passed {whose} on to {mention(data['to'])} in “{esc(data['stage'])}”{_quoted(data['note'])}"
    )


def _away(_who: str, data: Json) -> str:
    away, last = mention(data["away"]), date.fromisoformat(data["until"])
    said = f"{away} is away until {last.day} {last:%B %Y}"
    if not data["delegate"]:
        return said
    delegate = mention(data["delegate"])
    return f"{said}, and {delegate} {'stands in' if data['asked'] else 'cannot stand in here'}"


def _back(_who: str, data: Json) -> str:
    return f"{mention(data['delegate'])} no longer stands in for {mention(data['away'])}"


def _channel_gone(_who: str, data: Json) -> str:
    return f"<#{esc(data['channel'])}> could not be used, so each was asked in a message of their own"


def _changed(who: str, data: Json) -> str:
    return f"{who} changed how long: {_term(data['before'])} → {_term(data['after'])}"


def _shortened(who: str, data: Json) -> str:
    return f"{who} wants less: {_term(data['before'])} → {_term(data['after'])}"


def _ends_sooner(who: str, data: Json) -> str:
    return f"{who} lets it end sooner: {_end(data['before'])} → {_end(data['after'])}"


def _commented(who: str, data: Json) -> str:
    return f"{who} said{_quoted(data.get('text'))}"


def _reminded(who: str, data: Json) -> str:
    return f"{who} reminded {mentions(data['people'], most=20) or 'nobody'}"


def _warned(who: str, data: Json) -> str:
    people = mentions([*data["people"], "the requester"], most=20)
    at = moment(datetime.fromisoformat(data["expires"]))
    return f"{who} told {people} that it expires {at}"


def _escalated(_who: str, data: Json) -> str:
    return f"Stage “{esc(data['stage'])}” was escalated{_quoted(data['because'])}"


def _overdue(_who: str, data: Json) -> str:
    told = mentions(data["people"], most=20)
    return f"{told} {'was' if len(data['people']) == 1 else 'were'} told that nobody else can be asked"


def _extended(_who: str, data: Json) -> str:
    return f"The end moved with {esc(data['request'])}: {_end(data['before'])} → {_end(data['after'])}"


def _held_back(_who: str, _data: Json) -> str:
    return "Its time is up by a database that looks like a restored backup: an admin is asked first"


def _held_up(_who: str, data: Json) -> str:
    until = moment(datetime.fromisoformat(data["until"]))
    return f"The end is held up until {until}, while {esc(data['request'])} waits"


def _set_back(_who: str, data: Json) -> str:
    return f"The clock was set back, and the end with it: {_end(data['before'])} → {_end(data['after'])}"


def _limited(_who: str, data: Json) -> str:
    because = f"The holder is {esc(data['because'])} by now, so it"
    return f"{because} has an end: {_end(data['after'])}"


def _noticed(who: str, data: Json) -> str:
    return f"{who} told the holder that it ends within {spoken(timedelta(seconds=data['before_end']))}"


def _by_hand(_who: str, data: Json) -> str:
    return f"Asked {mentions(data['asked'], word='or', most=20)} to {_direction(data)} it by hand"


def _did(who: str, data: Json) -> str:
    return f"{who} has {'taken' if data.get('direction') == Direction.TAKE else 'given'} it by hand"


def _could_not(who: str, data: Json) -> str:
    return f"{who} could not {_direction(data)} it{_quoted(data.get('note'))}"


def _mailed(_who: str, _data: Json) -> str:
    return "An e-mail was sent"


def _void(_who: str, _data: Json) -> str:
    return "Nothing is left to do by hand"


def _direction(data: Json) -> str:
    return "take" if data.get("direction") == Direction.TAKE else "give"


def _term(value: Json) -> str:
    return lasting(Term.from_json(value))


def _end(value: Json) -> str:
    if value.get("end"):
        return moment(datetime.fromisoformat(value["end"]))
    return spoken(timedelta(seconds=value["length"])) if value.get("length") else "no end"


SENTENCES: dict[str, Sentence] = {
    "request.pending": _asked,
    "request.approved": _state,
    "request.rejected": _state,
    "request.expired": _state,
    "request.withdrawn": _state,
    "request.cancelled": _state,
    "request.term_changed": _changed,
    "request.shortened": _shortened,
    "request.reminded": _reminded,
    "request.warned": _warned,
    "stage.opened": _opened,
    "stage.asked": _asked_anew,
    "stage.escalated": _escalated,
    "stage.overdue": _overdue,
    "stage.stuck": _stuck,
    "stage.reassigned": _reassigned,
    "stage.away": _away,
    "stage.back": _back,
    "stage.channel_gone": _channel_gone,
    "decision.approve": _decided("approved"),
    "decision.reject": _decided("rejected"),
    "comment": _commented,
    "grant.scheduled": _started,
    "grant.granting": _started,
    "grant.active": _state,
    "grant.revoking": _state,
    "grant.ended": _state,
    "grant.revoked": _state,
    "grant.failed": _state,
    "grant.extended": _extended,
    "grant.shortened": _ends_sooner,
    "grant.grace": _held_up,
    "grant.held": _held_back,
    "grant.limited": _limited,
    "grant.set_back": _set_back,
    "grant.notice": _noticed,
    "task.open": _by_hand,
    "task.done": _did,
    "task.refused": _could_not,
    "task.void": _void,
    "mail.sent": _mailed,
    "emergency.used": _in_emergency,
    "review.open": _to_review,
    "review.reminded": _review_reminded,
    "review.justified": _reviewed("justified"),
    "review.misused": _reviewed("misused"),
}
"""By the audit entry's action. One that is not here is said in its own words."""
