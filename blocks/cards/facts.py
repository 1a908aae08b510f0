"""What stands out about a request: the unusual on its card, and all in Details, with how it was counted.

The rules are in `models.policy.unusual`; here are their words.
"""

from blocks import kit
from blocks.cards import phrases
from blocks.kit import Block
from blocks.kit.text import cut, esc, mention
from models.catalogue.spec.enums import RequestKind
from models.durations import duration_words
from models.policy.unusual import (
    ApproverFact,
    Fact,
    FirstFact,
    HistoryFact,
    LengthFact,
    PeersFact,
    TimeFact,
)
from models.queries.stories import RequestStory

SIGN = ":large_orange_diamond:"
_DEPARTMENT = 60
"""Characters of a department's name."""
_HEADING = "*How usual it is*"
_NOTE = "Counted from Keyturn's own records, just now. Nothing of it is a recommendation."


def card_line(story: RequestStory, viewer: str) -> str:
    """The unusual facts for the card's reader, the first in bold; empty where nothing is unusual."""
    facts = [_text(fact, story) for fact in story.facts.seen_by(viewer) if fact.unusual]
    if not facts:
        return ""
    first, *rest = facts
    return f"{SIGN} {' · '.join([f'*{_capital(first)}*', *rest])}"


def in_details(story: RequestStory, viewer: str) -> list[Block]:
    """All facts for the reader, unusual or not, each with how it was counted."""
    facts = story.facts.seen_by(viewer)
    if not facts:
        return []
    lines = [_HEADING]
    for fact in facts:
        text = _capital(_text(fact, story))
        lines.append(f"{f'{SIGN} *{text}*' if fact.unusual else f'• {text}'}\n{_count(fact, story)}")
    return [kit.section(phrases.fit_lines(lines)), kit.context(_NOTE)]


def _text(fact: Fact, story: RequestStory) -> str:
    """A fact in a phrase."""
    match fact:
        case PeersFact():
            text = _peers(fact, story)
        case HistoryFact():
            text = _history(fact)
        case FirstFact():
            own, app = phrases.access_title(story.request), esc(story.request.app_name)
            text = f"first request for {own if fact.others else app}"
        case TimeFact():
            when = "at night" if fact.night else "at a weekend"
            text = f"first time {when}" if fact.unusual else f"{when}, as {_times(fact.alike)} before"
        case LengthFact():
            longer = f"longer than ever before (at most {_longest(fact)})"
            text = longer if fact.unusual else f"not longer than before (up to {_longest(fact)})"
        case _:
            needed = fact.answers - fact.not_needed
            counts = f"{fact.not_needed if fact.unusual else needed} of the {fact.answers}"
            text = f"{counts} you approved were {'not needed' if fact.unusual else 'needed'}"
    return text


def _count(fact: Fact, story: RequestStory) -> str:
    """How a fact was counted, with its other side."""
    request, who = story.request, mention(story.request.beneficiary_id)
    access = phrases.access_title(request)
    match fact:
        case PeersFact():
            source = "the directory table" if fact.listed else "their Slack profile, which people may edit"
            peers = f"{fact.others} other active people in {_department(fact)} that Keyturn knows"
            return (
                f"Of {peers}, {fact.holders} hold it now and {fact.others - fact.holders} don't."
                f" The department is as in {source}."
            )
        case HistoryFact():
            return _history_count(fact, who, access)
        case FirstFact():
            return f"{who} never had it; other requests for {esc(request.app_name)} before: {fact.others}."
        case TimeFact():
            hours = "between 22:00 and 6:00" if fact.night else "on a Saturday or Sunday"
            by, others = mention(request.requester_id), fact.requests - fact.alike
            return (
                f"Of the last {fact.requests} closed requests of {by}, {fact.alike} were made {hours} and"
                f" {others} were not, in their time zone in Slack."
            )
        case LengthFact():
            return f"{who} requested it {_times(fact.requests)} before, for at most {_longest(fact)}."
        case ApproverFact():
            used = fact.answers - fact.not_needed - fact.less
            return (
                f"Of the last {fact.answers} that you approved for {access} and whose holder answered at the"
                f" end: used {used}, less would do {fact.less}, not needed {fact.not_needed}."
            )


def _history_count(fact: HistoryFact, who: str, access: str) -> str:
    rest = fact.held - fact.not_needed - fact.less
    return (
        f"Times that {who} had {access}: {fact.held}; given back early: {fact.given_back}. Answers at the"
        f" end: didn't need it {fact.not_needed}, less would do {fact.less}, used it or no answer {rest}."
    )


def _peers(fact: PeersFact, story: RequestStory) -> str:
    profile = "" if fact.listed else " (by Slack profile)"
    if fact.holders:
        verb = "has" if fact.holders == 1 else "have"
        return f"{fact.holders} of {fact.others} in {_department(fact)}{profile} {verb} it"
    nobody = "nobody else" if story.request.kind is RequestKind.EXTEND else "nobody"
    return f"{nobody} in {_department(fact)}{profile} has it"


def _department(fact: PeersFact) -> str:
    return cut(esc(fact.department), _DEPARTMENT)


def _history(fact: HistoryFact) -> str:
    """What came of it before: "had it 5 times before: not needed 2 times, given back early 1 time"."""
    outcomes = {
        "not needed": fact.not_needed,
        "less would do": fact.less,
        "given back early": fact.given_back,
    }
    known = [f"{words} {_times(count)}" for words, count in outcomes.items() if count]
    return f"had it {_times(fact.held)} before{': ' if known else ''}{', '.join(known)}"


def _longest(fact: LengthFact) -> str:
    return duration_words(fact.longest) if fact.longest is not None else "no end"


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
