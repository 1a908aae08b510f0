"""A change of the catalogue by two people: proposed by one admin, applied once another approves it.

Whoever changes the catalogue holds it first (`apps.hold`), and then what waits: always in this order.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models.catalogue.condition_words import either
from models.catalogue.conflict_entries import CONFLICT as CONFLICT_KIND
from models.catalogue.conflicts import ConflictSpec
from models.catalogue.file import diff
from models.catalogue.message_entries import MESSAGE as MESSAGE_KIND
from models.catalogue.messages import MessageSpec
from models.catalogue.part import Kind, P
from models.catalogue.part_changes import change_of
from models.catalogue.spec import AppSpec
from models.catalogue.workspace import SETTINGS as SETTINGS_KIND
from models.catalogue.workspace import SettingsSpec
from models.lifecycle import redraw
from models.registry import catalogue_entries
from models.registry.directory import Directory, names_of
from models.store.tx import SYSTEM, Tx
from models.tables.base import Json
from models.tables.cards import CardKind
from models.tables.catalogue import App, Part
from models.tables.catalogue_changes import (
    APP,
    IMPORT,
    SETTINGS,
    Proposal,
    ProposalState,
    draft_of,
    every_open,
)


def needed(session: Session) -> bool:
    """Whether a change waits for a second admin."""
    return catalogue_entries.workspace(session).two_people


def seconds(session: Session, by: str) -> list[str]:
    """The admins who can approve what this person proposes: everybody else who may use Slack."""
    who = Directory(session)
    return [one for one in who.admins() if one != by and who.is_admin(one)]


def propose_app(tx: Tx, present: AppSpec | None, version: int, spec: AppSpec, by: str) -> Proposal | None:
    """Let a change of an app wait for a second admin; None where it changes nothing.

    `version` is the app's, 0 for a new one. What the same person has proposed there already becomes this.
    """
    words = [str(one) for one in diff([present] if present else [], [spec])]
    before = present.stored() if present else {}
    return _propose(tx, _Wish(APP, spec.key, spec.name, version, before, spec.stored(), words), by)


def propose_settings(tx: Tx, spec: SettingsSpec, by: str) -> Proposal | None:
    """The same for the settings."""
    present = catalogue_entries.workspace(tx.session)
    words = [str(one) for one in change_of(SETTINGS_KIND, present, spec)]
    version = version_of(tx.session, SETTINGS, "settings")
    wish = _Wish(SETTINGS, "settings", "Settings", version, present.stored(), spec.stored(), words)
    return _propose(tx, wish, by)


def propose_conflict(
    tx: Tx, present: ConflictSpec | None, wanted: ConflictSpec | None, by: str
) -> Proposal | None:
    """The same for a conflict: a new one, another one, or (nothing `wanted`) none any more."""
    return _propose_part(tx, CONFLICT_KIND, (present, wanted), by)


def propose_message(
    tx: Tx, present: MessageSpec | None, wanted: MessageSpec | None, by: str
) -> Proposal | None:
    """The same for a message in the company's own words."""
    return _propose_part(tx, MESSAGE_KIND, (present, wanted), by)


def overtake(tx: Tx) -> None:
    """The catalogue was changed: what waits for an app that is not what it was fits no more."""
    tx.session.flush()
    for proposal in every_open(tx.session):
        if version_of(tx.session, proposal.kind, proposal.key) != proposal.version:
            close(tx, proposal, ProposalState.OVERTAKEN, SYSTEM, moved(proposal))


def imported(tx: Tx, words: Iterable[str], by: str) -> None:
    """The operator took in a file while two people are needed: it is done, and every admin sees what."""
    said = list(words)
    if not said:
        return
    proposal = Proposal(
        kind=IMPORT, key="", title="The catalogue", version=0, before={}, after={}, words=said, by=by,
        at=tx.now, state=ProposalState.APPROVED, decided_by=by, decided_at=tx.now,
    )  # fmt: skip
    tx.session.add(proposal)
    tx.session.flush()
    tx.record(by, "change.imported", proposal.ref, changes=said)
    _show(tx, proposal)


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


def _propose_part(tx: Tx, kind: Kind[P], both: tuple[P | None, P | None], by: str) -> Proposal | None:
    present, wanted = both
    one = wanted or present
    if one is None:
        return None
    words, key = [str(change) for change in change_of(kind, present, wanted)], kind.key(one)
    before, after = (spec.stored() if spec else {} for spec in both)
    title = f"the {kind.word} {kind.title(one)}"[:75]
    version = version_of(tx.session, kind.name, key)
    return _propose(tx, _Wish(kind.name, key, title, version, before, after, words), by)


def _propose(tx: Tx, wish: _Wish, by: str) -> Proposal | None:
    proposal = draft_of(tx.session, wish.kind, wish.key, by)
    if not wish.words:
        if proposal is not None:
            close(tx, proposal, ProposalState.WITHDRAWN, by, "")
        return None
    if proposal is None:
        proposal = Proposal(by=by, edition=0, state=ProposalState.OPEN, note="", **vars(wish))
        tx.session.add(proposal)
    for name, value in vars(wish).items():
        setattr(proposal, name, value)
    proposal.at, proposal.edition = tx.now, proposal.edition + 1
    tx.session.flush()
    _record(tx, proposal, "proposed", by)
    _show(tx, proposal)
    return proposal


def _record(tx: Tx, proposal: Proposal, what: str, by: str, **more: str) -> None:
    tx.record(
        by,
        f"change.{what}",
        proposal.ref,
        app=proposal.key if proposal.kind == APP else "",
        changes=proposal.words,
        before=proposal.before,
        after=proposal.after,
        **more,
    )


def _show(tx: Tx, proposal: Proposal) -> None:
    """A card for every admin, and for who made it."""
    admins = set(Directory(tx.session).admins())
    for person_id in sorted(admins | ({proposal.by} if proposal.kind != IMPORT else set())):
        redraw.show(tx, CardKind.CHANGE, proposal.ref, proposal.ref, person_id)
    redraw.refresh_homes(tx, admins)


def second_wanted(session: Session, by: str) -> str:
    """Who can approve what this person proposes, in a sentence."""
    others = set(seconds(session, by))
    if not others:
        return "Nobody else is an admin of Keyturn now, so it waits until there is one."
    return f"A second admin has to approve it: {either(sorted(names_of(session, others).values()))}."


def moved(proposal: Proposal) -> str:
    """Why a change of something that was changed meanwhile is overtaken."""
    title = proposal.title[:1].upper() + proposal.title[1:]
    return f"{title} was changed after this was proposed. Propose it again, if it is still wanted."


def version_of(session: Session, kind: str, key: str) -> int:
    """The version of what a change is of; 0 where it is not there."""
    row = session.get(App, key) if kind == APP else session.get(Part, (kind, key))
    return 0 if row is None else row.version


def close(tx: Tx, proposal: Proposal, state: ProposalState, by: str, note: str) -> None:
    """Note what became of a change, with what was said, and show it wherever it is shown."""
    proposal.state, proposal.decided_by, proposal.decided_at, proposal.note = state, by, tx.now, note
    tx.session.flush()
    _record(tx, proposal, state, by, proposed_by=proposal.by, note=note)
    redraw.redraw(tx, proposal.ref)
    if by != proposal.by:
        redraw.show(tx, CardKind.CHANGE_DONE, proposal.ref, proposal.ref, proposal.by)
    redraw.refresh_homes(tx, Directory(tx.session).admins())
