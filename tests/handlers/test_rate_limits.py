"""Who asks for more than one person may reads it in the form, and comments past the limit at the comment."""

from bot.sandbox.slack.client.results import SubmitResult
from models.lifecycle.request.rate_limits import Limits
from models.tables.requests import Comment, Request
from tests.ready_world import submit_request
from tests.rows import count_of
from tests.world import World


def limit(world: World, limits: Limits) -> None:
    """As `[limits]` in the configuration says it; the context is built once for good."""
    object.__setattr__(world.bot.context, "limits", limits)


async def test_the_form_says_what_to_do_and_sends_nothing(world: World) -> None:
    limit(world, Limits(open_requests=1))
    await submit_request(world)
    ada = world.person("Ada")
    assert (await ada.command("/request-access", "github admin 8h because INC-43")).ok
    sent = await ada.submit()
    (sentence,) = sent.errors.values()
    assert "You have 1 open request; the limit is 1" in sentence
    assert "Withdraw some on App Home" in sentence
    await world.settle()
    assert await count_of(world.bot.store, Request) == 1


async def test_one_comment_too_many_is_refused_at_its_field(world: World) -> None:
    limit(world, Limits(comments_an_hour=1))
    await submit_request(world)
    grace = world.person("Grace")

    async def says(text: str) -> SubmitResult:
        await grace.click(world.card("Grace", "requests"), "Comment")
        await grace.fill("Comment", text)
        return await grace.submit()

    assert (await says("What for?")).ok
    sent = await says("Hello?")
    assert "Try again in an hour" in next(iter(sent.errors.values()))
    assert await count_of(world.bot.store, Comment) == 1
