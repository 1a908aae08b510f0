"""Cards about an emergency: what was taken at once, and what somebody else finds who looks at it."""

from blocks import kit
from blocks.cards import buttons, parts, progress, words
from blocks.kit import Block, Element, Message
from blocks.text import esc, mention, mentions, quote
from models.queries.stories import RequestStory
from models.tables.grants import Direction, Grant
from models.tables.requests import Request
from models.tables.reviews import Review, ReviewState
from models.tables.states import GrantState

SIGN = ":rotating_light:"
NOTE = 900
_ORDINALS = ("2nd", "3rd")
_HELD = (GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE)


def alert(story: RequestStory, viewer: str) -> Message:
    """Told at once to everybody who should know; with the review's buttons for those who may close it."""
    request = story.request
    return parts.message(
        _notification(story),
        [
            kit.section(f"{SIGN} *Emergency: {mention(request.beneficiary_id)} {_took(story)}*"),
            parts.reason(request),
            _asked_by(request),
            _because(request),
            _repeated(story.review),
            parts.stages(story),
            _standing(story),
            review_line(story),
            parts.comments(story),
            parts.row(*_reviewing(story, viewer), *_acting(story, viewer), buttons.details(request.ref)),
            parts.foot(request),
        ],
    )


def nudge(story: RequestStory, viewer: str) -> Message:
    """A review that is still open; only what came of it once it is closed."""
    request = story.request
    who = words.named(story.names, request.beneficiary_id)
    is_open = story.review is not None and story.review.state is ReviewState.OPEN
    still = "is still to be reviewed" if is_open else "was reviewed"
    what = f"emergency access to {words.thing(request)} {still}"
    return parts.message(
        f"{who}’s {what}",
        [
            kit.section(f"{mention(request.beneficiary_id)}’s *{what}*"),
            parts.reason(request) if is_open else None,
            review_line(story),
            parts.row(*_reviewing(story, viewer), buttons.details(request.ref)),
            parts.foot(request),
        ],
    )


def reviewed(story: RequestStory, viewer: str) -> Message:
    """What came of the review, for the one who asked and the one who had the access."""
    request = story.request
    whose = "Your" if viewer == request.beneficiary_id else f"{mention(request.beneficiary_id)}’s"
    what = f"emergency access to {words.thing(request)} was reviewed"
    return parts.message(
        f"The {what}: {story.review.state.label if story.review else ''}",
        [
            kit.section(f"*{whose} {what}*"),
            review_line(story),
            parts.row(buttons.details(request.ref)),
            parts.foot(request),
        ],
    )


def mark(story: RequestStory) -> Block | None:
    """Says on other cards that it is an emergency, and where its review stands."""
    if not story.request.emergency:
        return None
    if story.review is None:
        return kit.section(f"{SIGN} *Emergency.* It is reviewed afterwards.")
    return kit.section(f"{SIGN} *Emergency.* {review_standing(story.review)}")


def review_line(story: RequestStory) -> Block | None:
    """Where the review stands."""
    return kit.section(review_standing(story.review)) if story.review else None


def review_standing(review: Review) -> str:
    """Where a review stands, in mrkdwn: for whom it waits, or who closed it and how."""
    if review.state is ReviewState.OPEN and review.asked:
        return f"To be reviewed by {mentions(review.asked, word='or')}."
    if review.state is ReviewState.OPEN:
        whose = f"Nobody else than {mention(review.person_id)} is there to review it, and nobody reviews"
        remedy = "An admin has to name another owner or reviewer; it stays open until then"
        return f"{whose} their own emergency. {remedy}."
    by = f" by {mention(review.closed_by)}" if review.closed_by else ""
    note = f"\n{quote(review.note, NOTE)}" if review.note.strip() else ""
    return f"Reviewed{by}: *{review.state.label}*{note}"


def _notification(story: RequestStory) -> str:
    return f"Emergency: {words.named(story.names, story.request.beneficiary_id)} {_took(story, plain=True)}"


def _took(story: RequestStory, *, plain: bool = False) -> str:
    """What they took: "took GitHub, Admin until 14:00"; without the moment for a notification."""
    grant, thing = story.grant, words.thing(story.request)
    if grant is None or plain:
        return f"took {thing}"
    if grant.state is GrantState.ACTIVE:
        return f"took {thing} {words.until(grant.ends_at)}"
    if grant.over_at is None:
        return f"took {thing} for {words.lasting(story.term)}"
    return f"had {thing}"


def _asked_by(request: Request) -> Block | None:
    if request.requester_id == request.beneficiary_id:
        return None
    return kit.context(f"{mention(request.requester_id)} asked for it.")


def _because(request: Request) -> Block | None:
    """By which rule, and what it was given in spite of."""
    texts = [esc(str(reason["text"])) for reason in request.because["reasons"]]
    return kit.context(*texts) if texts else None


def _repeated(review: Review | None) -> Block | None:
    if review is None or review.earlier == 0:
        return None
    number = review.earlier + 1
    nth = _ORDINALS[number - 2] if number - 2 < len(_ORDINALS) else f"{number}th"
    before = "the one before is" if review.earlier == 1 else f"the {review.earlier} before are"
    return kit.section(f":warning: This is the *{nth} emergency* of this kind; {before} not reviewed yet.")


def _standing(story: RequestStory) -> Block | None:
    """Where the access stands; while it is active, the title says so."""
    if story.grant is None or story.grant.state is GrantState.ACTIVE:
        return None
    return kit.section(progress.access_line(story.grant, story.admins))


def _reviewing(story: RequestStory, viewer: str) -> list[Element | None]:
    review = story.review
    if review is None or review.state is not ReviewState.OPEN or viewer not in review.asked:
        return []
    return [buttons.justified(review.ref), buttons.misused(review.ref)]


def _acting(story: RequestStory, viewer: str) -> list[Element | None]:
    grant = story.grant
    if grant is None or grant.over_at is not None:
        return []
    in_charge = viewer in (*story.owners, *story.admins)
    revocable = in_charge and viewer != grant.person_id and _revocable(grant)
    return [buttons.revoke(grant) if revocable else None, buttons.comment(story.request.ref)]


def _revocable(grant: Grant) -> bool:
    return grant.state in _HELD or (grant.state is GrantState.FAILED and grant.failing is Direction.GIVE)
