"""The sandbox as a process, as a newcomer starts it, and Chromium before it.

Without Chromium these tests are skipped, with the reason; in CI (`CI=true`) it has to be there.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium import webdriver

from tests.browser.chromium import CHROMEDRIVER, CHROMIUM, Window, chromium

ROOT = Path(__file__).parents[2]
Open = Callable[[str], Window]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ours = [item for item in items if Path(__file__).parent in item.path.parents]
    there = (CHROMIUM and CHROMEDRIVER) or os.environ.get("CI")
    reason = "these tests need Chromium and its driver (on Debian: apt-get install chromium chromium-driver)"
    for item in ours:
        if not there:
            item.add_marker(pytest.mark.skip(reason=reason))


def _serve(arguments: list[str], folder: Path) -> Iterator[str]:
    """Runs a program until its address is printed; yields the address."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        line = process.stdout.readline()
        assert "http://" in line, "it did not start"
        try:
            yield line[line.index("http://") :].strip()
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[str]:
    """`keyturn sandbox` on a free port; its address."""
    yield from _serve(["bot", "sandbox", "--fresh", "--port", "0"], tmp_path)


@pytest.fixture(scope="module")
def quiet_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`keyturn sandbox` for tests that only look; its address."""
    yield from _serve(["bot", "sandbox", "--fresh", "--port", "0"], tmp_path_factory.mktemp("sandbox"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demo app with every block and field in the browser client; its address.

    One for all: each test opens windows of its own, and looks at the latest of what it wrote itself.
    """
    yield from _serve(["tests.sandbox.demo"], tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def _chromium() -> Iterator[webdriver.Chrome]:
    driver = chromium()
    yield driver
    driver.quit()


@pytest.fixture
def open_window(_chromium: webdriver.Chrome) -> Iterator[Open]:
    """Opens windows; they are closed after the test, and none may have complained in its console."""
    first, opened = _chromium.current_window_handle, []

    def make(url: str) -> Window:
        _chromium.switch_to.new_window("window")
        opened.append(Window(_chromium, url, _chromium.current_window_handle))
        return opened[-1]

    yield make
    complaints = [complaint for window in opened for complaint in window.complaints()]
    for window in opened:
        window.driver.close()
    _chromium.switch_to.window(first)
    assert not complaints
