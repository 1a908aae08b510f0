"""What somebody should hold at a target is the union of their live grants, whichever apps these come from."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from itertools import product
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from bot.connectors.slack_usergroup import SlackUserGroup
from models.catalogue.spec import AppSpec
from models.catalogue.spec.connectors import register_identity
from models.clock import ManualClock
from models.errors import Refusal
from models.lifecycle.grant import reconcile, revoke
from models.lifecycle.grant.reconcile import ConnectorFailure, Done
from models.lifecycle.request import decide, submit
from models.lifecycle.request.plan import Draft
from models.store.open import open_store
from models.store.outcome import Outcome
from models.tables.grants import Direction, Grant
from models.tables.requests import Request, Term
from models.tables.states import GrantState, RequestState
from tests.conftest import EXAMPLES, START
from tests.models.company import ADA, ALAN, GRACE, found
from tests.models.workflow_steps import sweep, targets
from tests.rows import all_of, every

# As whoever puts a process together does it.
register_identity(SlackUserGroup.type, SlackUserGroup.identity)
GROUP = "S0ENG"
HOURS = st.integers(1, 30).map(lambda hours: timedelta(hours=hours))
PEOPLE, APPS = (ADA, ALAN), ("wiki", "crm")
WHO, WHAT = st.sampled_from(PEOPLE), st.sampled_from(APPS)
PICK = st.integers(0, 100)


def app(key: str, **settings: str) -> AppSpec:
    """An app whose access is the same user group as the others'."""
    group = {"type": "slack_usergroup", "usergroup": GROUP} | settings
    return AppSpec.model_validate(
        {
            "key": key,
            "name": key.title(),
            "owners": [GRACE],
            "grace": "2h",
            "access": [{"key": "team", "name": "Team", "connector": group}],
        }
    )


class OneGroup(RuleBasedStateMachine):
    """Two people ask two apps for the same user group; `members` is who is in it."""

    template = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = ManualClock(START)
        self.members: set[str] = set()
        self.untold: list[tuple[str, dict[int, tuple[Direction, reconcile.ConnectorResult]]]] = []

    @initialize(lengths=st.tuples(HOURS, HOURS, HOURS, HOURS))
    def begin(self, lengths: tuple[timedelta, ...]) -> None:
        shutil.copy(self.template, self.folder / "keyturn.db")
        self.store = open_store(f"sqlite+aiosqlite:///{self.folder / 'keyturn.db'}", self.clock)
        self.do(lambda out: found(out, app("wiki"), app("crm", placeholder="U0BOT")))
        for length, (who, what) in zip(lengths, product(PEOPLE, APPS), strict=True):
            self.ask_and_be_approved(who, what, length, explicit=False)
        self.settle(fails=set(), told=True)

    def do(self, work: Callable[[Outcome], object]) -> None:
        with suppress(Refusal):
            self.runner.run(self.store.write(work))

    @rule(who=WHO, what=WHAT, length=HOURS, explicit=st.booleans())
    def ask_and_be_approved(self, who: str, what: str, length: timedelta, explicit: bool) -> None:
        term = Term(end=self.clock.now() + length) if explicit else Term(length=length)

        def work(out: Outcome) -> None:
            for request in submit.submit(out, Draft(who, who, what, ("team",), term, "INC-42")):
                decide.approve(out, request.ref, GRACE)

        self.do(work)

    @rule(pick=PICK, length=HOURS)
    def ask_for_more(self, pick: int, length: timedelta) -> None:
        self.on_some_grant(
            pick, lambda out, one: submit.extend(out, one.ref, one.person_id, Term(length), "Busy")
        )

    @rule(pick=PICK)
    def give_back(self, pick: int) -> None:
        self.on_some_grant(pick, lambda out, one: revoke.give_back(out, one.ref, one.person_id))

    @rule(pick=PICK)
    def try_again(self, pick: int) -> None:
        self.on_some_grant(pick, lambda out, one: revoke.retry_failed(out, one.ref, GRACE))

    @rule(approve=st.booleans())
    def decide_on_more(self, approve: bool) -> None:
        def work(out: Outcome) -> None:
            verb = decide.approve if approve else decide.reject
            for request in every(out.case, Request, state=RequestState.PENDING):
                verb(out, request.ref, GRACE)

        self.do(work)

    @rule(step=HOURS)
    def pass_time(self, step: timedelta) -> None:
        self.clock.advance(step)
        self.runner.run(sweep(self.store))

    @rule(fails=st.just(set()) | st.just(set()) | st.sets(WHO), told=st.booleans())
    def settle(self, fails: set[str], told: bool) -> None:
        """A round. What it does at the target is `told` at once, or only before the next round."""
        self.tell()
        self.do(lambda out: self.call(out, fails))
        if told:
            self.tell()

    def call(self, out: Outcome, fails: set[str]) -> None:
        for target in targets(out):
            reconcile.cancel_or_fail_ineligible(out, target)
            changes = reconcile.pending_changes(out.case, target)
            self.untold.append((target, {one.grant_id: self.called(one, fails) for one in changes}))

    def tell(self) -> None:
        for target, outcomes in self.untold:
            self.do(partial(reconcile.save_outcomes, target=target, outcomes=outcomes))
        self.untold.clear()

    def called(
        self, change: reconcile.TargetChange, fails: set[str]
    ) -> tuple[Direction, reconcile.ConnectorResult]:
        if not change.held_otherwise:
            if change.person_id in fails:
                return change.direction, ConnectorFailure("No.", transient=False)
            act = self.members.add if change.direction is Direction.GIVE else self.members.discard
            act(change.person_id)
        return change.direction, Done()

    def on_some_grant(self, pick: int, verb: Callable[[Outcome, Grant], object]) -> None:
        def work(out: Outcome) -> None:
            grants = every(out.case, Grant, over_at=None)
            if grants:
                verb(out, grants[pick % len(grants)])

        self.do(work)

    @invariant()
    def who_has_an_active_grant_is_in_the_group(self) -> None:
        if not self.untold:
            assert {one.person_id for one in self.grants(GrantState.ACTIVE)} <= self.members

    @invariant()
    def who_is_in_the_group_has_a_grant_that_is_not_over(self) -> None:
        assert self.members <= {one.person_id for one in self.grants(*LIVE)}

    @invariant()
    def one_group_is_one_target(self) -> None:
        assert len({one.target for one in self.grants(*GrantState)}) <= 1

    def grants(self, *states: GrantState) -> list[Grant]:
        return [one for one in self.runner.run(all_of(self.store, Grant)) if one.state in states]

    def teardown(self) -> None:
        self.runner.run(self.store.close())
        self.runner.close()
        shutil.rmtree(self.folder)


LIVE = set(GrantState) - {GrantState.ENDED, GrantState.REVOKED, GrantState.SCHEDULED}


def test_an_access_stays_as_long_as_any_grant_gives_it_and_no_longer(sqlite_template: str) -> None:
    machine = type("OneGroupOnCopies", (OneGroup,), {"template": sqlite_template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES // 4,
            stateful_step_count=40,
            deadline=None,
            phases=(Phase.reuse, Phase.generate),  # shrinking a story would take minutes
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
