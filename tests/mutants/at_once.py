"""A plugin of pytest's: a test that fails, fails at once.

It is not run again, and an example of hypothesis's that fails is not made smaller for a minute.
"""

import pytest
from hypothesis import Phase, settings


def pytest_configure() -> None:
    """After tests/conftest.py has chosen its profile."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("at_once", parent=settings.get_profile("keyturn"), phases=phases)
    settings.load_profile("at_once")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What tests/conftest.py marks goes before `--reruns 0`."""
    for item in items:
        item.own_markers[:] = [mark for mark in item.own_markers if mark.name != "flaky"]
