"""Check the catalogue: the sizes of stages, their channels, and the messages in the company's own words."""

from collections import defaultdict
from collections.abc import AsyncIterator

from bot.check.context import CheckContext
from bot.check.result import CheckResult, bad, note, ok
from bot.plural import plural
from bot.slack.gateway import Gone, Refused
from models.catalogue.mentions import all_stages
from models.catalogue.spec.messages import MESSAGE, MessageSpec, template_problems

FALLBACK = "Until then, approvers get direct messages"


async def stage_sizes(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether as many people are known as the stages want, by what the database knows of them."""
    for shortage in context.shortages:
        yield note("Stages", shortage.removesuffix("."))
    if not context.shortages:
        yield ok("Stages", "enough people are known for all of them")


async def channels(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether the channels of the catalogue's stages are there, and Keyturn is in them."""
    places: dict[str, list[str]] = defaultdict(list)
    for stage, owner in all_stages(context.apps or (), context.parts):
        if stage.channel:
            places[stage.channel].append(f"stage \u201c{stage.name}\u201d of {owner}")
    usable = 0
    for channel, where in places.items():
        problem = await _channel_problem(context, channel)
        if problem:
            yield bad("Channels", f"{channel}, {where[0]}, {problem}. {FALLBACK}")
        else:
            usable += 1
    if places:
        yield ok("Channels", f"{plural(usable, 'channel')} ready")


async def messages(context: CheckContext) -> AsyncIterator[CheckResult]:
    """Whether this version of Keyturn can use each template. No result where there is none."""
    specs = [spec for spec in context.parts.get(MESSAGE.name, ()) if isinstance(spec, MessageSpec)]
    problems = [(spec, name, text) for spec in specs for name, text in template_problems(spec)]
    for spec, name, text in problems:
        yield bad("Messages", f"{MESSAGE.title(spec)}, {name}: {text} The standard text is used instead")
    if specs and not problems:
        yield ok("Messages", f"{plural(len(specs), 'message')} of your own")


async def _channel_problem(context: CheckContext, channel: str) -> str | None:
    try:
        info = (await context.slack.call("conversations.info", channel=channel))["channel"]
    except Gone:
        return "doesn't exist or isn't visible to Keyturn. Correct the catalogue, or invite Keyturn"
    except Refused as refusal:
        return f"could not be checked ({refusal.error})"
    if info.get("is_archived"):
        return "is archived. Choose another channel in the catalogue"
    return None if info.get("is_member") else "doesn't have Keyturn as a member. Invite it"
