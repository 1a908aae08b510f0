"""The requester's card: the request's progress, and what became of the access."""

from blocks import kit
from blocks.cards import buttons, closed, emergency, layout, phrases, progress, template_values
from blocks.kit import Element, Message
from blocks.kit.text import mention, moment
from models.catalogue.spec.enums import RequestKind
from models.queries.stories import RequestStory
from models.tables.states import GrantState, RequestState
from models.wording.messages import MessageKey

_WITHOUT_ACCESS = (RequestState.REJECTED, RequestState.EXPIRED, RequestState.WITHDRAWN)


def request(story: RequestStory, viewer: str) -> Message:
    """The card, from the submission to the end of the access."""
    key = template_values.request_message_key(story)
    status = progress.outcome(story)
    if story.request.state is RequestState.APPROVED and story.grant is not None:
        status = f"{status}, {story.grant.state.label}"
    subject = template_values.subject(story, key, f"{phrases.access_title(story.request)}: {status}")
    if story.request.state is RequestState.PENDING:
        return _pending_card(story, viewer, subject, key)
    return _closed_card(story, viewer, subject, key)


def _pending_card(story: RequestStory, viewer: str, subject: str, key: MessageKey | None) -> Message:
    request, stage = story.request, story.open_stage
    ends = f"Ends {phrases.extended_end(story.extended, story)}" if story.extended is not None else ""
    waiting = progress.waiting_for(stage, viewer) if stage is not None else ""
    return layout.card(
        subject,
        [
            layout.paragraph(_title(story, viewer), ends, phrases.quoted_reason(request)),
            layout.context_line(
                waiting,
                progress.stage_number(story),
                progress.last_reminder(request),
                f"expires {moment(request.expires_at)}",
                request.ref,
            ),
            layout.paragraph(emergency.mark_text(story), layout.over_max_warning(story)),
            layout.blocking_conflicts(story, viewer),
            layout.progress_lines(story),
            template_values.paragraph(story, key),
            layout.comments(story),
            layout.button_row(
                *(_pending_buttons(story) if viewer == request.requester_id else []),
                buttons.comment(request.ref),
                buttons.details(request.ref),
                about=layout.request_title(story),
            ),
        ],
    )


def _closed_card(story: RequestStory, viewer: str, subject: str, key: MessageKey | None) -> Message:
    """The outcome in two lines, with what can be done next."""
    request, grant, text = story.request, story.grant, template_values.text(story, key)
    first, extra = closed.summary(story, viewer), ""
    if request.state is RequestState.APPROVED and grant is not None:
        if story.extended is None:
            first = closed.grant_summary(story, grant, viewer)
            extra = progress.failure(grant, story.admins) if grant.state is GrantState.FAILED else ""
        elif grant.state is GrantState.ACTIVE:
            extra = f"Active {phrases.until(grant.ends_at)}"
    if text is not None and key is MessageKey.EXPIRED:
        first = closed.summary(story, viewer, closed.status_word(request))
    if text is not None and key in (MessageKey.EXPIRED, MessageKey.FAILED):
        extra, text = text, None
    actions = [*_active_buttons(story, viewer), *_request_again_button(story, viewer)]
    about = layout.request_title(story)
    return layout.card(
        subject,
        [
            layout.paragraph(
                first,
                extra,
                closed.reason_line(request),
                accessory=None if actions else layout.details_button(story),
            ),
            layout.paragraph(emergency.review_text(story)),
            kit.section(text) if text else None,
            layout.button_row(*actions, buttons.details(request.ref), about=about) if actions else None,
        ],
    )


def _request_again_button(story: RequestStory, viewer: str) -> list[Element]:
    """Request again, where the request gave no access. An extension is requested from the access."""
    request = story.request
    repeatable = (
        viewer in (request.requester_id, request.beneficiary_id) and request.kind is not RequestKind.EXTEND
    )
    return [buttons.request_again(request.ref)] if repeatable and request.state in _WITHOUT_ACCESS else []


def _pending_buttons(story: RequestStory) -> list[Element | None]:
    """The requester's own buttons, with Use less where an approver changed the duration."""
    ref = story.request.ref
    shorten = buttons.shorten(ref) if story.last_term_change is not None else None
    return [buttons.remind(ref), buttons.withdraw(ref), shorten]


def _active_buttons(story: RequestStory, viewer: str) -> list[Element]:
    """Use less and Give back for the requester of an active access whose duration an approver changed."""
    grant, own = story.grant, viewer == story.request.requester_id
    if own and story.last_term_change is not None and grant is not None and grant.state is GrantState.ACTIVE:
        return [buttons.shorten(grant.ref), buttons.give_back(grant)]
    return []


def _title(story: RequestStory, viewer: str) -> str:
    """What was requested: "*You requested 🐙 GitHub · Engineering team* for *8 hours*"."""
    request, extension = story.request, story.request.kind is RequestKind.EXTEND
    own = viewer == request.requester_id
    requester = "You" if own else mention(request.requester_id)
    verb = "requested an extension of" if extension else "requested"
    title = f"{phrases.icon(story.snapshot.app)}{phrases.access_title(request)}"
    beneficiary = "you" if viewer == request.beneficiary_id else mention(request.beneficiary_id)
    suffix = f" for {beneficiary}" if request.beneficiary_id != request.requester_id else ""
    term = phrases.for_term(story.term, extension=extension)
    if story.term_changed_by is not None:
        term = f"· {phrases.term_with_change(story)}"
    return f"*{requester} {verb} {title}*{suffix} {term}"
