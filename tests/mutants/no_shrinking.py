"""A plugin for pytest: report a failing example as it is, without the minute in which it is made smaller."""

from hypothesis import Phase, settings


def pytest_configure() -> None:
    """After tests/conftest.py has chosen its profile."""
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("no_shrinking", parent=settings.get_profile("keyturn"), phases=phases)
    settings.load_profile("no_shrinking")
