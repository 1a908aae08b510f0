"""An admin's copy of what could not be given or taken: what went wrong, and Retry."""

from blocks import kit
from blocks.cards import buttons, parts, words
from blocks.kit import Message
from blocks.text import mention, quote
from models.queries.stories import GrantStory
from models.tables.grants import Direction
from models.tables.states import GrantState


def failure(story: GrantStory, viewer: str) -> Message:
    """Stands with its buttons until the grant is no longer failed; then it says what became of it."""
    return _failed(story, viewer) if story.grant.state is GrantState.FAILED else _resolved(story)


def _failed(story: GrantStory, viewer: str) -> Message:
    grant, giving = story.grant, story.grant.failing is not Direction.TAKE
    in_charge = viewer in (*story.admins, *story.owners)
    verb = "given to" if giving else "taken from"
    who = words.named(story.names, grant.person_id)
    title = f"*{words.thing(grant)}* could not be {verb} {mention(grant.person_id)}"
    return parts.message(
        f"{words.thing(grant)} could not be {verb} {who}",
        [
            kit.section(f":warning: *{grant.state.label}* · {title}"),
            kit.section(quote(grant.error or "No reason was given.", 2500)),
            None if giving else kit.section("The access may still be there. Keyturn goes on trying."),
            parts.row(
                buttons.retry(grant.ref) if in_charge else None,
                buttons.cancel(grant) if in_charge and giving else None,
                buttons.details(grant.ref),
            ),
            parts.grant_foot(story),
        ],
    )


def _resolved(story: GrantStory) -> Message:
    grant = story.grant
    who = words.named(story.names, grant.person_id)
    whose = mention(grant.person_id)
    return parts.message(
        f"{words.thing(grant)} for {who} had failed. Now it is {grant.state.label}.",
        [
            kit.section(f"{words.thing(grant)} for {whose} had failed. Now it is *{grant.state.label}*."),
            parts.row(buttons.details(grant.ref)),
            parts.grant_foot(story),
        ],
    )
