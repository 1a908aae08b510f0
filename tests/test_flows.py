"""The two main flows, traced: how many files they run through, and the page that explains one of them."""

import asyncio
import re
from pathlib import Path

import pytest

from tests.flows import Flow, both_flows

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/architecture.md"
STEP = re.compile(r"\[`([\w/]+\.py)`\]\(\.\./([\w/]+\.py)\)\s+`([\w.<>]+)`")

MOST_FILES = 96
"""A flow that runs through many files is hard to follow. It was 117, most of them for a line or two."""
MOST_MAIN_FILES = 60
"""Of those, the files that hold nine tenths of the lines that run."""


@pytest.fixture(scope="module")
def flows() -> dict[str, Flow]:
    return asyncio.run(both_flows())


def test_the_main_flows_run_through_a_bounded_number_of_files(flows: dict[str, Flow]) -> None:
    counts = {name: len(flow.functions) for name, flow in flows.items()}
    assert {name: count for name, count in counts.items() if count > MOST_FILES} == {}


def test_nine_tenths_of_a_main_flow_stand_in_at_most_sixty_files(flows: dict[str, Flow]) -> None:
    counts = {name: len(flow.main_files()) for name, flow in flows.items()}
    assert {name: count for name, count in counts.items() if not 20 < count <= MOST_MAIN_FILES} == {}


def test_the_page_on_architecture_follows_what_really_runs(flows: dict[str, Flow]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    calls = list(flows["confirmed → access given"].calls)
    for part in re.split(r"^\*\*", text, flags=re.MULTILINE)[1:]:
        steps = STEP.findall(part)
        assert all(name == link and (ROOT / link).is_file() for name, link, _function in steps)
        ran = [(file, function) for _name, file, function in steps]
        assert [step for step in ran if step not in calls] == [], "the page names functions that did not run"
        assert sorted(ran, key=calls.index) == ran, "the page has another order than the flow"
