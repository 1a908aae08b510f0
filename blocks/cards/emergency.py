"""Cards of an emergency access: the alert, and its review."""

from blocks import kit
from blocks.cards import buttons, layout, phrases, progress
from blocks.kit import Block, Element, Message
from blocks.kit.text import esc, mention, mentions, quote
from models.queries.stories import RequestStory
from models.tables.grants import Direction
from models.tables.reviews import Review, ReviewState
from models.tables.states import GrantState

SIGN = ":rotating_light:"
NOTE_LIMIT = 900
_ORDINALS = ("2nd", "3rd")
_HELD_STATES = (GrantState.SCHEDULED, GrantState.GRANTING, GrantState.ACTIVE)


def alert(story: RequestStory, viewer: str) -> Message:
    """The alert at the start of emergency access, with buttons for its reviewers and for those in charge."""
    request = story.request
    name, requester = phrases.person_name(story.names, request.beneficiary_id), mention(request.requester_id)
    on_behalf = request.requester_id != request.beneficiary_id
    reasons = [esc(str(reason["text"])) for reason in request.because["reasons"]]
    return layout.card(
        f"Emergency: {name} {_usage(story, plain=True)}",
        [
            kit.section(f"{SIGN} *Emergency: {mention(request.beneficiary_id)} {_usage(story)}*"),
            layout.reason(request),
            kit.context(f"{requester} asked for it.") if on_behalf else None,
            kit.context(*reasons) if reasons else None,
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
    """The reminder of an open review, or its outcome once it is closed."""
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
    """The outcome of the review, for the requester and the holder."""
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
    """The mark of an emergency on other cards, with the state of its review."""
    if not story.request.emergency:
        return None
    if story.review is None:
        return kit.section(f"{SIGN} *Emergency.* It is reviewed afterwards.")
    return kit.section(f"{SIGN} *Emergency.* {review_status(story.review)}")


def review_block(story: RequestStory) -> Block | None:
    """The state of the review, if there is one."""
    return kit.section(review_status(story.review)) if story.review else None


def review_status(review: Review) -> str:
    """The state of a review in mrkdwn: its reviewers, or who closed it and how."""
    if review.state is ReviewState.OPEN and review.asked:
        return f"To be reviewed by {mentions(review.asked, word='or')}."
    if review.state is ReviewState.OPEN:
        reason = f"Nobody else than {mention(review.person_id)} is there to review it, and nobody reviews"
        remedy = "An admin has to name another owner or reviewer; it stays open until then"
        return f"{reason} their own emergency. {remedy}."
    by = f" by {mention(review.closed_by)}" if review.closed_by else ""
    note = f"\n{quote(review.note, NOTE_LIMIT)}" if review.note.strip() else ""
    return f"Reviewed{by}: *{review.state.label}*{note}"


def _usage(story: RequestStory, *, plain: bool = False) -> str:
    """What the holder used: "took GitHub, Admin until 14:00". `plain` leaves out the end."""
    grant, title = story.grant, phrases.access_title(story.request)
    if grant is None or plain:
        return f"took {title}"
    if grant.state is GrantState.ACTIVE:
        return f"took {title} {phrases.until(grant.ends_at)}"
    if grant.over_at is None:
        return f"took {title} for {phrases.term_text(story.term)}"
    return f"had {title}"


def _repeat_warning(review: Review | None) -> Block | None:
    if review is None or review.earlier == 0:
        return None
    number = review.earlier + 1
    nth = _ORDINALS[number - 2] if number - 2 < len(_ORDINALS) else f"{number}th"
    before = "the one before is" if review.earlier == 1 else f"the {review.earlier} before are"
    return kit.section(f":warning: This is the *{nth} emergency* of this kind; {before} not reviewed yet.")


def _grant_status(story: RequestStory) -> Block | None:
    """The state of the grant; while it is active, the title shows it."""
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
    may_revoke = viewer in (*story.owners, *story.admins) and viewer != grant.person_id
    setup_failed = grant.state is GrantState.FAILED and grant.failing is Direction.GIVE
    revocable = grant.state in _HELD_STATES or setup_failed
    return [
        buttons.revoke(grant) if may_revoke and revocable else None,
        buttons.comment(story.request.ref),
    ]
