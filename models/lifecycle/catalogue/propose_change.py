"""Propose a change of the catalogue, which applies once a second admin approves it.

Whoever changes the catalogue locks it first (`apps.lock_catalogue`), then the open changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from models.catalogue.file.diff import entry_change
from models.catalogue.file.read import diff
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import CONFLICT as CONFLICT_KIND
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.entry_kind import EntryKind, P
from models.catalogue.spec.entry_kinds import SETTINGS as SETTINGS_KIND
from models.catalogue.spec.entry_kinds import SettingsSpec
from models.catalogue.spec.messages import MESSAGE as MESSAGE_KIND
from models.catalogue.spec.messages import MessageSpec
from models.lifecycle import redraw
from models.registry import catalogue_entries
from models.registry.directory import Directory, names_of
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.catalogue import APP, IMPORT, OPEN_CHANGES, SETTINGS, App, Part, Proposal, ProposalState
from models.text import join_words


def needs_second_admin(case: Case) -> bool:
    """Whether a change waits for a second admin."""
    return catalogue_entries.workspace_settings(case).two_people


def other_admins(case: Case, by: str) -> list[str]:
    """The admins who can approve what this person proposes: all others in good standing."""
    who = Directory(case)
    return [admin for admin in who.admins() if admin != by and who.is_admin(admin)]


def open_changes_of_kind(case: Case, kind: str) -> list[Proposal]:
    """The open changes of everything of a kind, oldest first."""
    return [change for change in case.all(OPEN_CHANGES) if change.kind == kind]


def open_changes(case: Case, kind: str, key: str) -> list[Proposal]:
    """The open changes of one app (or of another entry of the catalogue), oldest first."""
    return [change for change in open_changes_of_kind(case, kind) if change.key == key]


def draft_of(case: Case, kind: str, key: str, by: str) -> Proposal | None:
    """The open change that this person has made there. There is one at most."""
    return next((change for change in open_changes(case, kind, key) if change.by == by), None)


def propose_app(
    out: Outcome, present: AppSpec | None, version: int, spec: AppSpec, by: str
) -> Proposal | None:
    """Propose a change of an app; None where it changes nothing.

    `version` is the app's, 0 for a new one. An open change of the same person there is replaced by this one.
    """
    words = [str(change) for change in diff([present] if present else [], [spec])]
    before = present.stored() if present else {}
    return _propose(out, _Draft(APP, spec.key, spec.name, version, before, spec.stored(), words), by)


def propose_settings(out: Outcome, spec: SettingsSpec, by: str) -> Proposal | None:
    """Propose a change of the settings, in the same way."""
    present = catalogue_entries.workspace_settings(out.case)
    words = [str(change) for change in entry_change(SETTINGS_KIND, present, spec)]
    version = version_of(out.case, SETTINGS, "settings")
    proposed = _Draft(SETTINGS, "settings", "Settings", version, present.stored(), spec.stored(), words)
    return _propose(out, proposed, by)


def propose_conflict(
    out: Outcome, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str
) -> Proposal | None:
    """Propose a conflict, in the same way: a new one, a changed one, or (`wanted` is None) its removal."""
    return _propose_part(out, CONFLICT_KIND, (present, wanted), by)


def propose_message(
    out: Outcome, present: MessageSpec | None, wanted: MessageSpec | None, by: str
) -> Proposal | None:
    """Propose a message in the company's own words, in the same way."""
    return _propose_part(out, MESSAGE_KIND, (present, wanted), by)


def mark_superseded(out: Outcome) -> None:
    """Mark the open changes as superseded whose app or entry has another version by now."""
    for proposal in out.case.all(OPEN_CHANGES):
        if version_of(out.case, proposal.kind, proposal.key) != proposal.version:
            close_change(out, proposal, ProposalState.OVERTAKEN, SYSTEM, superseded_sentence(proposal))


