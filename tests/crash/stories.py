"""What people go through with the bot, step by step: the whole loop is in these stories."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.crash.process_world import ProcessWorld

Step = Callable[[ProcessWorld], Awaitable[None]]
TEAM = "Engineering team"


async def _later(world: ProcessWorld, hours: int, condition: Callable[[], bool]) -> None:
    await world.seen(condition, timedelta(hours=hours))
    await world.settle()


async def asked(world: ProcessWorld) -> None:
    await world.ask("Ada", "github engineering 7d because INC-42: db is down")


async def commented(world: ProcessWorld) -> None:
    await world.decide("Alan", TEAM, "Comment", Comment="Which one?")


async def answered(world: ProcessWorld) -> None:
    await world.person("Ada").reply(world.card("Ada", TEAM), "The one in Oslo")
    await world.settle()


async def shortened_and_given(world: ProcessWorld) -> None:
    await world.decide("Grace", TEAM, "Modify duration", How_long="8 hours", Comment="A day is enough")
    assert world.ids["Ada"] in world.group.members


async def told_of_the_end(world: ProcessWorld) -> None:
    await _later(world, 7, lambda: world.sees("Ada", "ends *<!date"))


async def asked_for_more(world: ProcessWorld) -> None:
    await world.decide("Ada", "ends *<!date", "Extend", How_long="8 hours", Reason="Still down")


async def extended(world: ProcessWorld) -> None:
    await world.decide("Grace", "wants to extend", "Approve")


async def over(world: ProcessWorld) -> None:
    await _later(world, 9, lambda: world.ids["Ada"] not in world.group.members)


async def asked_for_a_role(world: ProcessWorld) -> None:
    await world.ask("Ada", "github admin 8h because of a release")


async def approved(world: ProcessWorld) -> None:
    await world.decide("Grace", "Admin role", "Approve")


async def given_by_hand(world: ProcessWorld) -> None:
    await world.decide("Alan", "Admin role", "Mark done")


async def given_back(world: ProcessWorld) -> None:
    await world.press("Ada", "You have access", "Give back")


async def taken_by_hand(world: ProcessWorld) -> None:
    await world.decide("Grace", "Admin role", "Mark done")


async def withdrawn(world: ProcessWorld) -> None:
    await world.press("Ada", TEAM, "Withdraw")


async def rejected(world: ProcessWorld) -> None:
    await world.decide("Grace", "Admin role", "Reject", Comment="Ask your team lead first")


async def reminded(world: ProcessWorld) -> None:
    before = len(world.person("Grace").messages())
    await _later(world, 25, lambda: len(world.person("Grace").messages()) > before)


async def expired(world: ProcessWorld) -> None:
    await _later(world, 24, lambda: world.sees("Ada", "Expired"))


STORIES: dict[str, tuple[Step, ...]] = {
    "access": (
        asked, commented, answered, shortened_and_given, told_of_the_end, asked_for_more, extended, over
    ),
    "by hand": (asked_for_a_role, approved, given_by_hand, given_back, taken_by_hand),
    "no": (asked, withdrawn, asked_for_a_role, rejected),
    "nobody": (asked, reminded, expired),
}  # fmt: skip
