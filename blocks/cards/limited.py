"""Told to the holder and to the app's owners: an access that had no end has one now."""

from blocks import kit
from blocks.cards import buttons, own_words, parts, words
from blocks.kit import Message
from blocks.text import mention
from models.queries.stories import GrantStory
from models.tables.states import GrantState
from models.wording.messages import MessageKey

_WHY = "Guests and contractors have every access for a limited time only."


def limited(story: GrantStory, viewer: str) -> Message:
    """Stands with its buttons while the access is active."""
    grant = story.grant
    own, active = viewer == grant.person_id, grant.state is GrantState.ACTIVE
    whose = "Your" if own else f"{words.named(story.names, grant.person_id)}’s"
    shown = "Your" if own else f"{mention(grant.person_id)}’s"
    ends = f"has an end now: {words.until(grant.ends_at)}" if active else f"is over: {grant.state.label}"
    plainly = "has an end now" if active else f"is over: {grant.state.label}"
    own_text = own_words.text(story, MessageKey.LIMITED)
    why = _WHY if own_text is None else own_text
    return parts.message(
        f"{whose} access to {words.thing(grant)} {plainly}",
        [
            kit.section(f"*{shown} access to {words.thing(grant)}* {ends}"),
            kit.context(why) if why else None,
            parts.row(
                buttons.extend(grant) if own and active and story.extension is None else None,
                buttons.details(grant.ref),
            ),
            parts.grant_foot(story),
        ],
    )
