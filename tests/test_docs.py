import re
from pathlib import Path

import pytest

from models.states import as_mermaid

ROOT = Path(__file__).parent.parent


def test_the_lifecycle_that_is_drawn_is_the_one_that_runs() -> None:
    drawn = (ROOT / "docs/lifecycle.md").read_text()
    assert as_mermaid() in drawn, "run: python -c 'from models.states import as_mermaid; print(as_mermaid())'"


@pytest.mark.parametrize("page", ["README.md", "docs/lifecycle.md"])
def test_every_link_in_the_documentation_leads_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", path.read_text())
    missing = [link for link in links if not (path.parent / link).exists()]
    assert missing == []
