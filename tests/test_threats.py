"""The table of threats names modules and tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs/threats.md"
ROWS = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")][2:]


def test_every_module_and_test_in_the_table_of_threats_is_there() -> None:
    missing, file = [], PAGE
    for name in re.findall(r"`([^`]+)`", "\n".join(ROWS)):
        if name.endswith(".py"):
            file = ROOT / name
            missing += [] if file.is_file() else [name]
        elif name.startswith("test_") and f"def {name}(" not in file.read_text(encoding="utf-8"):
            missing.append(f"{file.name}: {name}")
    assert missing == []


def test_every_threat_has_a_control_with_its_module_and_a_test() -> None:
    for row in ROWS:
        _, threat, control, shown, _ = row.split("|")
        assert re.search(r"`(?:bot|handlers|blocks|models|tests)/[^`]+\.py`", control), threat
        assert re.search(r"`tests/[^`]+\.py`", shown), threat
