"""Acknowledgements: a comment that is written down, against a Bolt app that commits one row."""

import asyncio
from collections.abc import Sequence

from blocks.forms.decision import COMMENT, DecisionForm
from models.lifecycle.request import submit
from models.lifecycle.request.plan import Draft
from models.store.base import Store
from models.tables.requests import Term
from tests.bench import places
from tests.bench.bare import BarePart
from tests.bench.company import Client, clients, company, form
from tests.bench.elsewhere import Elsewhere, elsewhere
from tests.bench.measure import Result, interleaved, once

AT_ONCE = 16
"""People, each with a client of their own, who comment on their own request."""
EACH = 4
"""Comments that each of them sends, one after the other, where all are at it at once."""
ROUNDS, ROUNDS_AT_ONCE = 60, 15
QUICK = {"AT_ONCE": 3, "EACH": 2, "ROUNDS": 3, "ROUNDS_AT_ONCE": 2}
FLOOR = "Bolt, `process_before_response`, one raw commit"


async def run() -> list[Result]:
    """One at a time, and sixteen at once. The worker passes the comments on, as always."""
    async with company(AT_ONCE, _request) as here, elsewhere(BarePart) as bare:
        path = here.path.with_name("bare.db")
        url = await bare.do("open", app=here.app, path=str(path), callbacks=[DecisionForm.COMMENT])
        async with clients(here.app, here.url, AT_ONCE) as ours, clients(here.app, url, AT_ONCE) as theirs:
            alone, floor = await interleaved(
                ROUNDS, lambda: _one(here.bot, ours[0]), lambda: _one(bare, theirs[0])
            )
            rate, floor_rate = await interleaved(
                ROUNDS_AT_ONCE, lambda: _many(here.bot, ours), lambda: _many(bare, theirs)
            )
        first, others = ROUNDS + 1, (ROUNDS_AT_ONCE + 1) * EACH
        written = [
            places.ask(here.path, f"SELECT count(*) FROM comments WHERE request_id = {number + 1}")
            for number in range(AT_ONCE)
        ]
        assert written == [first + others, *[others] * (AT_ONCE - 1)], written
        assert await bare.do("rows") == sum(written)
    return [
        Result("Acknowledgement of a click that writes (a comment)", FLOOR, alone, floor, 2),
        Result(
            f"Acknowledgements a second, {AT_ONCE} clients at once", FLOOR, rate, floor_rate, 0.5,
            at_least=True, unit="/s",
        ),
    ]  # fmt: skip


async def _request(store: Store) -> None:
    for number in range(AT_ONCE):
        person = f"U{number}"
        draft = Draft(person, person, "github", ("engineering",), Term(length=places.HOURS), "INC-42")
        (request,) = await store.run(submit.submit, draft)
        assert request.ref == f"AR-{number + 1}"


async def _one(app: Elsewhere, client: Client) -> float:
    """Seconds for one comment; what follows from it is done before the next turn."""
    took = await _comment(client, 0)
    await app.do("idle")
    return took


async def _many(app: Elsewhere, people: Sequence[Client]) -> float:
    """Acknowledgements a second where all comment at once."""

    async def comments(who: int) -> None:
        for _ in range(EACH):
            await _comment(people[who], who)

    seconds = await once(lambda: asyncio.gather(*(comments(who) for who in range(len(people)))))
    await app.do("idle")
    return len(people) * EACH / seconds


async def _comment(client: Client, who: int) -> float:
    values = {COMMENT: {"text": {"type": "plain_text_input", "value": "It is for the database, again"}}}
    return await client.send(form(f"U{who}", DecisionForm.COMMENT, values, ref=f"AR-{who + 1}"))
