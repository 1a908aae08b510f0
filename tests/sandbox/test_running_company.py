"""The company of `keyturn sandbox`, without a browser."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.connectors import registry
from bot.errors import Failure
from bot.sandbox import company, run
from bot.sandbox.browser import GuideError
from bot.sandbox.guide import MainStory
from bot.sandbox.panels import panels
from bot.sandbox.running_company import CompanyFiles, MovableClock, run_company
from bot.sandbox.slack import LocalSlack
from bot.sandbox.story import add_history, approve, ask
from models.audit import AuditEntry
from models.catalogue.file.read import load
from models.store.case import Case

ROOT = Path(__file__).parents[2]
ENDS = ("grant.notice", "grant.ended")


def _trail(case: Case) -> list[AuditEntry]:
    return list(case.read(select(AuditEntry)))


def test_the_catalogue_is_in_order_and_names_only_who_is_there() -> None:
    types = registry.load_types()
    read = load(company.catalogue(), "catalogue.toml", lambda connector: registry.check(connector, types))
    slack = LocalSlack()
    company.populate(slack.workspace)
    addresses = {each.email for each in slack.workspace.users.values()}
    handles = {f"@{each.handle}" for each in slack.workspace.usergroups.values()}
    for app in read.apps:
        assert set(app.owners) <= addresses
        stages = [*app.stage, *(stage for access in app.access for stage in access.stage or ())]
        named = {name for stage in stages for name in stage.approvers if "@" in name}
        assert named <= addresses | handles
        for access in app.access:
            group = access.connector.params.get("usergroup")
            assert group is None or group in slack.workspace.usergroups


def test_the_clock_goes_on_and_never_back() -> None:
    clock = MovableClock()
    before = clock.now()
    clock.advance(timedelta(days=2))
    assert clock.now() - before >= timedelta(days=2)
    clock.advance(timedelta(days=-1))
    assert clock.offset == timedelta(days=2)


async def test_the_company_has_a_history_and_something_due(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        await add_history(running)
        assert "Approve" in running.card("mia", "Salesforce").buttons
        assert company.id_of("gus") in running.members("dashboards")
        now = running.clock.now()
        due = await running.next_due()
        assert due is not None
        assert due.at > now
        trail = panels(running)[0]
        table = await trail.draw()
        assert "The chain is whole" in str(table)


async def test_a_day_plays_the_notice_and_the_end_of_an_access_at_their_own_times(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        start = running.clock.now()
        await ask(running, "ada", "prod-db read 4h because INC-42")
        await approve(running, "mia", "INC-42")
        await approve(running, "omar", "INC-42")
        assert company.id_of("ada") in running.members("prod-db-read")
        await running.forward(timedelta(days=1))
        assert company.id_of("ada") not in running.members("prod-db-read")
        ends = [entry for entry in await running.bot.store.read(_trail) if entry.action in ENDS]
        assert [(entry.action, round((entry.at - start) / timedelta(minutes=1))) for entry in ends] == [
            ("grant.notice", 210),  # its app tells 30 and 5 minutes before
            ("grant.notice", 235),
            ("grant.ended", 240),
        ]
        posted = [
            round((float(each.ts) - start.timestamp()) / 60) for each in running.person("ada").messages()
        ]
        assert {210, 235} <= set(posted)
        assert running.clock.now() - start < timedelta(days=1, minutes=1)


async def test_an_app_that_wants_copies_is_seen_in_the_panel_of_emails_also_in_the_next_run(
    tmp_path: Path,
) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        await add_history(running)
        shown = str(await panels(running)[1].draw())
        assert "mia@example.com" in shown
        assert "Salesforce" in shown
    async with run_company(files) as running:
        assert str(await panels(running)[1].draw()) == shown


async def test_the_next_run_goes_on_where_this_one_was_left(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        await ask(running, "ada", "github engineering 8h because INC-42")
        running.clock.advance(timedelta(hours=1))
    files.begin(fresh=False)
    async with run_company(files) as running:
        assert not running.fresh
        assert running.clock.offset == timedelta(hours=1)
        mia = running.person("mia")
        await mia.click(running.card("mia", "INC-42"), "Approve")
        assert (await mia.submit()).ok
        await running.wait_until_idle()
        assert company.id_of("ada") in running.members("engineering")


async def test_fresh_starts_over_but_not_under_somebody_else(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files):
        with pytest.raises(Failure, match="Another Keyturn is running"):
            files.begin(fresh=True)
    files.begin(fresh=True)
    assert not files.slack.exists()
    assert not (tmp_path / "keyturn.db").exists()


async def test_what_cannot_be_read_says_how_to_start_over(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.slack.write_text(json.dumps({"format": 99}))
    with pytest.raises(Failure, match="--fresh"):
        async with run_company(files):
            pass


async def test_faults_with_a_name_are_injected_once_and_end(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        faults = running.slack.faults
        for preset in run.page_setup(running).presets:
            preset.start(faults)
            preset.start(faults)
            fault = preset.active(faults)
            assert faults.active == [fault]
            assert fault is not None
            fault.remove()
            assert preset.active(faults) is None


@pytest.mark.parametrize("fault", ["fail", "hang"])
async def test_what_a_fault_held_up_is_done_as_soon_as_it_is_fixed(tmp_path: Path, fault: str) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        getattr(running.slack.faults, fault)("usergroups.*")
        await ask(running, "ada", "dashboards viewer 8h")
        assert company.id_of("ada") not in running.members("dashboards")
        before = running.clock.now()
        running.slack.faults.clear()
        await running.retry()
        assert company.id_of("ada") in running.members("dashboards")
        assert running.clock.now() - before < timedelta(minutes=40)


async def test_a_step_of_the_story_says_what_is_in_its_way(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        story = MainStory(running, run.SLACK_AWAY, pace=0)
        places: list[tuple[str, str]] = []
        with pytest.raises(GuideError, match="no card to approve"):
            await story.play(1, lambda *place: places.append(place))
        assert places == [(company.id_of("mia"), "")]
        run.SLACK_AWAY.start(running.slack.faults)
        with pytest.raises(GuideError, match="Fix it first"):
            await story.play(0, lambda *place: places.append(place))
        assert (await story.progress()).done == 0


async def test_the_last_step_goes_without_a_request_where_ada_has_the_access(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        story = MainStory(running, run.SLACK_AWAY, pace=0)
        await ask(running, "ada", "dashboards viewer 8h")
        await story.play(4, lambda *_place: None)
        assert running.person("ada").view is None
        assert "What people do now is saved" in (await story.progress()).text
        running.slack.faults.clear()


async def test_an_access_given_back_early_counts_as_the_end_of_the_story(tmp_path: Path) -> None:
    files = CompanyFiles(tmp_path)
    files.begin(fresh=False)
    async with run_company(files) as running:
        story = MainStory(running, run.SLACK_AWAY, pace=0)
        for step in (0, 1):
            assert (await story.progress()).done == step
            await story.play(step, lambda *_place: None)
        ada = running.person("ada")
        access = next(message for message in ada.messages() if "Give back" in message.buttons)
        assert (await ada.click(access, "Give back")).ok
        await running.wait_until_idle()
        assert (await story.progress()).done == 4


def test_the_story_is_played_from_the_command_line(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bot", "sandbox", "--story", "--fresh", "--port", "0"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines()[-1].startswith("The story went well: 11 steps")
    assert not list(tmp_path.iterdir())
