"""Deciding on a change of the catalogue: by an admin who is not its author, looked up at every click."""

from models.catalogue.lint.remarks import normalize_app
from models.catalogue.spec import AppSpec
from models.catalogue.spec.conflicts import ConflictSpec
from models.catalogue.spec.entry_kind import P
from models.catalogue.spec.entry_kinds import SETTINGS, SettingsSpec
from models.catalogue.spec.messages import MessageSpec, template_problems
from models.errors import Closed, Invalid, NotAllowed, NotFound
from models.lifecycle.catalogue import edit_app, edit_conflict, edit_message
from models.lifecycle.catalogue.propose_change import close, moved, overtake, second_wanted, version_of
from models.lifecycle.request import cancel
from models.registry import apps, catalogue_entries
from models.registry.by_reference import number_of
from models.registry.directory import names_of
from models.registry.permissions import only_admins
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.catalogue import APP, CONFLICT, MESSAGE, Proposal, ProposalState


def approve(out: Outcome, ref: str, edition: str, by: str, note: str = "") -> Proposal:
    """Apply a change that another admin proposed.

    Where the app was changed meanwhile, or an example of it fails by now, the change is overtaken instead:
    look at its state. Raises NotFound, NotAllowed, Closed, Invalid (it was changed after it was shown).
    """
    proposal = _for_another(out.case, _hold(out, ref), by)
    if str(proposal.edition) != edition:
        name = names_of(out.case, {proposal.by})[proposal.by]
        raise Invalid(f"{name} has changed it meanwhile. Look again.")
    if why := _obstacle(out.case, proposal):
        return close(out, proposal, ProposalState.OVERTAKEN, SYSTEM, why)
    proposal = close(out, proposal, ProposalState.APPROVED, by, note)
    _apply(out, proposal, by)
    overtake(out)
    return proposal


def decidable(case: Case, ref: str, by: str) -> Proposal:
    """An open change that this person may decide on. Raises as `approve` does."""
    return _for_another(case, case.get(Proposal, number_of(ref, "CH")), by)


def reject(out: Outcome, ref: str, by: str, note: str = "") -> Proposal:
    """Say no to a change that another admin proposed. Raises as `approve` does."""
    proposal = _for_another(out.case, _hold(out, ref), by)
    return close(out, proposal, ProposalState.REJECTED, by, note)


def withdraw(out: Outcome, ref: str, by: str) -> Proposal:
    """Take back one's own change. Raises NotFound, NotAllowed, Closed."""
    proposal = _hold(out, ref)
    if proposal is None:
        raise NotFound("There is no such change.")
    if proposal.by != by:
        raise NotAllowed("Only the person who proposed this change can withdraw it.")
    _must_be_open(out.case, proposal)
    return close(out, proposal, ProposalState.WITHDRAWN, by, "")


def _hold(out: Outcome, ref: str) -> Proposal | None:
    number = number_of(ref, "CH")
    apps.hold(out)
    return out.case.lock(Proposal, number)


def _for_another(case: Case, proposal: Proposal | None, by: str) -> Proposal:
    only_admins(case, by, "decide on a change of the catalogue")
    if proposal is None:
        raise NotFound("There is no such change.")
    if proposal.by == by:
        raise NotAllowed(f"You proposed this yourself. {second_wanted(case, by)}")
    _must_be_open(case, proposal)
    return proposal


def _must_be_open(case: Case, proposal: Proposal) -> None:
    if proposal.open:
        return
    by = proposal.decided_by or SYSTEM
    who = "" if by == SYSTEM else f" by {names_of(case, {by})[by]}"
    raise Closed(f"This change is {proposal.state} already{who}.")


def _obstacle(case: Case, proposal: Proposal) -> str:
    """Why a change cannot be applied as it was proposed; empty where it can."""
    if version_of(case, proposal.kind, proposal.key) != proposal.version:
        return moved(proposal)
    if proposal.kind == APP:
        return edit_app.objection(case, AppSpec.model_validate(proposal.after))
    if proposal.kind == CONFLICT:
        return str(edit_conflict.objection(case, *_both(proposal, ConflictSpec)) or "")
    if proposal.kind == MESSAGE:
        wanted = _both(proposal, MessageSpec)[1]
        return next((said for _, said in template_problems(wanted)), "") if wanted else ""
    return ""


def _apply(out: Outcome, proposal: Proposal, by: str) -> None:
    both = {"approved_by": by, "change": proposal.ref}
    if proposal.kind == APP:
        spec, _ = normalize_app(AppSpec.model_validate(proposal.after))
        apps.save(out, spec, proposal.by, **both)
        cancel.cancel_unoffered(out, by)
    elif proposal.kind == CONFLICT:
        before, after = _both(proposal, ConflictSpec)
        edit_conflict.put(out, before, after, proposal.by, **both)
    elif proposal.kind == MESSAGE:
        own, wanted = _both(proposal, MessageSpec)
        edit_message.put(out, own, wanted, proposal.by, **both)
    else:
        settings = SettingsSpec.model_validate(proposal.after)
        catalogue_entries.save(out, SETTINGS, settings, proposal.by, **both)


def _both(proposal: Proposal, model: type[P]) -> tuple[P | None, P | None]:
    """The entry before and after a change; None where there was none, or will be none."""
    before, after = proposal.before, proposal.after
    return model.model_validate(before) if before else None, model.model_validate(after) if after else None
