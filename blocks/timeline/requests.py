"""What happens to a request: asked for, passed through its stages, decided, used in an emergency."""

from datetime import date, datetime

from blocks.text import esc, mention, mentions, moment
from blocks.timeline.saying import Sentence, quoted, state, term
from models.tables.base import Json


def _asked(who: str, data: Json) -> str:
    more = " more" if data.get("kind") == "extend" and data["term"]["length"] else ""
    again = " again" if data.get("kind") == "re-raise" else ""
    more += ", in an emergency" if data.get("emergency") else ""
    said = f"{quoted(data.get('reason'))}{_conflicting(data)}"
    return f"{who} asked{again}, for {term(data['term'])}{more}{said}"


def _in_emergency(who: str, data: Json) -> str:
    told = mentions(data["told"], most=20) or "nobody"
    return f"{who} used emergency access, for {term(data['term'])}{quoted(data.get('reason'))}. Told: {told}"


def _to_review(_who: str, data: Json) -> str:
    asked = mentions(data["asked"], word="or", most=20)
    return f"Asked {asked} to review it" if asked else "Nobody may review it: the admins have to look at it"


def _reviewed(verdict: str) -> Sentence:
    return lambda who, data: f"{who} found the emergency *{verdict}*{quoted(data.get('note'))}"


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
    return f"The admins were told{quoted(data.get('because'))}"


def _decided(verb: str) -> Sentence:
    def sentence(who: str, data: Json) -> str:
        length = f" with {term(data['term'])}" if data.get("term") else ""
        behalf = f" for {mention(data['stands_in_for'])}, who is away," if data.get("stands_in_for") else ""
        said = f"{quoted(data.get('comment'))}{_conflicting(data)}"
        return f"{who} {verb}{behalf}{length} in “{esc(data['stage'])}”{said}"

    return sentence


def _conflicting(data: Json) -> str:
    """What did not go together with it at that moment."""
    found = [f"{esc(one['title'])}, by “{esc(one['rule'])}”" for one in data.get("conflicts") or ()]
    return f" :warning: Conflict with {'; '.join(found)}" if found else ""


def _reassigned(who: str, data: Json) -> str:
    if not data["seat"]:
        return f"{who} named {mention(data['to'])} to decide in “{esc(data['stage'])}”{quoted(data['note'])}"
    whose = "it" if who == mention(data["seat"]) else f"what {mention(data['seat'])} had to decide"
    return f"{who} passed {whose} on to {mention(data['to'])} in “{esc(data['stage'])}”{quoted(data['note'])}"


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
    return f"{who} changed how long: {term(data['before'])} → {term(data['after'])}"


def _shortened(who: str, data: Json) -> str:
    return f"{who} wants less: {term(data['before'])} → {term(data['after'])}"


def _commented(who: str, data: Json) -> str:
    return f"{who} said{quoted(data.get('text'))}"


def _reminded(who: str, data: Json) -> str:
    return f"{who} reminded {mentions(data['people'], most=20) or 'nobody'}"


def _warned(who: str, data: Json) -> str:
    people = mentions([*data["people"], "the requester"], most=20)
    at = moment(datetime.fromisoformat(data["expires"]))
    return f"{who} told {people} that it expires {at}"


def _escalated(_who: str, data: Json) -> str:
    return f"Stage “{esc(data['stage'])}” was escalated{quoted(data['because'])}"


def _overdue(_who: str, data: Json) -> str:
    told = mentions(data["people"], most=20)
    return f"{told} {'was' if len(data['people']) == 1 else 'were'} told that nobody else can be asked"


SENTENCES: dict[str, Sentence] = {
    "request.pending": _asked,
    "request.approved": state,
    "request.rejected": state,
    "request.expired": state,
    "request.withdrawn": state,
    "request.cancelled": state,
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
    "emergency.used": _in_emergency,
    "review.open": _to_review,
    "review.reminded": _review_reminded,
    "review.justified": _reviewed("justified"),
    "review.misused": _reviewed("misused"),
}
