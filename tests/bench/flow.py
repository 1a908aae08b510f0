"""From a person's click to what another sees: submit to the approver's card, approve to the access told.

Against the bare app, which makes the calls that Keyturn has just made, each with one raw commit.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any

from blocks.forms.decision import COMMENT, DecisionForm
from blocks.forms.term import TermBlock
from blocks.request_form import CALLBACK, RequestAction, RequestBlock, access_block
from tests.bench import places
from tests.bench.bare import BarePart
from tests.bench.company import Call, Client, Company, clients, company, form
from tests.bench.elsewhere import Elsewhere, elsewhere
from tests.bench.measure import Result, interleaved
from tests.bench.parts import GRACE

ROUNDS = 30
QUICK = {"ROUNDS": 2}
FLOOR = "the bare app, the same calls to Slack"

Step = Callable[[str], Awaitable[float]]


async def run() -> list[Result]:
    """Submit to the approver's card, and approve to "you have access", of one request after the other."""
    async with company(ROUNDS + 1) as here, elsewhere(BarePart) as bare:
        path, forms = here.path.with_name("bare.db"), [CALLBACK, DecisionForm.APPROVE]
        url = await bare.do("open", app=here.app, path=str(path), callbacks=forms)
        async with clients(here.app, here.url, 1) as (client,), clients(here.app, url, 1) as (other,):
            requests = _Requests(_App(here, here.bot, client, here.url), _App(here, bare, other, url))
            asked, floor_asked, given, floor_given = await interleaved(
                ROUNDS,
                requests.submit,
                lambda: requests.same(CALLBACK),
                requests.approve,
                lambda: requests.same(DecisionForm.APPROVE),
            )
        active = places.ask(here.path, "SELECT count(*) FROM grants WHERE state = 'active'")
        assert active == requests.number == ROUNDS + 1, active
    return [
        Result("Submit to the approver’s card", FLOOR, asked, floor_asked, 2),
        Result("Approve to the access told", FLOOR, given, floor_given, 2),
    ]


class _App:
    """An app, and somebody's client that speaks to it."""

    def __init__(self, here: Company, process: Elsewhere, client: Client, url: str) -> None:
        self._here, self.process, self._client, self._url = here, process, client, url

    async def seconds(self, sent: dict[str, Any], sees: str) -> tuple[float, list[Call]]:
        """Seconds from sending a form until somebody has a new message, and all calls that follow from it."""
        here = self._here
        await here.slack.do("reach", url=self._url)
        since, began = len(here.calls), time.monotonic()
        await self._client.send(sent)
        call = await here.call(since, "chat.postMessage", sees)
        await here.quiet(self.process)
        return call.at - began, here.calls[since:]


class _Requests:
    """One request after the other, each by somebody else, at Keyturn and then at the bare app."""

    def __init__(self, ours: _App, bare: _App) -> None:
        self._ours, self._bare = ours, bare
        self.number = 0

    async def submit(self) -> float:
        """Somebody sends the form; seconds until the approver's card is there."""
        self.number += 1
        self._sent, self._sees = form(self._person, CALLBACK, _filled()), GRACE
        took, self._calls = await self._ours.seconds(self._sent, self._sees)
        return took

    async def approve(self) -> float:
        """Grace confirms; seconds until the requester is told."""
        values = {COMMENT: {"text": {"type": "plain_text_input", "value": None}}}
        self._sent = form(GRACE, DecisionForm.APPROVE, values, ref=f"AR-{self.number}")
        self._sees = self._person
        took, self._calls = await self._ours.seconds(self._sent, self._sees)
        return took

    async def same(self, callback: str) -> float:
        """The same form sent to the bare app, which makes the calls that Keyturn has made for it."""
        calls = [(call.method, call.arguments) for call in self._calls]
        await self._bare.process.do("script", callback=callback, calls=calls)
        took, made = await self._bare.seconds(self._sent, self._sees)
        assert [call.method for call in made] == [method for method, _ in calls], made
        return took

    @property
    def _person(self) -> str:
        return f"U{self.number - 1}"


def _filled() -> dict[str, Any]:
    """The form for eight hours of GitHub."""
    length = str(int(places.HOURS.total_seconds()))
    return {
        RequestBlock.APP: {RequestAction.APP: {"selected_option": {"value": "github"}}},
        access_block("github"): {RequestAction.ACCESS: {"selected_options": [{"value": "engineering"}]}},
        TermBlock.CHOICE: {RequestAction.TERM: {"selected_option": {"value": length}}},
        RequestBlock.REASON: {"reason": {"type": "plain_text_input", "value": "INC-42: db is down"}},
    }
