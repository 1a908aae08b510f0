"""The main story in five steps, each played in the page as the person who does it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from bot.sandbox import company
from bot.sandbox.browser import GuideError, Preset, Progress, Show
from bot.sandbox.running_company import RunningCompany
from bot.sandbox.slack import NotVisible, Person
from bot.sandbox.slack.state.conversations import Message
from models.store.case import Case
from models.tables.grants import Grant
from models.tables.requests import Request
from models.tables.states import RequestState

PACE = 1.5  # real seconds for which a form stays on screen before it is sent
ADA, MIA = company.id_of("ada"), company.id_of("mia")
REQUEST = "github engineering 8h because INC-42: checkout is down"
REQUEST_IN_OUTAGE = "dashboards viewer 8h because INC-43: which service is slow?"
ACCESS = "Engineering team"
STEPS = (
    "Request as the employee",
    "Approve as the manager",
    "See the group change",
    "Let it expire",
    "Break Slack",
)
TEXTS = (
    "A small company’s Slack with the real Keyturn, all on this machine. Five steps show what it does.",
    "Ada’s request is with Mia, her manager, and Olga, the owner of GitHub. Either can approve.",
    "Approved: Ada now has GitHub · Engineering team. In Slack, that is the user group @engineering.",
    "Ada is in @engineering. Keyturn takes her out when the time is up.",
    "Ada was told before the end, and is out of @engineering. What if Slack fails?",
    "That was the story. Act as anyone and try more, or press Reset to start over.",
)
IN_OUTAGE = "Slack is away. What Ada has just requested is saved, and waits for Slack."
IN_OTHER_OUTAGE = "Slack is away. What people do now is saved, and waits for Slack."

_GITHUB = ("github", "engineering")
_GRANTS = (
    select(Grant)
    .where(Grant.person_id == ADA, Grant.app_key == _GITHUB[0], Grant.access_key == _GITHUB[1])
    .order_by(Grant.id.desc())
    .limit(1)
)
_PENDING = select(Request).where(
    Request.beneficiary_id == ADA,
    Request.app_key == _GITHUB[0],
    Request.access_key == _GITHUB[1],
    Request.state == RequestState.PENDING,
)


class MainStory:
    """A `Guide`: what is done is read from the database, so it counts too where people did it by hand."""

    steps: Sequence[str] = STEPS

    def __init__(self, running: RunningCompany, outage: Preset, pace: float = PACE) -> None:
        """`outage` is the fault of the last step."""
        self._running, self._outage, self._pace = running, outage, pace
        self._group_shown = self._outage_shown = self._sent_in_outage = False
        self._play = (self._request, self._approve, self._show_group, self._let_expire, self._break_slack)

    async def progress(self) -> Progress:
        """The number of steps done, and what they led to."""
        if self._outage.active(self._running.slack.faults) and self._outage_shown:
            return Progress(len(STEPS), IN_OUTAGE if self._sent_in_outage else IN_OTHER_OUTAGE)
        done = await self._running.bot.store.read(_steps_done)
        if done == STEPS.index("See the group change") and self._group_shown:
            done += 1
        if done == STEPS.index("Break Slack") and self._outage_shown:
            done += 1
        return Progress(done, TEXTS[done])

    async def play(self, step: int, show: Show) -> None:
        """Play one step.

        Raises:
            GuideError: a fault is in the way, or the screen is not as the step needs it.
        """
        if self._running.slack.faults.active:
            raise GuideError("A fault is in the way. Fix it first.")
        try:
            await self._play[step](show)
        except (NotVisible, AssertionError) as error:
            raise GuideError(f"This step can’t be played now: {error}. Reset starts over.") from error
        await self._running.wait_until_idle()

    async def _request(self, show: Show) -> None:
        if not await self._send_form(show, REQUEST):
            raise GuideError("Ada’s form was refused; it says why.")

    async def _send_form(self, show: Show, text: str, fault: Preset | None = None) -> bool:
        """Fill in and send Ada's form, with a fault from then on; returns False if it was refused."""
        ada = self._running.person("ada")
        show(ADA, "break" if fault else "")
        await _close_modals(ada)
        await ada.command("/request-access", text)
        await asyncio.sleep(self._pace)
        if fault:
            fault.start(self._running.slack.faults)
        # Without a form, whoever watches has sent or closed it meanwhile.
        return ada.view is None or (await ada.submit()).ok

    async def _approve(self, show: Show) -> None:
        mia = self._running.person("mia")
        show(MIA, "")
        await _close_modals(mia)
        await asyncio.sleep(self._pace)
        await mia.click(_open_card(mia), "Approve")
        await asyncio.sleep(self._pace)
        if mia.view is not None:
            await mia.submit()

    async def _show_group(self, show: Show) -> None:
        self._group_shown = True
        show(ADA, "members")

    async def _let_expire(self, show: Show) -> None:
        show(ADA, "members")
        notice, end = await self._running.bot.store.read(_times)
        for moment in (notice, end):
            if moment is not None:
                await self._running.forward(moment - self._running.clock.now())
                await asyncio.sleep(self._pace)

    async def _break_slack(self, show: Show) -> None:
        self._outage_shown = True
        self._sent_in_outage = await self._send_form(show, REQUEST_IN_OUTAGE, self._outage)
        await _close_modals(self._running.person("ada"))  # refused where Ada has this access already


async def _close_modals(person: Person) -> None:
    if person.view is not None:
        await person.close(whole_stack=True)


def _open_card(person: Person) -> Message:
    cards = [each for each in person.messages() if ACCESS in each.text and "Approve" in each.buttons]
    if not cards:
        raise NotVisible("Mia has no card to approve")
    return cards[-1]


def _steps_done(case: Case) -> int:
    """As far as the database tells: the request, the approval, and the end."""
    grant = next(iter(case.read(_GRANTS)), None)
    if grant is not None and grant.over_at is None:
        return STEPS.index("See the group change")
    if case.read(_PENDING):
        return STEPS.index("Approve as the manager")
    return 0 if grant is None else STEPS.index("Break Slack")


def _times(case: Case) -> tuple[datetime | None, datetime | None]:
    """When Ada's access has its next notice, and when it ends."""
    grant = next(iter(case.read(_GRANTS)), None)
    return (grant.notice_at, grant.ends_at) if grant is not None else (None, None)