def record_import(out: Outcome, words: Iterable[str], by: str) -> None:
    """Record an import that the operator made while two people are needed, and show it to every admin."""
    changes = list(words)
    if not changes:
        return
    proposal = out.add(
        Proposal, kind=IMPORT, key="", title="The catalogue", version=0, before={}, after={}, words=changes,
        by=by, at=out.now, state=ProposalState.APPROVED, decided_by=by, decided_at=out.now,
    )  # fmt: skip
    out.record(by, "change.imported", proposal.ref, changes=changes)
    _show(out, proposal)


@dataclass(frozen=True)
class _Draft:
    """A change that is to be proposed, by the columns of `Proposal`."""

    kind: str
    key: str
    title: str
    version: int
    before: Json
    after: Json
    words: list[str]


def _propose_part(
    out: Outcome, kind: EntryKind[P], both: tuple[P | None, P | None], by: str
) -> Proposal | None:
    present, wanted = both
    spec = wanted or present
    if spec is None:
        return None
    words, key = [str(change) for change in entry_change(kind, present, wanted)], kind.key(spec)
    before, after = (spec.stored() if spec else {} for spec in both)
    title = f"the {kind.word} {kind.title(spec)}"[:75]
    version = version_of(out.case, kind.name, key)
    return _propose(out, _Draft(kind.name, key, title, version, before, after, words), by)


def _propose(out: Outcome, proposed: _Draft, by: str) -> Proposal | None:
    draft = draft_of(out.case, proposed.kind, proposed.key, by)
    if not proposed.words:
        if draft is not None:
            close_change(out, draft, ProposalState.WITHDRAWN, by, "")
        return None
    if draft is None:
        proposal = out.add(Proposal, by=by, at=out.now, **vars(proposed))
    else:
        proposal = out.change(draft, at=out.now, edition=draft.edition + 1, **vars(proposed))
    _record(out, proposal, "proposed", by)
    _show(out, proposal)
    return proposal


def _record(out: Outcome, proposal: Proposal, what: str, by: str, **more: str) -> None:
    out.record(
        by,
        f"change.{what}",
        proposal.ref,
        app=proposal.key if proposal.kind == APP else "",
        changes=proposal.words,
        before=proposal.before,
        after=proposal.after,
        **more,
    )


def _show(out: Outcome, proposal: Proposal) -> None:
    """A card for every admin, and for who made it."""
    admins = set(Directory(out.case).admins())
    for person_id in sorted(admins | ({proposal.by} if proposal.kind != IMPORT else set())):
        redraw.want_card(out, CardKind.CHANGE, proposal.ref, proposal.ref, person_id)
    redraw.refresh_homes(out, admins)


def waiting_for_sentence(case: Case, by: str) -> str:
    """The admins who can approve what this person proposes, in a sentence."""
    others = set(other_admins(case, by))
    if not others:
        return "There is no other admin of Keyturn right now; it waits until there is one."
    names = sorted(names_of(case, others).values())
    return f"A second admin must approve it: {join_words(names, word='or')}."


def superseded_sentence(proposal: Proposal) -> str:
    """Why a change is superseded, in a sentence."""
    title = proposal.title[:1].upper() + proposal.title[1:]
    return f"{title} was changed after this was proposed. Propose it again if you still want it."


def version_of(case: Case, kind: str, key: str) -> int:
    """The version of an app or an entry; 0 where there is none."""
    row = case.get(App, key) if kind == APP else case.get(Part, (kind, key))
    return 0 if row is None else row.version


def close_change(out: Outcome, proposal: Proposal, state: ProposalState, by: str, note: str) -> Proposal:
    """Close a change with its outcome and the note, and redraw its cards."""
    proposal = out.change(proposal, state=state, decided_by=by, decided_at=out.now, note=note)
    _record(out, proposal, state, by, proposed_by=proposal.by, note=note)
    redraw.redraw_cards(out, proposal.ref)
    if by != proposal.by:
        redraw.want_card(out, CardKind.CHANGE_DONE, proposal.ref, proposal.ref, proposal.by)
    redraw.refresh_homes(out, Directory(out.case).admins())
    return proposal
