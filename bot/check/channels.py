"""The channels that stages are asked in: whether they are there, and Keyturn is in them."""

from collections import defaultdict
from collections.abc import AsyncIterator

from bot.check.context import Bench
from bot.check.result import Finding, bad, ok
from bot.plural import counted
from bot.slack.gateway import Gone, Refused
from models.catalogue.mentions import all_stages

INSTEAD = "Until then, approvers get direct messages"


async def channels(bench: Bench) -> AsyncIterator[Finding]:
    """Whether what the catalogue's stages ask in their channels gets there."""
    places: dict[str, list[str]] = defaultdict(list)
    for stage, of in all_stages(bench.apps or (), bench.parts):
        if stage.channel:
            places[stage.channel].append(f"stage \u201c{stage.name}\u201d of {of}")
    there = 0
    for channel, where in places.items():
        problem = await _problem(bench, channel)
        if problem:
            yield bad("Channels", f"{channel}, {where[0]}, {problem}. {INSTEAD}")
        else:
            there += 1
    if places:
        yield ok("Channels", f"{counted(there, 'channel')} ready")


async def _problem(bench: Bench, channel: str) -> str | None:
    try:
        found = (await bench.slack.call("conversations.info", channel=channel))["channel"]
    except Gone:
        return "doesn't exist or isn't visible to Keyturn. Correct the catalogue, or invite Keyturn"
    except Refused as refusal:
        return f"could not be checked ({refusal.error})"
    if found.get("is_archived"):
        return "is archived. Choose another channel in the catalogue"
    return None if found.get("is_member") else "doesn't have Keyturn as a member. Invite it"
