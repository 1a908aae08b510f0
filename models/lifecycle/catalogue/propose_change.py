"""A change of the catalogue by two people: proposed by one admin, applied once another approves it.

Whoever changes the catalogue holds it first (`apps.hold`), and then what waits: always in this order.
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


def needed(case: Case) -> bool:
    """Whether a change waits for a second admin."""
    return catalogue_entries.workspace(case).two_people


def seconds(case: Case, by: str) -> list[str]:
    """The admins who can approve what this person proposes: everybody else who may use Slack."""
    who = Directory(case)
    return [one for one in who.admins() if one != by and who.is_admin(one)]


def waiting_of(case: Case, kind: str) -> list[Proposal]:
    """The open changes of everything of a kind, oldest first."""
    return [one for one in case.all(OPEN_CHANGES) if one.kind == kind]


def waiting(case: Case, kind: str, key: str) -> list[Proposal]:
    """The open changes of one app (or of another entry of the catalogue), oldest first."""
    return [one for one in waiting_of(case, kind) if one.key == key]


def draft_of(case: Case, kind: str, key: str, by: str) -> Proposal | None:
    """The open change that this person has made there. There is one at most."""
    return next((one for one in waiting(case, kind, key) if one.by == by), None)


def propose_app(
    out: Outcome, present: AppSpec | None, version: int, spec: AppSpec, by: str
) -> Proposal | None:
    """Let a change of an app wait for a second admin; None where it changes nothing.

    `version` is the app's, 0 for a new one. What the same person has proposed there already becomes this.
    """
    words = [str(one) for one in diff([present] if present else [], [spec])]
    before = present.stored() if present else {}
    return _propose(out, _Wish(APP, spec.key, spec.name, version, before, spec.stored(), words), by)


def propose_settings(out: Outcome, spec: SettingsSpec, by: str) -> Proposal | None:
    """The same for the settings."""
    present = catalogue_entries.workspace(out.case)
    words = [str(one) for one in entry_change(SETTINGS_KIND, present, spec)]
    version = version_of(out.case, SETTINGS, "settings")
    wish = _Wish(SETTINGS, "settings", "Settings", version, present.stored(), spec.stored(), words)
    return _propose(out, wish, by)


def propose_conflict(
    out: Outcome, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str
) -> Proposal | None:
    """The same for a conflict: a new one, another one, or (nothing `wanted`) none any more."""
    return _propose_part(out, CONFLICT_KIND, (present, wanted), by)


def propose_message(
    out: Outcome, present: MessageSpec | None, wanted: MessageSpec | None, by: str
) -> Proposal | None:
    """The same for a message in the company's own words."""
    return _propose_part(out, MESSAGE_KIND, (present, wanted), by)


def overtake(out: Outcome) -> None:
    """The catalogue was changed: what waits for an app that is not what it was fits no more."""
    for proposal in out.case.all(OPEN_CHANGES):
        if version_of(out.case, proposal.kind, proposal.key) != proposal.version:
            close(out, proposal, ProposalState.OVERTAKEN, SYSTEM, moved(proposal))


def imported(out: Outcome, words: Iterable[str], by: str) -> None:
    """The operator took in a file while two people are needed: it is done, and every admin sees what."""
    said = list(words)
    if not said:
        return
    proposal = out.add(
        Proposal, kind=IMPORT, key="", title="The catalogue", version=0, before={}, after={}, words=said,
        by=by, at=out.now, state=ProposalState.APPROVED, decided_by=by, decided_at=out.now,
    )  # fmt: skip
    out.record(by, "change.imported", proposal.ref, changes=said)
    _show(out, proposal)


@dataclass(frozen=True)
class _Wish:
    """What somebody wants to be saved, by the names of `Proposal`."""

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
    one = wanted or present
    if one is None:
        return None
    words, key = [str(change) for change in entry_change(kind, present, wanted)], kind.key(one)
    before, after = (spec.stored() if spec else {} for spec in both)
    title = f"the {kind.word} {kind.title(one)}"[:75]
    version = version_of(out.case, kind.name, key)
    return _propose(out, _Wish(kind.name, key, title, version, before, after, words), by)


def _propose(out: Outcome, wish: _Wish, by: str) -> Proposal | None:
    draft = draft_of(out.case, wish.kind, wish.key, by)
    if not wish.words:
        if draft is not None:
            close(out, draft, ProposalState.WITHDRAWN, by, "")
        return None
    if draft is None:
        proposal = out.add(Proposal, by=by, at=out.now, **vars(wish))
    else:
        proposal = out.change(draft, at=out.now, edition=draft.edition + 1, **vars(wish))
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
        redraw.show(out, CardKind.CHANGE, proposal.ref, proposal.ref, person_id)
    redraw.refresh_homes(out, admins)


def second_wanted(case: Case, by: str) -> str:
    """Who can approve what this person proposes, in a sentence."""
    others = set(seconds(case, by))
    if not others:
        return "Nobody else is an admin of Keyturn now, so it waits until there is one."
    names = sorted(names_of(case, others).values())
    return f"A second admin has to approve it: {join_words(names, word='or')}."


def moved(proposal: Proposal) -> str:
    """Why a change of something that was changed meanwhile is overtaken."""
    title = proposal.title[:1].upper() + proposal.title[1:]
    return f"{title} was changed after this was proposed. Propose it again, if it is still wanted."


def version_of(case: Case, kind: str, key: str) -> int:
    """The version of what a change is of; 0 where it is not there."""
    row = case.get(App, key) if kind == APP else case.get(Part, (kind, key))
    return 0 if row is None else row.version


def close(out: Outcome, proposal: Proposal, state: ProposalState, by: str, note: str) -> Proposal:
    """Note what became of a change, with what was said, and show it wherever it is shown."""
    proposal = out.change(proposal, state=state, decided_by=by, decided_at=out.now, note=note)
    _record(out, proposal, state, by, proposed_by=proposal.by, note=note)
    redraw.redraw(out, proposal.ref)
    if by != proposal.by:
        redraw.show(out, CardKind.CHANGE_DONE, proposal.ref, proposal.ref, proposal.by)
    redraw.refresh_homes(out, Directory(out.case).admins())
    return proposal
