"""What people go through with the bot, each from the beginning to its end: the whole loop is in them."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from tests.crash.lives import Lives

Story = Callable[[Lives], Awaitable[None]]
TEAM = "Engineering team"


def _sees(world: Lives, name: str, words: str) -> Callable[[], bool]:
    return lambda: any(words in message.text for message in world.person(name).messages())


async def _later(world: Lives, hours: int, condition: Callable[[], bool]) -> None:
    await world.seen(condition, timedelta(hours=hours))
    await world.settle()


async def access(world: Lives) -> None:
    """Asked for, talked about, given for a changed time, extended, and over."""
    ada = world.ids["Ada"]
    await world.ask("Ada", "github engineering 7d because INC-42: db is down")
    await world.decide("Alan", TEAM, "Comment", Comment="Which one?")
    await world.person("Ada").reply(world.card("Ada", TEAM), "The one in Oslo")
    await world.settle()
    await world.decide("Grace", TEAM, "Modify duration", How_long="8 hours", Comment="A day is enough")
    assert ada in world.group.members
    await _later(world, 7, _sees(world, "Ada", "ends <!date"))
    await world.decide("Ada", "ends <!date", "Extend", How_long="8 hours", Reason="Still down")
    await world.decide("Grace", "more time with", "Approve")
    await _later(world, 9, lambda: ada not in world.group.members)


async def by_hand(world: Lives) -> None:
    """Given by a person, given back, and taken by a person."""
    await world.ask("Ada", "github admin 8h because of a release")
    await world.decide("Grace", "Admin role", "Approve")
    await world.press("Alan", "Admin role", "Mark done")
    await world.press("Ada", "You have access", "Give back")
    await world.press("Grace", "Admin role", "Mark done")


async def no(world: Lives) -> None:
    """One is withdrawn, and one is rejected."""
    await world.ask("Ada", "github engineering 8h because I am curious")
    await world.press("Ada", TEAM, "Withdraw")
    await world.ask("Ada", "github admin 8h because I am curious")
    await world.decide("Grace", "Admin role", "Reject", Comment="Ask your team lead first")


async def nobody(world: Lives) -> None:
    """Nobody decides: they are reminded, and in the end it expires."""
    await world.ask("Ada", "github engineering 8h because of a release")
    before = len(world.person("Grace").messages())
    await _later(world, 25, lambda: len(world.person("Grace").messages()) > before)
    await _later(world, 24, _sees(world, "Ada", "Expired"))


STORIES: dict[str, Story] = {one.__name__: one for one in (access, by_hand, no, nobody)}
