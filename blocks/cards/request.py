"""The requester's card: the request's progress, and what became of the access."""

from blocks import kit
from blocks.cards import buttons, emergency, layout, phrases, progress, template_values
from blocks.cards.layout import blocking_conflicts
from blocks.kit import Block, Element, Message
from blocks.kit.text import mention
from models.catalogue.spec.enums import RequestKind
from models.queries.stories import RequestStory
from models.tables.states import GrantState, RequestState
from models.wording.messages import MessageKey

_WITHOUT_ACCESS = (RequestState.REJECTED, RequestState.EXPIRED, RequestState.WITHDRAWN)


def request(story: RequestStory, viewer: str) -> Message:
    """The card, from the submission to the end of the access."""
    pending = story.request.state is RequestState.PENDING
    is_requester, key = viewer == story.request.requester_id, template_values.request_message_key(story)
    status = progress.outcome(story)
    if story.request.state is RequestState.APPROVED and story.grant is not None:
        status = f"{status}, {story.grant.state.label}"
    facts = {"How long": phrases.term_with_change(story)}
    if story.extended is not None:
        facts["Ends"] = phrases.extended_end(story.extended, story)
    return layout.card(
        template_values.subject(story, key, f"{phrases.access_title(story.request)}: {status}"),
        [
            kit.section(f"*{_title(story, viewer)}*"),
            layout.facts(facts),
            layout.over_max_warning(story) if pending else None,
            blocking_conflicts(story),
            layout.reason(story.request),
            emergency.mark(story),
            layout.stages(story),
            *_status_blocks(story, key),
            layout.comments(story),
            layout.button_row(
                *(_requester_buttons(story) if is_requester else []),
                *_request_again_button(story, viewer),
                *layout.comment_and_details(story),
            ),
            layout.request_footer(story.request),
        ],
    )


def _request_again_button(story: RequestStory, viewer: str) -> list[Element | None]:
    """Request again, where the request gave no access. An extension is requested from the access."""
    request = story.request
    repeatable = (
        viewer in (request.requester_id, request.beneficiary_id) and request.kind is not RequestKind.EXTEND
    )
    return [buttons.request_again(request.ref)] if repeatable and request.state in _WITHOUT_ACCESS else []


def _requester_buttons(story: RequestStory) -> list[Element | None]:
    """The requester's own buttons, with Use less where an approver changed the duration."""
    ref, grant, changed = story.request.ref, story.grant, story.last_term_change is not None
    if story.request.state is RequestState.PENDING:
        shorten = buttons.shorten(ref) if changed else None
        return [buttons.remind(ref), buttons.withdraw(ref), shorten]
    if changed and grant is not None and grant.state is GrantState.ACTIVE:
        return [buttons.shorten(grant.ref), buttons.give_back(grant)]
    return []


def _title(story: RequestStory, viewer: str) -> str:
    request = story.request
    extension = "more time with " if request.kind is RequestKind.EXTEND else ""
    requester = "You" if viewer == request.requester_id else mention(request.requester_id)
    beneficiary = "you" if viewer == request.beneficiary_id else mention(request.beneficiary_id)
    suffix = f" for {beneficiary}" if request.beneficiary_id != request.requester_id else ""
    return f"{requester} asked for {extension}{phrases.access_title(request)}{suffix}"


def _status_blocks(story: RequestStory, key: MessageKey | None) -> list[Block | None]:
    """The status of the request and of its grant, and the company's text."""
    text = template_values.text(story, key)
    if key is MessageKey.EXPIRED and text is not None:
        return [_status_with_text(story.request.state.label, text)]
    if key is MessageKey.FAILED and text is not None:
        return [layout.status(story), _status_with_text(GrantState.FAILED.label, text)]
    return [layout.status(story), _grant_status(story), kit.section(text) if text else None]


def _status_with_text(status: str, text: str) -> Block:
    """The status, with the company's text in place of the standard one."""
    return kit.section(f"*{status}*{f' · {text}' if text else ''}")


def _grant_status(story: RequestStory) -> Block | None:
    if story.request.state is not RequestState.APPROVED or story.grant is None:
        return None
    return kit.section(progress.grant_status(story.grant, story.admins))
