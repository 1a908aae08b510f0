"""What stands out about a request: facts counted from Keyturn's own records, and which of them are unusual.

Each fact is a count with its other side ("7 of 9"). Whether it is unusual is a rule that stands here and
nowhere else; `docs/facts.md` has it in words. Too few cases say nothing: then there is no fact. None of them
is a recommendation, and nothing adds them up to a score.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.tables.states import Usage

MIN_PEERS = 3
"""Others in the department; of fewer, nothing is said."""
RARE = 10
"""An access is rare in a department where fewer than one in so many has it."""
MIN_HELD = 2
"""Times that somebody had an access before; once says nothing about whether they need it."""
MIN_LENGTHS = 3
"""Earlier requests for an access, to compare the length with."""
MIN_REQUESTS = 5
"""Earlier requests of the requester, to compare the time of day with."""
MIN_ANSWERS = 4
"""Answers of holders about what an approver approved."""
NIGHT = (22, 6)
"""The hours of the night: from, to (the requester's own time zone)."""
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class PeersFact:
    """How many of the others in the beneficiary's department have the access now."""

    department: str
    listed: bool
    """Whether the directory table names the department. Else the profile in Slack does, which people edit."""
    others: int
    """Active people in it, without the beneficiary."""
    holders: int

    @property
    def unusual(self) -> bool:
        return self.holders * RARE < self.others


@dataclass(frozen=True, slots=True)
class HistoryFact:
    """How often the beneficiary had the access before, and what came of it."""

    held: int
    given_back: int
    """How often they gave it back before its end."""
    not_needed: int
    """How often they said at the end that they didn't need it."""
    less: int
    """How often they said that less would do."""

    @property
    def unusual(self) -> bool:
        needless = self.not_needed + self.less
        return self.held >= MIN_HELD and needless * 2 >= self.held


@dataclass(frozen=True, slots=True)
class FirstFact:
    """The beneficiary never had the access. Everybody has a first time: not unusual by itself."""

    others: int
    """How many other accesses of the same app they had or requested before; 0: first request for the app."""

    unusual = False


@dataclass(frozen=True, slots=True)
class TimeFact:
    """The request was made at night or at a weekend, where the requester lives."""

    night: bool
    """At night; else at a weekend."""
    requests: int
    """Their earlier requests that were looked at."""
    alike: int
    """How many of those were at night, or at a weekend."""

    @property
    def unusual(self) -> bool:
        return self.alike == 0


@dataclass(frozen=True, slots=True)
class LengthFact:
    """How the requested length compares with what the beneficiary's earlier requests for the access had."""

    longest: timedelta | None
    """Of those before; None: one was without an end."""
    requests: int
    longer: bool
    """Whether this one is longer than each of them."""

    @property
    def unusual(self) -> bool:
        return self.longer


@dataclass(frozen=True, slots=True)
class ApproverFact:
    """What holders said at the end of this access, where this approver had approved it."""

    answers: int
    not_needed: int
    less: int

    @property
    def unusual(self) -> bool:
        return self.not_needed * 3 >= self.answers


Fact = PeersFact | HistoryFact | FirstFact | TimeFact | LengthFact | ApproverFact


@dataclass(frozen=True)
class RequestFacts:
    """The facts about a request: those for every reader, and those for one approver."""

    common: tuple[Fact, ...] = ()
    approvers: Mapping[str, ApproverFact] = field(default_factory=dict)
    """By the approver's id."""

    def seen_by(self, viewer: str) -> tuple[Fact, ...]:
        """All facts for this reader, the unusual ones first."""
        own = self.approvers.get(viewer)
        facts = (*self.common, *([own] if own else []))
        return tuple(sorted(facts, key=lambda fact: not fact.unusual))


NO_FACTS = RequestFacts()


@dataclass(frozen=True, slots=True)
class EarlierRequest:
    """An earlier request of the beneficiary's for the same app."""

    same: bool
    """Whether it was for the same access."""
    length: timedelta | None
    """As requested; None: without an end."""
    held: bool
    """Whether they had the access then."""
    given_back: bool = False
    usage: Usage | None = None


def peers_fact(department: str, others: int, holders: int, *, listed: bool) -> PeersFact | None:
    """The fact about the department; None where that is unknown or too small to say anything."""
    if not department or others < MIN_PEERS:
        return None
    return PeersFact(department, listed, others, holders)


def history_fact(earlier: Sequence[EarlierRequest]) -> HistoryFact | FirstFact:
    """What the beneficiary had of the app before."""
    held = [request for request in earlier if request.same and request.held]
    if not held:
        return FirstFact(sum(not request.same for request in earlier))
    return HistoryFact(
        held=len(held),
        given_back=sum(request.given_back for request in held),
        not_needed=sum(request.usage is Usage.NO for request in held),
        less=sum(request.usage is Usage.LESS for request in held),
    )


def length_fact(earlier: Iterable[EarlierRequest], length: timedelta | None) -> LengthFact | None:
    """How the length compares; None where there is too little to compare with."""
    lengths = [request.length for request in earlier if request.same]
    if len(lengths) < MIN_LENGTHS:
        return None
    known = [before for before in lengths if before is not None]
    if len(known) < len(lengths):
        return LengthFact(None, len(lengths), longer=False)
    longest = max(known)
    return LengthFact(longest, len(lengths), longer=length is None or length > longest)


def time_fact(at: datetime, earlier: Sequence[datetime], zone: ZoneInfo) -> TimeFact | None:
    """The fact about the time of day; None by day on a weekday, and where there is too little to compare.

    `at` and `earlier` are aware: when this request and earlier ones of the requester were made. A zone that
    is just UTC is what stands where Slack says none, so it says nothing.
    """
    if zone.key == "UTC" or len(earlier) < MIN_REQUESTS:
        return None
    night = _at_night(at, zone)
    if not night and not _at_weekend(at, zone):
        return None
    alike = _at_night if night else _at_weekend
    return TimeFact(night, len(earlier), sum(alike(before, zone) for before in earlier))


def approver_facts(answers: Iterable[tuple[str, Usage]]) -> dict[str, ApproverFact]:
    """The facts for approvers, by their ids; `answers` are who approved, and what the holder said."""
    by_approver: dict[str, list[Usage]] = {}
    for person_id, usage in answers:
        by_approver.setdefault(person_id, []).append(usage)
    return {
        person_id: ApproverFact(len(said), said.count(Usage.NO), said.count(Usage.LESS))
        for person_id, said in by_approver.items()
        if len(said) >= MIN_ANSWERS
    }


def request_facts(
    peers: PeersFact | None,
    earlier: Sequence[EarlierRequest],
    time: TimeFact | None,
    length: timedelta | None,
    answers: Iterable[tuple[str, Usage]],
    *,
    extension: bool,
) -> RequestFacts:
    """All facts about a request.

    An `extension` says nothing of a first time or of a length: the access is there, and its length is more
    time.
    """

    def facts() -> Iterator[Fact | None]:
        yield peers
        history = history_fact(earlier)
        yield history if isinstance(history, HistoryFact) or not extension else None
        yield None if extension else length_fact(earlier, length)
        yield time

    return RequestFacts(tuple(fact for fact in facts() if fact is not None), approver_facts(answers))


def _at_night(at: datetime, zone: ZoneInfo) -> bool:
    evening, morning = NIGHT
    hour = at.astimezone(zone).hour
    return hour >= evening or hour < morning


def _at_weekend(at: datetime, zone: ZoneInfo) -> bool:
    return at.astimezone(zone).weekday() >= SATURDAY
