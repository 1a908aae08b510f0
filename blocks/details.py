"""The Details of a request: what changes, who decides and has decided, and everything that happened to it."""

from collections.abc import Sequence
from enum import StrEnum

from blocks import kit
from blocks.cards import buttons, emergency, parts, progress, words
from blocks.kit import Block, Element, View
from blocks.text import esc, mention
from blocks.timeline import line
from models.audit import Entry
from models.catalogue.words import OnReject, RequestKind
from models.queries.stage_story import StageStory
from models.queries.stories import RequestStory
from models.tables.requests import Asked
from models.tables.states import StageState

PAGE = 30
"""Steps on one page; a view takes 100 blocks and 250 kB."""

_RULES = {
    "any": "the first decision counts",
    "all": "all of them have to approve",
    "1": "1 approval is needed",
}


class DetailsAction(StrEnum):
    """The buttons that turn pages; their value is the request's reference and the page, as in AR-12/2."""

    EARLIER = "details.earlier"
    LATER = "details.later"


def details(
    story: RequestStory,
    entries: Sequence[Entry],
    page: int = 0,
    *,
    viewer: str = "",
    reassigns: bool = False,
) -> View:
    """The modal, with the steps of one page (counted from 0; one beyond the last shows the last).

    Whoever looks at it can decide there, if they may; `reassigns` says whether they can pass a decision on.
    """
    last = max((len(entries) - 1) // PAGE, 0)
    page = min(max(page, 0), last)
    blocks = [
        kit.section(_what(story)),
        parts.facts(_facts(story)),
        parts.reason(story.request),
        kit.section(_standing(story)),
        emergency.mark(story),
        *(_stage(one, len(story.stages)) for one in story.stages),
        parts.row(*_doing(story, viewer, reassigns=reassigns)),
        kit.divider(),
        *(kit.section(line(entry)) for entry in entries[page * PAGE : (page + 1) * PAGE]),
        *_turning(story.request.ref, page, last),
    ]
    return kit.modal(
        f"Details of {story.request.ref}",
        [one for one in blocks if one],
        callback_id="details",
        close="Close",
    )


def read_page(value: str) -> tuple[str, int]:
    """The reference and the page that a page-turning button names."""
    ref, _, page = value.partition("/")
    return ref, int(page) if page.isascii() and page.isdigit() and len(page) < PAGE else 0


def _what(story: RequestStory) -> str:
    one, who = story.request, mention(story.request.beneficiary_id)
    if one.kind is RequestKind.EXTEND:
        return f"{who} keeps *{words.thing(one)}* for longer"
    return f"{who} gets *{words.thing(one)}*"


def _facts(story: RequestStory) -> dict[str, str]:
    access = story.snapshot.access
    by_hand = access.connector.type == "manual"
    found = {
        "How long": words.how_long(story),
        "Risk": words.risk(story.snapshot),
        "Kind": access.kind.value.capitalize() + (", privileged" if access.privileged else ""),
        "Given and taken": "by hand"
        if by_hand
        else f"by Keyturn ({access.connector.type.replace('_', ' ')})",
        "Asked by": mention(story.request.requester_id),
    }
    return found | ({"Ends": words.ends(story.extended, story)} if story.extended else {})


def _standing(story: RequestStory) -> str:
    lines = [progress.status(story), progress.closing_note(story)]
    if story.grant is not None and story.extended is None:
        lines.append(f"The access: {progress.access_line(story.grant, story.admins)}")
    return "\n".join(text for text in lines if text)


def _stage(one: StageStory, stages: int) -> Block:
    stage = one.stage
    rule = _RULES.get(stage.rule, f"{stage.rule} approvals are needed")
    if one.on_reject is OnReject.VETO and stage.rule.isdigit():
        rule += ", and one rejection ends it"
    place = f"Stage {stage.position + 1} of {stages}: " if stages > 1 else ""
    head = f"*{place}{esc(stage.name)}* · {rule}"
    lines = [head, *(progress.decision_line(decision) for decision in one.decisions)]
    if stage.state is StageState.OPEN:
        lines += [text for text in (progress.waiting(one), progress.remark(one)) if text]
    lines += [f"{_how(asked)}: {mention(asked.person_id)}, {esc(asked.because)}" for asked in one.asked]
    return kit.section(words.fit(lines))


def _doing(story: RequestStory, viewer: str, *, reassigns: bool) -> list[Element | None]:
    ref, may = story.request.ref, story.may_decide(viewer)
    return [
        buttons.approve(ref) if may else None,
        buttons.reject(ref) if may else None,
        buttons.modify(ref) if may else None,
        buttons.reassign(ref) if reassigns else None,
    ]


def _how(asked: Asked) -> str:
    return "Not asked, but may decide" if asked.quiet else "Asked"


def _turning(ref: str, page: int, last: int) -> list[Block]:
    if last == 0:
        return []
    earlier = kit.button("Earlier", DetailsAction.EARLIER, f"{ref}/{page - 1}") if page > 0 else None
    later = kit.button("Later", DetailsAction.LATER, f"{ref}/{page + 1}") if page < last else None
    turns = parts.row(earlier, later)
    return [kit.context(f"Page {page + 1} of {last + 1}"), *([turns] if turns else [])]
