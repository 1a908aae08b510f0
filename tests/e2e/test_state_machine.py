"""Whatever people, time and target systems do, in whatever order: what must never be, never is.

The verbs are called as the handlers call them; the worker, the connectors, the cards and Slack are real.
"""

import asyncio
import shutil
import tempfile
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from blocks.cards import draw
from bot.worker.jobs.sync_card import STORY_READERS
from models import audit
from models.clock import ManualClock
from models.errors import Refusal
from models.lifecycle.grant import revoke, tasks
from models.lifecycle.request import cancel, comment, decide, submit
from models.lifecycle.request.plan import Draft
from models.store.case import Case
from models.tables.cards import Card
from models.tables.grants import Grant, Task, TaskState
from models.tables.requests import Decision, Request, Stage, Term
from models.tables.states import OVER_GRANTS, GrantState, RequestState
from tests.conftest import EXAMPLES, START
from tests.rows import every
from tests.world import World

T = TypeVar("T")

ASKERS = ("Ada", "Otto", "Grace")
DECIDERS = ("Grace", "Alan", "Mia", "Root", "Ada", "Otto", "Gus")
LENGTHS = st.sampled_from([timedelta(minutes=30), timedelta(hours=8), timedelta(days=7)])
RULES = st.sampled_from(["any", "all", 2])
PICK = st.integers(0, 10_000)


class Life(RuleBasedStateMachine):
    """One company's life with Keyturn."""

    template = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.world = World(ManualClock(START), "socket")

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def read(self, work: Callable[[Case], T]) -> T:
        return self.wait(self.world.bot.store.read(work))

    def do(self, verb: Callable[..., object], *args: object, **more: Any) -> None:
        """A refusal is an answer like any other; what must hold is looked at after it too."""
        with suppress(Refusal):
            self.wait(self.world.bot.store.run(verb, *args, **more))
        self.wait(self.world.pass_time(timedelta(seconds=1)))  # by then no card waits for its access

    @initialize(first=RULES, second=st.none() | RULES)
    def begin(self, first: str | int, second: str | int | None) -> None:
        shutil.copy(self.template, self.folder / "keyturn.db")
        self.wait(self.world.slack.start())
        self.wait(self.world.start_bot(f"sqlite+aiosqlite:///{self.folder / 'keyturn.db'}"))
        ids = self.world.ids
        stages = [{"name": "Owner", "approvers": ["owners", ids["Mia"]], "rule": first}]
        if second is not None:
            stages.append(
                {"name": "Security", "approvers": [ids["Root"], ids["Mia"], ids["Alan"]], "rule": second}
            )
        self.wait(self.world.offer(stage=stages))
        self.wait(self.world.acquaint())
        self.ask("Ada", "engineering", timedelta(hours=8), later=False)

    @rule(
        name=st.sampled_from(ASKERS),
        access=st.sampled_from(["engineering", "admin"]),
        length=LENGTHS,
        later=st.booleans(),
    )
    def ask(self, name: str, access: str, length: timedelta, later: bool) -> None:
        who, now = self.world.ids[name], self.world.clock.now()
        term = (
            Term(start=now + timedelta(hours=1), end=now + timedelta(hours=1) + length)
            if later
            else Term(length)
        )
        draft = Draft(who, who, "github", (access,), term, "Because <!channel> & co")
        self.do(submit.submit, draft)

    @rule(pick=PICK, name=st.sampled_from(DECIDERS), approve=st.booleans(), length=st.none() | LENGTHS)
    def decide(self, pick: int, name: str, approve: bool, length: timedelta | None) -> None:
        ref, who = self.some(Request, pick, RequestState.PENDING), self.world.ids[name]
        term = Term(length) if length else None
        if ref and approve:
            self.do(decide.approve, ref, who, comment="Fine", term=term)
        elif ref:
            self.do(decide.reject, ref, who, comment="No")

    @rule(pick=PICK)
    def everybody_who_is_asked_approves(self, pick: int) -> None:
        """Otherwise few requests would ever come to be granted."""
        pending = self.read(lambda case: every(case, Request, state=RequestState.PENDING))
        if not pending:
            return
        ref = pending[pick % len(pending)].ref
        for name in (*DECIDERS, *DECIDERS):
            self.do(decide.approve, ref, self.world.ids[name])

    @rule(pick=PICK, name=st.sampled_from(DECIDERS))
    def say(self, pick: int, name: str) -> None:
        if ref := self.some(Request, pick):
            self.do(comment.comment, ref, self.world.ids[name], "What for?")

    @rule(pick=PICK, name=st.sampled_from(["Ada", "Mia"]))
    def withdraw(self, pick: int, name: str) -> None:
        if ref := self.some(Request, pick):
            self.do(cancel.withdraw, ref, self.world.ids[name])

    @rule(pick=PICK, name=st.sampled_from(ASKERS), length=LENGTHS)
    def extend(self, pick: int, name: str, length: timedelta) -> None:
        if ref := self.some(Grant, pick, GrantState.ACTIVE):
            self.do(submit.extend, ref, self.world.ids[name], Term(length), "Not done yet")

    @rule(pick=PICK, name=st.sampled_from(ASKERS))
    def give_back(self, pick: int, name: str) -> None:
        if ref := self.some(Grant, pick, GrantState.ACTIVE):
            self.do(revoke.give_back, ref, self.world.ids[name])

    @rule(pick=PICK, name=st.sampled_from(["Grace", "Alan", "Otto"]), can=st.booleans())
    def work(self, pick: int, name: str, can: bool) -> None:
        ref, who = self.some(Task, pick, TaskState.OPEN), self.world.ids[name]
        if ref and can:
            self.do(tasks.complete_task, ref, who)
        elif ref:
            self.do(tasks.refuse_task, ref, who, "The console is down")

    @rule(pick=PICK, name=st.sampled_from(["Root", "Grace", "Otto"]), again=st.booleans())
    def mend(self, pick: int, name: str, again: bool) -> None:
        ref, who = self.some(Grant, pick, GrantState.FAILED), self.world.ids[name]
        verb = revoke.retry_failed if again else revoke.cancel_failed
        if ref:
            self.do(verb, ref, who)

    @rule(how=st.sampled_from(["fail", "cut", "lose_answer"]), times=st.integers(1, 12))
    def break_target(self, how: str, times: int) -> None:
        getattr(self.world.slack.faults, how)("usergroups.*", times=times)

    @precondition(lambda self: self.world.slack.faults.active)
    @rule()
    def mend_target(self) -> None:
        self.world.slack.faults.clear()

    @rule(
        step=st.sampled_from(
            [timedelta(minutes=1), timedelta(hours=1), timedelta(hours=9), timedelta(days=3)]
        )
    )
    def pass_time(self, step: timedelta) -> None:
        self.wait(self.world.pass_time(step))

    def some(
        self, table: type[Request] | type[Grant] | type[Task], pick: int, state: StrEnum | None = None
    ) -> str | None:
        """One of those there are, in this state first where one is given; None if there are none at all."""
        rows: list[Any] = self.read(lambda case: every(case, table))
        rows = [row for row in rows if row.state == state] or rows
        return str(rows[pick % len(rows)].ref) if rows else None

    @invariant()
    def nothing_is_given_without_the_approvals_of_its_stages(self) -> None:
        for grant, request, stages, decisions in self.read(grants_with_approvals):
            assert request.state is RequestState.APPROVED, grant.ref
            for stage in stages:
                approvals = {d.person_id for d in decisions if d.position == stage.position and d.approve}
                assert len(approvals) >= (int(stage.rule) if stage.rule.isdigit() else 1), (
                    grant.ref,
                    stage.name,
                )

    @invariant()
    def nobody_decides_on_their_own(self) -> None:
        for decision in self.read(lambda case: every(case, Decision)):
            request = self.read(lambda case, key=decision.request_id: case.get_one(Request, key))  # type: ignore[misc]
            assert decision.person_id not in (request.requester_id, request.beneficiary_id)

    @invariant()
    def no_access_outlives_its_grant(self) -> None:
        now = self.world.clock.now()
        grants = self.read(lambda case: every(case, Grant, access_key="engineering"))
        members = set(self.world.group.members) if not self.world.group.disabled_at else set()
        for grant in grants:
            others = [g for g in grants if g.person_id == grant.person_id and g.state not in OVER_GRANTS]
            if grant.state is GrantState.ACTIVE:
                assert grant.person_id in members, grant.ref
                assert grant.ends_at is not None
                assert grant.ends_at > now, grant.ref
            if grant.state in OVER_GRANTS and not others and grant.person_id != self.world.ids["Otto"]:
                assert grant.person_id not in members, grant.ref

    @invariant()
    def every_change_is_on_record(self) -> None:
        verdict = self.read(audit.verify)
        assert verdict.intact, verdict.fault
        for ref, state in self.read(states_now):
            entries = self.read(lambda case, ref=ref: audit.entries_about(case, [ref]))  # type: ignore[misc]
            kind = "request." if ref.startswith("AR") else "grant."
            moves = [entry.action for entry in entries if entry.action in {f"{kind}{one}" for one in STATES}]
            assert moves[-1] == f"{kind}{state}", (ref, state, moves)

    @invariant()
    def every_card_agrees_with_the_database(self) -> None:
        for card, message in self.read(cards_as_they_should_be):
            shown = self.world.slack.workspace.channels[card.channel].find(card.ts)
            assert shown is not None, card.subject
            assert buttons(shown.blocks) == buttons(message["blocks"]), (card.kind, card.subject)
            assert texts(shown.blocks) == texts(message["blocks"]), (card.kind, card.subject)

    def teardown(self) -> None:
        self.wait(self.world.stop_bot())
        self.wait(self.world.slack.stop())
        self.runner.close()
        shutil.rmtree(self.folder)


