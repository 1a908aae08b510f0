"""What happens to an access: given, held, taken, by hand or not."""

from datetime import datetime, timedelta

from blocks.text import esc, mentions, moment
from blocks.timeline.saying import Sentence, direction, end, quoted, state
from models.durations import spoken
from models.tables.base import Json
from models.tables.grants import Direction


def _started(who: str, data: Json) -> str:
    return f"{who} began to set it up for {esc(str(data.get('request') or 'the request'))}"


def _ends_sooner(who: str, data: Json) -> str:
    return f"{who} lets it end sooner: {end(data['before'])} → {end(data['after'])}"


def _extended(_who: str, data: Json) -> str:
    return f"The end moved with {esc(data['request'])}: {end(data['before'])} → {end(data['after'])}"


def _held_back(_who: str, _data: Json) -> str:
    return "Its time is up by a database that looks like a restored backup: an admin is asked first"


def _held_up(_who: str, data: Json) -> str:
    until = moment(datetime.fromisoformat(data["until"]))
    return f"The end is held up until {until}, while {esc(data['request'])} waits"


def _set_back(_who: str, data: Json) -> str:
    return f"The clock was set back, and the end with it: {end(data['before'])} → {end(data['after'])}"


def _limited(_who: str, data: Json) -> str:
    because = f"The holder is {esc(data['because'])} by now, so it"
    return f"{because} has an end: {end(data['after'])}"


def _noticed(who: str, data: Json) -> str:
    return f"{who} told the holder that it ends within {spoken(timedelta(seconds=data['before_end']))}"


def _by_hand(_who: str, data: Json) -> str:
    return f"Asked {mentions(data['asked'], word='or', most=20)} to {direction(data)} it by hand"


def _did(who: str, data: Json) -> str:
    return f"{who} has {'taken' if data.get('direction') == Direction.TAKE else 'given'} it by hand"


def _could_not(who: str, data: Json) -> str:
    return f"{who} could not {direction(data)} it{quoted(data.get('note'))}"


def _mailed(_who: str, _data: Json) -> str:
    return "An e-mail was sent"


def _void(_who: str, _data: Json) -> str:
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
}
