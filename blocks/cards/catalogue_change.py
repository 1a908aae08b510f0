"""Cards of a catalogue change that needs a second admin: for the admins, and its outcome for the author."""

from collections.abc import Iterable

from blocks import kit
from blocks.cards import buttons, layout, phrases
from blocks.kit import Block, Element, Message
from blocks.kit.text import cut, esc, mention, moment, quote
from models.queries.admin_stories import ChangeStory
from models.tables.catalogue import IMPORT, MESSAGE, Proposal, ProposalState

SENTENCE_LIMIT = 400
"""Characters of one sentence on a card; the form that approves shows it whole."""


def proposal_card(story: ChangeStory, viewer: str) -> Message:
    """A pending change, with Approve and Reject for the other admins and Withdraw for its author."""
    proposal = story.proposal
    author = phrases.person_name(story.names, proposal.by)
    imported = proposal.kind == IMPORT
    action = "imported a catalogue" if imported else f"proposes to change {esc(proposal.title)}"
    return layout.card(
        f"{author} {action}",
        [
            kit.section(f"*{heading(proposal)}*"),
            kit.section(phrases.fit_lines(difference_lines(proposal.words))),
            kit.section(_status(story, viewer)),
            layout.button_row(*decision_buttons(proposal, viewer), about=f"{proposal.ref}, {proposal.title}")
            if viewer == proposal.by or viewer in story.admins
            else None,
            kit.context(f"{proposal.ref} · {moment(proposal.at)}"),
        ],
    )


def outcome_card(story: ChangeStory, _viewer: str) -> Message:
    """The decision on a change, for its author."""
    proposal = story.proposal
    notification = f"Your change of {esc(proposal.title)}: {proposal.state.capitalize()}"
    return layout.card(
        notification,
        [
            kit.section(outcome_text(proposal, f"your change of *{esc(proposal.title)}*")),
            kit.section(phrases.fit_lines(difference_lines(proposal.words))),
            kit.context(proposal.ref),
        ],
    )


def heading(proposal: Proposal) -> str:
    """Who proposes what: "@Mia proposes to change GitHub"."""
    if proposal.kind == IMPORT:
        return f"{mention(proposal.by)} imported a catalogue"
    if proposal.kind == MESSAGE:
        verb = "change"  # there is always a text, at least the standard one
    elif proposal.before or proposal.version:
        verb = "change" if proposal.after else "remove"
    else:
        verb = "add"
    return f"{mention(proposal.by)} proposes to {verb} {esc(proposal.title)}"


def difference_lines(sentences: Iterable[str]) -> list[str]:
    """The sentences of a difference, each as a list item."""
    return [f"• {cut(esc(str(sentence)), SENTENCE_LIMIT)}" for sentence in sentences]


def outcome_text(proposal: Proposal, title: str = "") -> str:
    """The decision on a change, with its note; `title` is what it was about."""
    subject = f" · {title}" if title else ""
    note = f"\n{quote(proposal.note, 1000)}" if proposal.note else ""
    if proposal.state is ProposalState.OVERTAKEN:
        return f":no_entry_sign: *Overtaken* by another change, nothing was applied{subject}{note}"
    sign, outcome = {
        ProposalState.APPROVED: (":white_check_mark:", "*Approved* and applied"),
        ProposalState.REJECTED: (":x:", "*Rejected*"),
        ProposalState.WITHDRAWN: (":leftwards_arrow_with_hook:", "*Withdrawn*"),
    }[proposal.state]
    return f"{sign} {outcome} by {mention(proposal.decided_by or '')}{subject}{note}"


def decision_buttons(proposal: Proposal, viewer: str) -> list[Element | None]:
    """An admin's buttons: Withdraw on their own change, Approve and Reject on another's."""
    if not proposal.open:
        return []
    if viewer == proposal.by:
        return [buttons.withdraw_change(proposal)]
    return [buttons.approve_change(proposal), buttons.reject_change(proposal)]


def list_row(proposal: Proposal, viewer: str) -> list[Block]:
    """A change in a list, with its buttons."""
    text = phrases.fit_lines(
        [f"{heading(proposal)} · {proposal.ref} · {moment(proposal.at)}", *difference_lines(proposal.words)],
        1500,
    )
    row = layout.button_row(*decision_buttons(proposal, viewer), about=f"{proposal.ref}, {proposal.title}")
    return [kit.section(text), *([row] if row else [])]


def pending_count(count: int) -> str:
    """How many changes are pending: "2 changes need a second admin"."""
    return f"{count} change{'s need' if count != 1 else ' needs'} a second admin"


def _status(story: ChangeStory, viewer: str) -> str:
    proposal = story.proposal
    if proposal.kind == IMPORT:
        return (
            "Already applied, since anyone with the command line controls the database. "
            "Check that this import was intended."
        )
    if not proposal.open:
        return outcome_text(proposal)
    if viewer != proposal.by:
        return "Nothing changes until an admin other than the author approves it."
    return f"Proposed, not saved: {pending_count(len(proposal.words))}. {esc(story.waiting_for)}"