STATES = {state.value for state in (*RequestState, *GrantState)}


def grants_with_approvals(case: Case) -> list[tuple[Grant, Request, list[Stage], list[Decision]]]:
    rows = []
    for grant in every(case, Grant):
        stages = every(case, Stage, request_id=grant.request_id)
        decisions = every(case, Decision, request_id=grant.request_id)
        rows.append((grant, case.get_one(Request, grant.request_id), stages, decisions))
    return rows


def states_now(case: Case) -> list[tuple[str, str]]:
    rows: list[Request | Grant] = [*every(case, Request), *every(case, Grant)]
    return [(row.ref, row.state.value) for row in rows]


def cards_as_they_should_be(case: Case) -> list[tuple[Card, Any]]:
    return [
        (card, draw(card.kind, STORY_READERS[card.about[:2]](case, card.about), card.person_id))
        for card in every(case, Card, gone=False)
        if card.ts
    ]


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    return [
        e["text"]["text"]
        for b in blocks
        if b["type"] == "actions"
        for e in b["elements"]
        if e["type"] == "button"
    ]


def texts(blocks: list[dict[str, Any]]) -> list[str]:
    return [b["text"]["text"] for b in blocks if b["type"] == "section" and "text" in b]


def test_what_must_never_be_never_is(sqlite_template: str) -> None:
    machine = type("LifeOnCopies", (Life,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES // 4,
            stateful_step_count=30,
            deadline=None,
            # A story takes seconds: shrinking one would take longer than the whole test run.
            phases=(Phase.reuse, Phase.generate),
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
