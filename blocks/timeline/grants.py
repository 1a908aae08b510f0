"""Sentences for a grant's entries: provisioning, manual tasks, changes of the end, revocation."""

from datetime import datetime, timedelta

from blocks.kit.text import esc, mentions, moment
from blocks.timeline.phrases import Sentence, direction, end, quotation, state
from models.durations import spoken
from models.tables.base import Json
from models.tables.grants import Direction


def _started(actor: str, data: Json) -> str:
    return f"{actor} began to set it up for {esc(str(data.get('request') or 'the request'))}"


def _shortened(actor: str, data: Json) -> str:
    return f"{actor} lets it end sooner: {end(data['before'])} → {end(data['after'])}"


def _extended(_who: str, data: Json) -> str:
    return f"The end moved with {esc(data['request'])}: {end(data['before'])} → {end(data['after'])}"


def _held_by_pause(_who: str, _data: Json) -> str:
    return "Its time is up by a database that looks like a restored backup: an admin is asked first"


def _grace(_who: str, data: Json) -> str:
    until = moment(datetime.fromisoformat(data["until"]))
    return f"The end is held up until {until}, while {esc(data['request'])} waits"


def _clock_set_back(_who: str, data: Json) -> str:
    return f"The clock was set back, and the end with it: {end(data['before'])} → {end(data['after'])}"


def _end_date_added(_who: str, data: Json) -> str:
    reason = f"The holder is {esc(data['because'])} by now, so it"
    return f"{reason} has an end: {end(data['after'])}"


def _expiry_notice(actor: str, data: Json) -> str:
    return f"{actor} told the holder that it ends within {spoken(timedelta(seconds=data['before_end']))}"


def _task_opened(_who: str, data: Json) -> str:
    return f"Asked {mentions(data['asked'], word='or', limit=20)} to {direction(data)} it by hand"


def _task_done(actor: str, data: Json) -> str:
    return f"{actor} has {'taken' if data.get('direction') == Direction.TAKE else 'given'} it by hand"


def _task_refused(actor: str, data: Json) -> str:
    return f"{actor} could not {direction(data)} it{quotation(data.get('note'))}"


def _mail_sent(_who: str, _data: Json) -> str:
    return "An e-mail was sent"


def _task_void(_who: str, _data: Json) -> str:
    return "Nothing is left to do by hand"


SENTENCES: dict[str, Sentence] = {
    "grant.scheduled": _started,
    "grant.granting": _started,
    "grant.active": state,
    "grant.revoking": state,
    "grant.ended": state,
    "grant.revoked": state,
    "grant.failed": state,
    "grant.extended": _extended,
    "grant.shortened": _shortened,
    "grant.grace": _grace,
    "grant.held": _held_by_pause,
    "grant.limited": _end_date_added,
    "grant.set_back": _clock_set_back,
    "grant.notice": _expiry_notice,
    "task.open": _task_opened,
    "task.done": _task_done,
    "task.refused": _task_refused,
    "task.void": _task_void,
    "mail.sent": _mail_sent,
}
