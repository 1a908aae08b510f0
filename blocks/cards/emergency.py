"""Cards of an emergency access: the alert, and its review."""

from blocks.cards import buttons, layout, phrases, progress
from blocks.kit import Element, Message
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
    name, holder = phrases.person_name(story.names, request.beneficiary_id), request.beneficiary_id
    on_behalf = request.requester_id != holder
    reasons = [esc(str(reason["text"])) for reason in request.because["reasons"]]
    return layout.card(
        f"Emergency: {name} {_usage(story, plain=True)}",
        [
            layout.paragraph(
                f"{SIGN} *Emergency:* {mention(holder)} {_usage(story)}", phrases.quoted_reason(request)
            ),
            layout.context_line(
                f"requested by {mention(request.requester_id)}" if on_behalf else "", *reasons, request.ref
            ),
            layout.paragraph(_repeat_warning(story.review), _grant_status(story), review_text(story)),
            layout.comments(story),
            layout.button_row(
                *_review_buttons(story, viewer),
                *_grant_buttons(story, viewer),
                buttons.details(request.ref),
                about=layout.request_title(story),
            ),
        ],
    )


def review_reminder(story: RequestStory, viewer: str) -> Message:
    """The reminder of an open review, or its outcome once it is closed."""
    request = story.request
    name = phrases.person_name(story.names, request.beneficiary_id)
    is_open = story.review is not None and story.review.state is ReviewState.OPEN
    status = "still needs a review" if is_open else "was reviewed"
    title = phrases.access_title(request)
    return layout.card(
        f"{name}'s emergency access to {title} {status}",
        [
            layout.paragraph(
                f"{SIGN} {mention(request.beneficiary_id)}'s emergency access to *{title}* {status}",
                phrases.quoted_reason(request) if is_open else "",
                review_text(story),
            ),
            layout.button_row(
                *_review_buttons(story, viewer),
                buttons.details(request.ref),
                about=layout.request_title(story),
            ),
        ],
    )


def review_outcome(story: RequestStory, viewer: str) -> Message:
    """The outcome of the review, for the requester and the holder."""
    request = story.request
    holder = "Your" if viewer == request.beneficiary_id else f"{mention(request.beneficiary_id)}'s"
    title = phrases.access_title(request)
    return layout.card(
        f"The emergency access to {title} was reviewed: {story.review.state.label if story.review else ''}",
        [
            layout.paragraph(
                f"{SIGN} {holder} emergency access to *{title}* was reviewed",
                review_text(story),
                accessory=layout.details_button(story),
            )
        ],
    )


def mark_text(story: RequestStory) -> str:
    """The mark of an emergency on other cards, with the state of its review; empty where it is none."""
    if not story.request.emergency:
        return ""
    return f"{SIGN} *Emergency.* {review_text(story) or 'To be reviewed afterwards.'}"


def review_text(story: RequestStory) -> str:
    """The state of the review, if there is one."""
    return review_status(story.review) if story.review else ""


def review_status(review: Review) -> str:
    """The state of a review in mrkdwn: its reviewers, or who closed it and how."""
    if review.state is ReviewState.OPEN and review.asked:
        return f"To be reviewed by {mentions(review.asked, word='or')}."
    if review.state is ReviewState.OPEN:
        return (
            f"Nobody but {mention(review.person_id)} could review this, and nobody reviews their own "
            "emergency. It stays open until an admin names another owner or reviewer."
        )
    by = f" by {mention(review.closed_by)}" if review.closed_by else ""
    note = f"\n{quote(review.note, NOTE_LIMIT)}" if review.note.strip() else ""
    return f"Reviewed{by}: *{review.state.label}*{note}"


def _usage(story: RequestStory, *, plain: bool = False) -> str:
    """What the holder used: "used emergency access to GitHub · Admin until 14:00".

    `plain` is for notifications: without bold and without the end.
    """
    grant, title = story.grant, phrases.access_title(story.request)
    if grant is None or plain:
        return f"used emergency access to {title}"
    bold = phrases.bold_title(story.snapshot.app, story.request)
    if grant.state is GrantState.ACTIVE:
        return f"used emergency access to {bold} {phrases.until(grant.ends_at, bold=True)}"
    if grant.over_at is None:
        return f"used emergency access to {bold} {phrases.for_term(story.term)}"
    return f"had emergency access to {bold}"


def _repeat_warning(review: Review | None) -> str:
    if review is None or review.earlier == 0:
        return ""
    number = review.earlier + 1
    nth = _ORDINALS[number - 2] if number - 2 < len(_ORDINALS) else f"{number}th"
    earlier = "the one before isn't" if review.earlier == 1 else f"the {review.earlier} before aren't"
    return f":warning: This is the *{nth} emergency* of this kind; {earlier} reviewed yet."


def _grant_status(story: RequestStory) -> str:
    """The state of the grant; while it is active, the title shows it."""
    if story.grant is None or story.grant.state is GrantState.ACTIVE:
        return ""
    return progress.grant_status(story.grant, story.admins)


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
