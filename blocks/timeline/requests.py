"""Sentences for a request's entries: stages, decisions, delegation, escalation, emergencies."""

from datetime import date, datetime

from blocks.kit.text import esc, mention, mentions, moment
from blocks.timeline.phrases import Sentence, quotation, state, term
from models.tables.base import Json


def _submitted(actor: str, data: Json) -> str:
    suffix = " more" if data.get("kind") == "extend" and data["term"]["length"] else ""
    again = " again" if data.get("kind") == "re-raise" else ""
    suffix += ", in an emergency" if data.get("emergency") else ""
    details = f"{quotation(data.get('reason'))}{_conflict_note(data)}"
    return f"{actor} asked{again}, for {term(data['term'])}{suffix}{details}"


def _emergency_used(actor: str, data: Json) -> str:
    people = mentions(data["told"], limit=20) or "nobody"
    details = f"{term(data['term'])}{quotation(data.get('reason'))}"
    return f"{actor} used emergency access, for {details}. Told: {people}"


def _review_opened(_who: str, data: Json) -> str:
    people = mentions(data["asked"], word="or", limit=20)
    return f"Asked {people} to review it" if people else "Nobody may review it: the admins have to look at it"


def _review_closed(verdict: str) -> Sentence:
    return lambda actor, data: f"{actor} found the emergency *{verdict}*{quotation(data.get('note'))}"


def _review_reminded(_who: str, data: Json) -> str:
    return f"Reminded {mentions(data['people'], limit=20) or 'nobody'} of the review"


def _stage_opened(_who: str, data: Json) -> str:
    people = mentions(sorted(data["approvers"]), limit=20)  # PostgreSQL keeps no order of keys
    place = f" in <#{esc(data['channel'])}>" if data.get("channel") else ""
    approvers = f"{people or 'nobody: the admins have to look at it'}{place}"
    return f"Stage “{esc(data['stage'])}” began and asks {approvers}"


def _approvers_changed(_who: str, data: Json) -> str:
    now = f"asks {mentions(sorted(data['approvers']), limit=20)}" if data["approvers"] else ""
    gone = f"no longer asks {mentions(sorted(data['dropped']), limit=20)}" if data["dropped"] else ""
    quiet = f"lets {mentions(sorted(data['quiet']), limit=20)} decide" if data.get("quiet") else ""
    return f"Stage “{esc(data['stage'])}” {' and '.join(part for part in (now, quiet, gone) if part)}"


def _stage_stuck(_who: str, data: Json) -> str:
    return f"The admins were told{quotation(data.get('because'))}"


def _decision(verb: str) -> Sentence:
    def sentence(actor: str, data: Json) -> str:
        length = f" with {term(data['term'])}" if data.get("term") else ""
        absent = f" for {mention(data['stands_in_for'])}, who is away," if data.get("stands_in_for") else ""
        details = f"{quotation(data.get('comment'))}{_conflict_note(data)}"
        return f"{actor} {verb}{absent}{length} in “{esc(data['stage'])}”{details}"

    return sentence


def _conflict_note(data: Json) -> str:
    """What did not go together with it at that moment."""
    conflicts = [
        f"{esc(conflict['title'])}, by “{esc(conflict['rule'])}”" for conflict in data.get("conflicts") or ()
    ]
    return f" :warning: Conflict with {'; '.join(conflicts)}" if conflicts else ""


def _reassigned(actor: str, data: Json) -> str:
    approver, details = mention(data["to"]), f"in “{esc(data['stage'])}”{quotation(data['note'])}"
    if not data["seat"]:
        return f"{actor} named {approver} to decide {details}"
    subject = "it" if actor == mention(data["seat"]) else f"what {mention(data['seat'])} had to decide"
    return f"{actor} passed {subject} on to {approver} {details}"


def _approver_away(_who: str, data: Json) -> str:
    person, last = mention(data["away"]), date.fromisoformat(data["until"])
    text = f"{person} is away until {last.day} {last:%B %Y}"
    if not data["delegate"]:
        return text
    delegate = mention(data["delegate"])
    return f"{text}, and {delegate} {'stands in' if data['asked'] else 'cannot stand in here'}"


def _approver_back(_who: str, data: Json) -> str:
    return f"{mention(data['delegate'])} no longer stands in for {mention(data['away'])}"


def _channel_gone(_who: str, data: Json) -> str:
    return f"<#{esc(data['channel'])}> could not be used, so each was asked in a message of their own"


def _term_changed(actor: str, data: Json) -> str:
    return f"{actor} changed how long: {term(data['before'])} → {term(data['after'])}"


def _shortened(actor: str, data: Json) -> str:
    return f"{actor} wants less: {term(data['before'])} → {term(data['after'])}"


def _comment(actor: str, data: Json) -> str:
    return f"{actor} said{quotation(data.get('text'))}"


def _reminder(actor: str, data: Json) -> str:
    return f"{actor} reminded {mentions(data['people'], limit=20) or 'nobody'}"


def _expiry_warning(actor: str, data: Json) -> str:
    people = mentions([*data["people"], "the requester"], limit=20)
    at = moment(datetime.fromisoformat(data["expires"]))
    return f"{actor} told {people} that it expires {at}"


def _escalation(_who: str, data: Json) -> str:
    return f"Stage “{esc(data['stage'])}” was escalated{quotation(data['because'])}"


def _overdue(_who: str, data: Json) -> str:
    people = mentions(data["people"], limit=20)
    return f"{people} {'was' if len(data['people']) == 1 else 'were'} told that nobody else can be asked"


SENTENCES: dict[str, Sentence] = {
    "request.pending": _submitted,
    "request.approved": state,
    "request.rejected": state,
    "request.expired": state,
    "request.withdrawn": state,
    "request.cancelled": state,
    "request.term_changed": _term_changed,
    "request.shortened": _shortened,
    "request.reminded": _reminder,
    "request.warned": _expiry_warning,
    "stage.opened": _stage_opened,
    "stage.asked": _approvers_changed,
    "stage.escalated": _escalation,
    "stage.overdue": _overdue,
    "stage.stuck": _stage_stuck,
    "stage.reassigned": _reassigned,
    "stage.away": _approver_away,
    "stage.back": _approver_back,
    "stage.channel_gone": _channel_gone,
    "decision.approve": _decision("approved"),
    "decision.reject": _decision("rejected"),
    "comment": _comment,
    "emergency.used": _emergency_used,
    "review.open": _review_opened,
    "review.reminded": _review_reminded,
    "review.justified": _review_closed("justified"),
    "review.misused": _review_closed("misused"),
}
