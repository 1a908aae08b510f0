"""User groups of Slack's: few calls, nobody lost, nobody left in, and a word that says what to do."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import count

import aiohttp
import pytest

from bot.connectors.base import ConnectorContext
from bot.connectors.slack_usergroup import SWITCHED_OFF, SlackUserGroup
from bot.sandbox.slack import App, LocalSlack
from bot.sandbox.slack.state.people import UserGroup
from bot.slack.gateway import Gateway
from models.clock import ManualClock
from models.lifecycle.grant.reconcile import ConnectorFailure, ConnectorResult, Done, TargetChange
from models.tables.grants import Direction

GIVE, TAKE = Direction.GIVE, Direction.TAKE


class Team:
    """A user group with Otto in it, its connector, and people who come and go."""

    def __init__(self, slack: LocalSlack, connector: SlackUserGroup) -> None:
        self.slack, self.connector = slack, connector
        self.otto = self.new("Otto")
        self.group: UserGroup = slack.workspace.add_usergroup("Team", handle="team", members=[self.otto])
        self.more: dict[str, str] = {}
        self._ids = count(1)

    def new(self, name: str) -> str:
        return self.slack.workspace.add_person(name).id

    def change(self, direction: Direction, person_id: str) -> TargetChange:
        number = next(self._ids)
        return TargetChange(
            grant_id=number,
            ref=f"GR-{number}",
            direction=direction,
            person_id=person_id,
            email="",
            connector={"type": "slack_usergroup", "usergroup": self.group.id} | self.more,
            held_otherwise=False,
            was_active=True,
        )

    async def apply(self, *wanted: tuple[Direction, str]) -> list[ConnectorResult]:
        return await self.applied([self.change(*one) for one in wanted])

    async def applied(self, changes: Sequence[TargetChange]) -> list[ConnectorResult]:
        outcomes = await self.connector.apply(changes)
        return [outcomes[change.grant_id] for change in changes]

    @property
    def members(self) -> list[str]:
        """Who has what the group gives."""
        return [] if self.group.disabled_at else self.group.members

    def calls(self) -> list[str]:
        """What was called, without what they have in common."""
        return [entry.name.removeprefix("usergroups.") for entry in self.slack.log.calls()]


@pytest.fixture
def team(
    slack: LocalSlack, app: App, gateway: Gateway, clock: ManualClock, http: aiohttp.ClientSession
) -> Team:
    return Team(slack, SlackUserGroup(ConnectorContext(clock, http, gateway, lambda: app.bot_user_id)))


async def test_a_whole_round_is_one_look_and_one_list(team: Team) -> None:
    leaving, people = team.new("Lea"), [team.new(f"Person {number}") for number in range(100)]
    team.slack.workspace.set_members(team.group, [team.otto, leaving])
    outcomes = await team.apply((TAKE, leaving), *((GIVE, one) for one in people))
    assert outcomes == [Done()] * 101
    assert team.members == [team.otto, *people]
    assert team.calls() == ["users.list", "users.update"]


async def test_whom_others_put_in_meanwhile_stays(team: Team) -> None:
    ada, ben, eve = team.new("Ada"), team.new("Ben"), team.new("Eve")
    await team.apply((GIVE, ada))
    team.slack.workspace.set_members(team.group, [*team.members, eve])
    await team.apply((GIVE, ben))
    assert team.members == [team.otto, ada, eve, ben]


async def test_what_is_so_already_is_not_written_again(team: Team) -> None:
    ada = team.new("Ada")
    assert await team.apply((GIVE, team.otto), (TAKE, ada)) == [Done(), Done()]
    assert team.calls() == ["users.list"]


async def test_the_last_one_out_switches_the_group_off(team: Team) -> None:
    assert await team.apply((TAKE, team.otto)) == [Done()]
    assert team.members == []
    assert await team.apply((TAKE, team.otto)) == [Done()]  # once more, as after a lost answer


async def test_the_next_one_in_switches_it_on_and_is_alone_there(team: Team) -> None:
    ada = team.new("Ada")
    await team.apply((TAKE, team.otto))
    assert await team.apply((GIVE, ada)) == [Done()]
    assert team.members == [ada]


async def test_the_last_one_who_comes_back_is_in_again(team: Team) -> None:
    await team.apply((TAKE, team.otto))
    assert await team.apply((GIVE, team.otto)) == [Done()]
    assert team.members == [team.otto]


async def test_a_slack_that_changes_no_group_that_is_off_is_switched_on_first(team: Team) -> None:
    ada = team.new("Ada")
    await team.apply((TAKE, team.otto))
    team.slack.faults.fail("usergroups.users.update", status=200, error="no_such_subteam", times=1)
    assert await team.apply((GIVE, ada)) == [Done()]
    assert team.members == [ada]


async def test_a_placeholder_takes_the_last_ones_place_and_stays(team: Team) -> None:
    ada, holder = team.new("Ada"), team.new("Holder")
    team.more = {"placeholder": holder}
    assert await team.apply((TAKE, team.otto)) == [Done()]
    assert team.members == [holder]
    assert await team.apply((GIVE, ada)) == [Done()]
    assert team.members == [holder, ada]
    assert await team.apply((TAKE, ada), (TAKE, holder)) == [Done(), Done()]
    assert team.members == [holder]


async def test_a_group_that_somebody_switched_off_is_not_switched_on(team: Team) -> None:
    ada, ben = team.new("Ada"), team.new("Ben")
    team.slack.workspace.set_members(team.group, [team.otto, ben])
    team.slack.workspace.enable_group(team.group, False, by=ada)
    assert await team.apply((TAKE, ben), (GIVE, ada)) == [
        Done(),
        ConnectorFailure(SWITCHED_OFF, transient=False),
    ]
    assert team.group.disabled_at
    assert team.group.members == [team.otto]  # Ben does not come back when it is switched on


async def test_one_whom_slack_does_not_take_keeps_nobody_out(team: Team) -> None:
    people = [team.new(f"Person {number}") for number in range(50)]
    left = team.new("Lea")
    team.slack.workspace.deactivate(left)
    wanted = [*people[:30], left, *people[30:]]
    outcomes = await team.apply((TAKE, team.otto), *((GIVE, one) for one in wanted))
    assert outcomes.count(Done()) == 51
    trouble = outcomes[31]
    assert isinstance(trouble, ConnectorFailure)
    assert not trouble.transient
    assert "does not take this person" in trouble.error
    assert set(team.members) == set(people)
    assert len(team.calls()) <= 15  # and not one for each


async def test_a_wait_that_slack_asks_for_is_handed_on(team: Team) -> None:
    ada = team.new("Ada")
    team.slack.faults.ratelimit("usergroups.users.update", retry_after=37, times=1)
    (trouble,) = await team.apply((GIVE, ada))
    assert isinstance(trouble, ConnectorFailure)
    assert (trouble.transient, trouble.wait) == (True, timedelta(seconds=37))


@pytest.mark.parametrize("fault", ["fail", "hang", "cut"])
async def test_a_slack_that_does_not_answer_may_answer_later(team: Team, fault: str) -> None:
    ada = team.new("Ada")
    with getattr(team.slack.faults, fault)("usergroups.*"):
        (trouble,) = await team.apply((GIVE, ada))
    assert isinstance(trouble, ConnectorFailure)
    assert (trouble.transient, trouble.wait) == (True, None)
    assert await team.apply((GIVE, ada)) == [Done()]


async def test_a_lost_answer_is_found_out_by_looking(team: Team) -> None:
    ada = team.new("Ada")
    with team.slack.faults.lose_answer("usergroups.users.update"):
        (trouble,) = await team.apply((GIVE, ada))
    assert isinstance(trouble, ConnectorFailure)
    assert trouble.transient
    assert await team.apply((GIVE, ada)) == [Done()]
    assert team.calls().count("users.update") == 1


async def test_nothing_is_believed_that_slack_does_not_show(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = team.new("Ada")
    monkeypatch.setattr(team.slack.workspace, "set_members", lambda *_: None)
    (trouble,) = await team.apply((GIVE, ada))
    assert trouble == ConnectorFailure("Slack took the new list of members, but does not show it.")


def not_allowed(team: Team, _app: App) -> None:
    team.slack.workspace.usergroup_writes = False


def not_paid(team: Team, _app: App) -> None:
    team.slack.workspace.paid = False


def not_there(team: Team, _app: App) -> None:
    del team.slack.workspace.usergroups[team.group.id]


def no_scope(_team: Team, app: App) -> None:
    app.scopes.remove("usergroups:write")


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (not_allowed, "Permissions, User Groups"),
        (not_paid, "paid plans"),
        (not_there, "no such user group"),
        (no_scope, "keyturn manifest"),
    ],
)
async def test_what_does_not_pass_by_itself_says_what_to_do(
    team: Team, app: App, mistake: object, words: str
) -> None:
    assert callable(mistake)
    mistake(team, app)
    (trouble,) = await team.apply((GIVE, team.new("Ada")))
    assert isinstance(trouble, ConnectorFailure)
    assert not trouble.transient
    assert words in trouble.error


async def test_it_knows_who_has_the_access(team: Team) -> None:
    ada = team.new("Ada")
    assert await team.connector.holds(team.change(GIVE, team.otto)) is True
    assert await team.connector.holds(team.change(GIVE, ada)) is False
    await team.connector.give(team.change(GIVE, ada))
    assert await team.connector.holds(team.change(GIVE, ada)) is True
    await team.connector.take(team.change(TAKE, ada))
    assert await team.connector.holds(team.change(GIVE, ada)) is False


async def test_a_probe_says_what_keeps_it_out(team: Team) -> None:
    params = {"usergroup": team.group.id}
    assert await team.connector.probe(params) is None
    team.slack.workspace.enable_group(team.group, False, by=team.otto)
    assert await team.connector.probe(params) == SWITCHED_OFF
    team.slack.workspace.paid = False
    assert "paid" in str(await team.connector.probe(params))
    with team.slack.faults.cut("usergroups.*"):
        assert await team.connector.probe(params)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"usergroup": "S0123"}, None),
        ({"usergroup": "S0123", "placeholder": "U0123"}, None),
        ({}, "usergroup is missing"),
        ({"usergroup": "@team"}, 'usergroup should be a user group\'s id such as "S0123"'),
        ({"usergroup": "S0123", "group": "x"}, "group is not a known key"),
        ({"usergroup": "S0123", "placeholder": "Holder"}, "placeholder should be a member id"),
        ({"usergroup": 7}, "usergroup should be text"),
    ],
)
def test_the_catalogue_is_told_what_is_wrong_with_it(params: dict[str, str], words: str | None) -> None:
    problem = SlackUserGroup.check(params)
    assert problem is None if words is None else words in str(problem)
