"""A service at a glance: its `app.py` is a table of contents."""

import pytest

from tests.house.services import NAMES, ROOT

MOST_LINES = 20


@pytest.mark.parametrize("name", NAMES)
def test_the_app_of_a_service_is_a_table_of_contents(name: str) -> None:
    _, about, rest = (ROOT / "services" / name / "app.py").read_text().split('"""', 2)
    assert about
    content = [line for line in rest.splitlines() if line.strip()]
    assert len(content) <= MOST_LINES, "lists belong beside what they list: facts_of(...), policies.KINDS, LOOKS"
