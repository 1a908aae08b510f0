"""A change of the catalogue that waits for a second admin: an admin's copy, its author's, and its outcome."""

from collections.abc import Iterable

from blocks import kit
from blocks.cards import buttons, parts, words
from blocks.kit import Block, Element, Message
from blocks.text import cut, esc, mention, moment, quote
from models.queries.change_story import ChangeStory
from models.tables.catalogue_changes import IMPORT, MESSAGE, Proposal, ProposalState

SENTENCE = 400
"""Of one change, on a card; the form that approves shows it whole."""


def change(story: ChangeStory, viewer: str) -> Message:
    """Offers Approve and Reject to the other admins and Withdraw to its author, while it waits."""
    one = story.proposal
    who = words.named(story.names, one.by)
    plainly = "imported a catalogue" if one.kind == IMPORT else f"proposes to change {esc(one.title)}"
    return parts.message(
        f"{who} {plainly}",
        [
            kit.section(f"*{heading(one)}*"),
            kit.section(words.fit(said(one.words))),
            kit.section(_standing(story, viewer)),
            parts.row(*deciding(one, viewer)) if viewer == one.by or viewer in story.admins else None,
            kit.context(f"{one.ref} · {moment(one.at)}"),
        ],
    )


def done(story: ChangeStory, _viewer: str) -> Message:
    """Told to its author once it is decided."""
    one = story.proposal
    plainly = f"Your change of {esc(one.title)}: {one.state.capitalize()}"
    return parts.message(
        plainly,
        [
            kit.section(f"*Your change of {esc(one.title)}*: {outcome(one)}"),
            kit.section(words.fit(said(one.words))),
            kit.context(one.ref),
        ],
    )


def heading(one: Proposal) -> str:
    """Who wants what: "@Mia proposes to change GitHub"."""
    if one.kind == IMPORT:
        return f"{mention(one.by)} imported a catalogue"
    verb = ("change" if one.after else "take out") if one.before or one.version else "add"
    verb = "change" if one.kind == MESSAGE else verb  # there is always one, if only in the standard words
    return f"{mention(one.by)} proposes to {verb} {esc(one.title)}"


def said(sentences: Iterable[str]) -> list[str]:
    """The difference, a line each."""
    return [f"• {cut(esc(str(sentence)), SENTENCE)}" for sentence in sentences]


def outcome(one: Proposal) -> str:
    """How it was decided, with what was said."""
    note = f"\n{quote(one.note, 1000)}" if one.note else ""
    if one.state is ProposalState.OVERTAKEN:
        return f"*Overtaken*. Nothing of it is applied.{note}"
    ends = {
        ProposalState.APPROVED: "*Approved* by {who}, and applied.",
        ProposalState.REJECTED: "*Rejected* by {who}.",
        ProposalState.WITHDRAWN: "*Withdrawn* by {who}.",
    }
    return ends[one.state].format(who=mention(one.decided_by or "")) + note


def deciding(one: Proposal, viewer: str) -> list[Element | None]:
    """What this admin can press: on their own change Withdraw, on another's Approve and Reject."""
    if not one.open:
        return []
    if viewer == one.by:
        return [buttons.withdraw_change(one)]
    return [buttons.approve_change(one), buttons.reject_change(one)]


def row(one: Proposal, viewer: str) -> list[Block]:
    """The change in a list: what it is, and the buttons."""
    text = words.fit([f"{heading(one)} · {one.ref} · {moment(one.at)}", *said(one.words)], 1500)
    return [kit.section(text), kit.actions([one for one in deciding(one, viewer) if one is not None])]


def waits(count: int) -> str:
    """How many changes wait: "2 changes wait for a second admin"."""
    return f"{count} change{'s wait' if count != 1 else ' waits'} for a second admin"


def _standing(story: ChangeStory, viewer: str) -> str:
    one = story.proposal
    if one.kind == IMPORT:
        return (
            "It is applied: who runs Keyturn’s command line has the database too. Look whether it was meant."
        )
    if not one.open:
        return outcome(one)
    if viewer != one.by:
        return "Nothing is changed until an admin other than its author approves it."
    return f"Proposed, not saved: {waits(len(one.words))}. {esc(story.second)}"
