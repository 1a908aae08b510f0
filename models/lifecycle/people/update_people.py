"""Update people and user groups from what Slack says: offboard whoever left, recheck who can decide."""

from collections.abc import Iterable

from models.catalogue.spec.references import address_key
from models.lifecycle import redraw
from models.lifecycle.grant import end_dates, revoke, tasks
from models.lifecycle.people import open_requests
from models.lifecycle.request import decide, emergency
from models.lifecycle.transitions import close_request
from models.registry import directory
from models.store.case import Case
from models.store.outcome import SYSTEM, Outcome
from models.tables.grants import LIVE_OF, Cause, Direction, Grant
from models.tables.jobs import Urgency
from models.tables.people import Person, UserGroup
from models.tables.requests import PENDING_OF_BENEFICIARY, PENDING_OF_REQUESTER, Request
from models.tables.states import OVER_GRANTS, GrantState, RequestEvent, RequestState


def save_people(out: Outcome, people: Iterable[Person]) -> None:
    """Save what Slack says of these people now, and act on what changed. Safe to repeat.

    Manager and department come from elsewhere in Slack (`directory.remember_profile`) and stay as they are.
    """
    in_order = sorted(people, key=lambda person: person.id)
    out.case.hand(Person, [person.id for person in in_order])
    for person in in_order:
        _save_person(out, person)


def _save_person(out: Outcome, person: Person) -> None:
    known = out.case.lock(Person, person.id)
    before, after = None if known is None else standing(known), standing(person)
    directory.remember_account(out, person)
    if before is not None and before != after:
        out.record(SYSTEM, "person.changed", person.id, person=person.id, before=before, after=after)
    if not person.active:
        offboard(out, person.id)
        return
    end_dates.limit_person(out, person.id)
    if before != after:
        recheck_approver(out, person.id)
        redraw.refresh_homes(out, [person.id])


def standing(person: Person) -> dict[str, bool]:
    """The facts that decide whether somebody may request, decide and hold access."""
    return {
        "active": person.active,
        "guest": person.guest,
        "stranger": person.stranger,
        "bot": person.bot,
    }


def save_group(out: Outcome, group: UserGroup) -> None:
    """Save what Slack says of a user group now, and recheck the open stages that ask it."""
    known = out.case.get(UserGroup, group.id)
    changed = known is None or (known.enabled, set(known.members)) != (group.enabled, set(group.members))
    directory.remember_group(out, group)
    if changed:
        _recheck(out, open_requests.requests_naming(out.case, group))


def offboard(out: Outcome, person_id: str) -> None:
    """Offboard a deactivated person: cancel, revoke and hand over. Safe to repeat."""
    requests, grants = _requests_of(out.case, person_id), _grants_of(out.case, person_id)
    for request in requests:
        close_request(out, request, RequestEvent.CANCEL, SYSTEM, "The person has left.")
    for grant_id in grants:
        grant = out.case.get_one(Grant, grant_id)
        leaves = grant.state is GrantState.REVOKING or grant.failing is Direction.TAKE
        if not leaves and grant.state not in OVER_GRANTS:
            revoke.revoke_grant(out, grant, SYSTEM, Cause.OFFBOARDING)
    tasks.ask_other_workers(out, person_id)
    recheck_approver(out, person_id)


def recheck_approver(out: Outcome, person_id: str) -> None:
    """Recheck who can decide, since this person may not any more (or may again).

    It concerns pending requests that ask them or of which they have a card, and open reviews.
    """
    asking = open_requests.requests_asking(out.case, person_id)
    _recheck(out, asking | open_requests.requests_with_card(out.case, person_id))
    emergency.ask_other_reviewers(out, person_id)


def _recheck(out: Outcome, request_ids: Iterable[int]) -> None:
    for held in open_requests.lock_pending(out.case, request_ids):
        request = out.case.get_one(Request, held.id)  # as the one before has left it
        if request.state is RequestState.PENDING:
            decide.recheck_open_stage(out, request)


def _requests_of(case: Case, person_id: str) -> list[Request]:
    """Lock the pending requests by and for this person."""
    both = (PENDING_OF_REQUESTER, PENDING_OF_BENEFICIARY)
    return open_requests.lock_pending(
        case, [request.id for group in both for request in case.all(group, person_id)]
    )


def _grants_of(case: Case, person_id: str) -> list[int]:
    """Lock the live grants of this person; returns their ids."""
    case.lock_now(Grant, [grant.id for grant in case.all(LIVE_OF, person_id)])
    return [grant.id for grant in case.lock_all(LIVE_OF, person_id)]


def is_new(case: Case, user: Person) -> bool:
    """Whether an event differs from what is known of the person. That somebody left always counts."""
    known = case.get(Person, user.id)
    return known is None or not user.active or _facts(known) != _facts(user)


def keep_person(out: Outcome, user: Person) -> None:
    """Keep what an event says of a person, or have them looked up where it changes what they may do."""
    known = out.case.get(Person, user.id)
    if known is not None and (not user.active or standing(known) != standing(user)):
        out.enqueue("person", f"person:{user.id}", urgency=Urgency.TAKE, person=user.id)
    else:
        directory.remember_account(out, user)


def is_known_group(case: Case, group_id: str) -> bool:
    """Whether Keyturn uses this user group; others are of no concern."""
    return case.get(UserGroup, group_id) is not None


def refresh_groups(out: Outcome) -> None:
    """Have the known user groups looked up in one call, however many have changed."""
    out.enqueue("groups", "groups", urgency=Urgency.GIVE)


def _facts(person: Person) -> tuple[object, ...]:
    words = (person.name, person.handle, address_key(person.email), person.title, person.timezone)
    return (*words, standing(person))
