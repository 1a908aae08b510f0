"""Approve or reject a proposed change of the catalogue, as an admin who is not its author; or withdraw it."""

from models.catalogue.lint.remarks import normalize_app
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.entry_kind import P
from models.catalogue.spec.entry_kinds import SETTINGS, SettingsSpec
from models.catalogue.spec.messages import MessageSpec, template_problems
from models.errors import Closed, Invalid, NotAllowed, NotFound
from models.lifecycle.catalogue import edit_app, edit_conflict, edit_message
from models.lifecycle.catalogue.propose_change import (
    close_change,
    mark_superseded,
    superseded_sentence,
    version_of,
    waiting_for_sentence,
)
from models.lifecycle.request import cancel
from models.registry import apps, catalogue_entries
from models.registry.by_reference import number_of
from models.registry.directory import names_of
from models.registry.permissions import only_admins
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.catalogue import APP, CONFLICT, MESSAGE, Proposal, ProposalState


def approve_change(out: Outcome, ref: str, edition: str, by: str, note: str = "") -> Proposal:
    """Apply a change that another admin proposed.

    Where the app was changed meanwhile, or an example of it fails by now, the change is superseded instead:
    look at its state.

    Raises:
        NotFound: There is no such change.
        NotAllowed: `by` is no admin, or its author.
        Closed: It is not open any more.
        Invalid: It was changed after it was shown (`edition`).
    """
    proposal = _for_another(out.case, _lock(out, ref), by)
    if str(proposal.edition) != edition:
        name = names_of(out.case, {proposal.by})[proposal.by]
        raise Invalid(f"{name} has changed it in the meantime. Review it again.")
    if why := _obstacle(out.case, proposal):
        return close_change(out, proposal, ProposalState.OVERTAKEN, SYSTEM, why)
    proposal = close_change(out, proposal, ProposalState.APPROVED, by, note)
    _apply(out, proposal, by)
    mark_superseded(out)
    return proposal


def may_decide_change(case: Case, ref: str, by: str) -> Proposal:
    """Return an open change that this person may decide on; raises as `approve_change` does."""
    return _for_another(case, case.get(Proposal, number_of(ref, "CH")), by)


def reject_change(out: Outcome, ref: str, by: str, note: str = "") -> Proposal:
    """Reject a change that another admin proposed; raises as `approve_change` does."""
    proposal = _for_another(out.case, _lock(out, ref), by)
    return close_change(out, proposal, ProposalState.REJECTED, by, note)


def withdraw_change(out: Outcome, ref: str, by: str) -> Proposal:
    """Withdraw one's own change.

    Raises:
        NotFound: There is no such change.
        NotAllowed: It is somebody else's.
        Closed: It is not open any more.
    """
    proposal = _lock(out, ref)
    if proposal is None:
        raise NotFound("This change no longer exists.")
    if proposal.by != by:
        raise NotAllowed("Only the person who proposed this change can withdraw it.")
    _must_be_open(out.case, proposal)
    return close_change(out, proposal, ProposalState.WITHDRAWN, by, "")


def _lock(out: Outcome, ref: str) -> Proposal | None:
    number = number_of(ref, "CH")
    apps.lock_catalogue(out)
    return out.case.lock(Proposal, number)


def _for_another(case: Case, proposal: Proposal | None, by: str) -> Proposal:
    only_admins(case, by, "decide on catalogue changes")
    if proposal is None:
        raise NotFound("This change no longer exists.")
    if proposal.by == by:
        raise NotAllowed(f"You can't approve your own change. {waiting_for_sentence(case, by)}")
    _must_be_open(case, proposal)
    return proposal


def _must_be_open(case: Case, proposal: Proposal) -> None:
    if proposal.open:
        return
    by = proposal.decided_by or SYSTEM
    who = "" if by == SYSTEM else f" by {names_of(case, {by})[by]}"
    raise Closed(f"This change is already {proposal.state}{who}.")


def _obstacle(case: Case, proposal: Proposal) -> str:
    """Why a change cannot be applied as it was proposed; empty where it can."""
    if version_of(case, proposal.kind, proposal.key) != proposal.version:
        return superseded_sentence(proposal)
    if proposal.kind == APP:
        return edit_app.app_objection(case, AppSpec.model_validate(proposal.after))
    if proposal.kind == CONFLICT:
        return str(edit_conflict.conflict_objection(case, *_both(proposal, ConflictSpec)) or "")
    if proposal.kind == MESSAGE:
        after = _both(proposal, MessageSpec)[1]
        return next((sentence for _, sentence in template_problems(after)), "") if after else ""
    return ""


def _apply(out: Outcome, proposal: Proposal, by: str) -> None:
    both = {"approved_by": by, "change": proposal.ref}
    if proposal.kind == APP:
        spec, _ = normalize_app(AppSpec.model_validate(proposal.after))
        apps.save_app(out, spec, proposal.by, **both)
        cancel.cancel_unoffered(out, by)
    elif proposal.kind == CONFLICT:
        before, after = _both(proposal, ConflictSpec)
        edit_conflict.save_conflict(out, before, after, proposal.by, **both)
    elif proposal.kind == MESSAGE:
        present, wanted = _both(proposal, MessageSpec)
        edit_message.save_message(out, present, wanted, proposal.by, **both)
    else:
        settings = SettingsSpec.model_validate(proposal.after)
        catalogue_entries.save_entry(out, SETTINGS, settings, proposal.by, **both)


def _both(proposal: Proposal, model: type[P]) -> tuple[P | None, P | None]:
    """The entry before and after a change; None where there was none, or will be none."""
    before, after = proposal.before, proposal.after
    return model.model_validate(before) if before else None, model.model_validate(after) if after else None
