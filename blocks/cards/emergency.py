"""Cards of an emergency access: the alert, and its review."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, progress
from blocks.kit import Block, Element, Message
from blocks.kit.text import esc, mention, mentions, quote
from models.queries.stories import RequestStory
from models.tables.grants import Direction, Grant
from models.tables.requests import Request
from models.tables.reviews import Review, ReviewState
from models.tables.states import GrantState

SIGN = ":rotating_light:"
NOTE_LIMIT = 900
_ORDINALS = ("2nd", "3rd")
_HELD_STATES = (GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE)


def alert(story: RequestStory, viewer: str) -> Message:
    """Told at once to everybody who should know; with the review's buttons for those who may close it."""
    request = story.request
    return layout.card(
        _notification(story),
        [
            kit.section(f"{SIGN} *Emergency: {mention(request.beneficiary_id)} {_usage(story)}*"),
            layout.reason(request),
            _requester_line(request),
            _rule_reasons(request),
            _repeat_warning(story.review),
            layout.stages(story),
            _grant_status(story),
            review_block(story),
            layout.comments(story),
            layout.button_row(
                *_review_buttons(story, viewer), *_grant_buttons(story, viewer), buttons.details(request.ref)
            ),
            layout.request_footer(request),
        ],
    )


def review_reminder(story: RequestStory, viewer: str) -> Message:
    """A review that is still open; only what came of it once it is closed."""
    request = story.request
    name = phrases.person_name(story.names, request.beneficiary_id)
    is_open = story.review is not None and story.review.state is ReviewState.OPEN
    status = "is still to be reviewed" if is_open else "was reviewed"
    subject = f"emergency access to {phrases.access_title(request)} {status}"
    return layout.card(
        f"{name}’s {subject}",
        [
            kit.section(f"{mention(request.beneficiary_id)}’s *{subject}*"),
            layout.reason(request) if is_open else None,
            review_block(story),
            layout.button_row(*_review_buttons(story, viewer), buttons.details(request.ref)),
            layout.request_footer(request),
        ],
    )


def review_outcome(story: RequestStory, viewer: str) -> Message:
    """What came of the review, for the one who asked and the one who had the access."""
    request = story.request
    holder = "Your" if viewer == request.beneficiary_id else f"{mention(request.beneficiary_id)}’s"
    subject = f"emergency access to {phrases.access_title(request)} was reviewed"
    return layout.card(
        f"The {subject}: {story.review.state.label if story.review else ''}",
        [
            kit.section(f"*{holder} {subject}*"),
            review_block(story),
            layout.button_row(buttons.details(request.ref)),
            layout.request_footer(request),
        ],
    )


def mark(story: RequestStory) -> Block | None:
    """Says on other cards that it is an emergency, and where its review stands."""
    if not story.request.emergency:
        return None
    if story.review is None:
        return kit.section(f"{SIGN} *Emergency.* It is reviewed afterwards.")
    return kit.section(f"{SIGN} *Emergency.* {review_status(story.review)}")


def review_block(story: RequestStory) -> Block | None:
    """Where the review stands."""
    return kit.section(review_status(story.review)) if story.review else None


def review_status(review: Review) -> str:
    """Where a review stands, in mrkdwn: for whom it waits, or who closed it and how."""
    if review.state is ReviewState.OPEN and review.asked:
        return f"To be reviewed by {mentions(review.asked, word='or')}."
    if review.state is ReviewState.OPEN:
        reason = f"Nobody else than {mention(review.person_id)} is there to review it, and nobody reviews"
        remedy = "An admin has to name another owner or reviewer; it stays open until then"
        return f"{reason} their own emergency. {remedy}."
    by = f" by {mention(review.closed_by)}" if review.closed_by else ""
    note = f"\n{quote(review.note, NOTE_LIMIT)}" if review.note.strip() else ""
    return f"Reviewed{by}: *{review.state.label}*{note}"


def _notification(story: RequestStory) -> str:
    name = phrases.person_name(story.names, story.request.beneficiary_id)
    return f"Emergency: {name} {_usage(story, plain=True)}"


def _usage(story: RequestStory, *, plain: bool = False) -> str:
    """What they took: "took GitHub, Admin until 14:00"; without the moment for a notification."""
    grant, title = story.grant, phrases.access_title(story.request)
    if grant is None or plain:
        return f"took {title}"
    if grant.state is GrantState.ACTIVE:
        return f"took {title} {phrases.until(grant.ends_at)}"
    if grant.over_at is None:
        return f"took {title} for {phrases.term_text(story.term)}"
    return f"had {title}"


def _requester_line(request: Request) -> Block | None:
    if request.requester_id == request.beneficiary_id:
        return None
    return kit.context(f"{mention(request.requester_id)} asked for it.")


def _rule_reasons(request: Request) -> Block | None:
    """By which rule, and what it was given in spite of."""
    texts = [esc(str(reason["text"])) for reason in request.because["reasons"]]
    return kit.context(*texts) if texts else None


def _repeat_warning(review: Review | None) -> Block | None:
    if review is None or review.earlier == 0:
        return None
    number = review.earlier + 1
    nth = _ORDINALS[number - 2] if number - 2 < len(_ORDINALS) else f"{number}th"
    before = "the one before is" if review.earlier == 1 else f"the {review.earlier} before are"
    return kit.section(f":warning: This is the *{nth} emergency* of this kind; {before} not reviewed yet.")


def _grant_status(story: RequestStory) -> Block | None:
    """Where the access stands; while it is active, the title says so."""
    if story.grant is None or story.grant.state is GrantState.ACTIVE:
        return None
    return kit.section(progress.grant_status(story.grant, story.admins))


def _review_buttons(story: RequestStory, viewer: str) -> list[Element | None]:
    review = story.review
    if review is None or review.state is not ReviewState.OPEN or viewer not in review.asked:
        return []
    return [buttons.justified(review.ref), buttons.misused(review.ref)]


def _grant_buttons(story: RequestStory, viewer: str) -> list[Element | None]:
    grant = story.grant
    if grant is None or grant.over_at is not None:
        return []
    in_charge = viewer in (*story.owners, *story.admins)
    revocable = in_charge and viewer != grant.person_id and _is_revocable(grant)
    return [buttons.revoke(grant) if revocable else None, buttons.comment(story.request.ref)]


def _is_revocable(grant: Grant) -> bool:
    return grant.state in _HELD_STATES or (
        grant.state is GrantState.FAILED and grant.failing is Direction.GIVE
    )
