"""How many calls to Slack one request costs, from sending the form to the access being told."""

from bot.sandbox.slack.core.traffic_log import LogEntry
from tests.bench import places
from tests.bench.measure import Result

PEER = 15
"""What the nearest open-source peer needs for the same."""
MOST = 8
TARGETS_OWN = ("usergroups.users.list", "usergroups.users.update")


async def run() -> list[Result]:
    """One request with one approver, for a user group. Counted, not timed: so it is all in one process."""
    calls: list[str] = []

    def note(entry: LogEntry) -> None:
        if entry.kind == "api" and entry.duration is not None:
            calls.append(entry.name)

    async with places.world() as world:
        await world.offer(owners=[world.ids["Grace"]])
        ada, grace = world.person("Ada"), world.person("Grace")
        await ada.command("/request-access", "github engineering 8h because INC-42")
        world.slack.log.observers.append(note)
        await ada.submit()
        await world.settle()
        await grace.click(world.card("Grace", "requests"), "Approve")
        await grace.submit()
        await world.settle()
        assert "You have" in world.card("Ada", "You have").text
        assert world.ids["Ada"] in world.group.members
    print("    " + ", ".join(calls))  # noqa: T201 - which calls they are is what one wants to know next
    assert [call for call in calls if call.startswith("usergroups.")] == [*TARGETS_OWN], calls
    what = f"Calls to Slack, submit to active, {len(TARGETS_OWN)} of them the target’s own (at most {MOST})"
    return [Result(what, "the nearest open-source peer", len(calls), PEER, MOST / PEER, unit="calls")]
