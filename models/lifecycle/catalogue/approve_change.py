"""Deciding on a change of the catalogue: by an admin who is not its author, looked up at every click."""

from sqlalchemy.orm import Session

from models.catalogue.conflicts import ConflictSpec
from models.catalogue.messages import MessageSpec
from models.catalogue.notes import settle
from models.catalogue.part import P
from models.catalogue.spec import AppSpec
from models.catalogue.workspace import SETTINGS, SettingsSpec
from models.errors import Closed, Invalid, NotAllowed, NotFound
from models.lifecycle.catalogue import edit_conflict, edit_message
from models.lifecycle.catalogue.app_invariants import uphold
from models.lifecycle.catalogue.propose_change import close, moved, overtake, second_wanted, version_of
from models.lifecycle.references import number_of
from models.lifecycle.request import unoffered
from models.registry import apps, catalogue_entries
from models.registry.directory import names_of
from models.registry.permissions import only_admins
from models.store.tx import SYSTEM, Tx
from models.tables.catalogue_changes import APP, CONFLICT, MESSAGE, Proposal, ProposalState


def approve(tx: Tx, ref: str, edition: str, by: str, note: str = "") -> Proposal:
    """Apply a change that another admin proposed.

    Where the app was changed meanwhile, or an example of it fails by now, the change is overtaken instead:
    look at its state. Raises NotFound, NotAllowed, Closed, Invalid (it was changed after it was shown).
    """
    proposal = _for_another(tx.session, _held(tx, ref), by)
    if str(proposal.edition) != edition:
        raise Invalid(
            f"{names_of(tx.session, {proposal.by})[proposal.by]} has changed it meanwhile. Look again."
        )
    if why := _obstacle(tx.session, proposal):
        close(tx, proposal, ProposalState.OVERTAKEN, SYSTEM, why)
        return proposal
    close(tx, proposal, ProposalState.APPROVED, by, note)
    _apply(tx, proposal, by)
    overtake(tx)
    return proposal


def decidable(session: Session, ref: str, by: str) -> Proposal:
    """An open change that this person may decide on. Raises as `approve` does."""
    proposal = session.get(Proposal, number_of(ref, "CH"))
    return _for_another(session, proposal, by)


def reject(tx: Tx, ref: str, by: str, note: str = "") -> Proposal:
    """Say no to a change that another admin proposed. Raises as `approve` does."""
    proposal = _for_another(tx.session, _held(tx, ref), by)
    close(tx, proposal, ProposalState.REJECTED, by, note)
    return proposal


def withdraw(tx: Tx, ref: str, by: str) -> Proposal:
    """Take back one's own change. Raises NotFound, NotAllowed, Closed."""
    proposal = _held(tx, ref)
    if proposal is None:
        raise NotFound("There is no such change.")
    if proposal.by != by:
        raise NotAllowed("Only the person who proposed this change can withdraw it.")
    _must_be_open(tx.session, proposal)
    close(tx, proposal, ProposalState.WITHDRAWN, by, "")
    return proposal


def _held(tx: Tx, ref: str) -> Proposal | None:
    number = number_of(ref, "CH")
    apps.hold(tx)
    return tx.locked(Proposal, number)


def _for_another(session: Session, proposal: Proposal | None, by: str) -> Proposal:
    only_admins(session, by, "decide on a change of the catalogue")
    if proposal is None:
        raise NotFound("There is no such change.")
    if proposal.by == by:
        raise NotAllowed(f"You proposed this yourself. {second_wanted(session, by)}")
    _must_be_open(session, proposal)
    return proposal


def _must_be_open(session: Session, proposal: Proposal) -> None:
    if proposal.open:
        return
    by = proposal.decided_by or SYSTEM
    who = "" if by == SYSTEM else f" by {names_of(session, {by})[by]}"
    raise Closed(f"This change is {proposal.state} already{who}.")


def _obstacle(session: Session, proposal: Proposal) -> str:
    """Why a change cannot be applied as it was proposed; empty where it can."""
    if version_of(session, proposal.kind, proposal.key) != proposal.version:
        return moved(proposal)
    try:
        if proposal.kind == APP:
            uphold(session, AppSpec.model_validate(proposal.after))
        elif proposal.kind == CONFLICT:
            edit_conflict.check(session, *_both(proposal, ConflictSpec))
        elif proposal.kind == MESSAGE:
            edit_message.check(_both(proposal, MessageSpec)[1])
    except Invalid as refusal:
        return str(refusal)
    return ""


def _apply(tx: Tx, proposal: Proposal, by: str) -> None:
    both = {"approved_by": by, "change": proposal.ref}
    if proposal.kind == APP:
        spec, _ = settle(AppSpec.model_validate(proposal.after))
        apps.save(tx, spec, proposal.by, **both)
        unoffered.cancel(tx, by)
    elif proposal.kind == CONFLICT:
        before, after = _both(proposal, ConflictSpec)
        edit_conflict.put(tx, before, after, proposal.by, **both)
    elif proposal.kind == MESSAGE:
        own, wanted = _both(proposal, MessageSpec)
        edit_message.put(tx, own, wanted, proposal.by, **both)
    else:
        catalogue_entries.save(tx, SETTINGS, SettingsSpec.model_validate(proposal.after), proposal.by, **both)


def _both(proposal: Proposal, model: type[P]) -> tuple[P | None, P | None]:
    """The entry before and after a change; None where there was none, or will be none."""
    before, after = proposal.before, proposal.after
    return model.model_validate(before) if before else None, model.model_validate(after) if after else None
