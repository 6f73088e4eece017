"""Strangers without a key, in short: the long form is `python -m tests.attack.strangers`.

Times are goals of the long form alone: here they only show that nothing stands still.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attack.strangers import flood, silence, strangers, wrong_keys
from tests.attack.target import Target, serving


@pytest.fixture
def target(own_database_url: str, tmp_path: Path) -> Iterator[Target]:
    """The service in a process of its own."""
    with serving(own_database_url, tmp_path / "serve.log") as target:
        yield target


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc to see the service's memory")
def test_strangers_cost_little(target: Target):
    key = target.agency()
    for kind in ("small headers", "one header", "trailers"):
        found = flood(target, kind, 0.5)
        assert found["memory gained, MB"] < 30, kind
        assert found["slowest /healthz, ms"] < 2000, kind
        assert found["failures"] == 0, kind
    found = strangers(target, key, 1)
    assert found["memory gained, MB"] < 30
    assert found["median beside strangers / alone"] < 20
    assert found["failures"] == 0
    found = silence(target, 200)
    assert found["slowest answer beside silence, ms"] < 2000
    assert 9 < found["silent connections ended after, s"] < 25
    assert found["failures"] == 0
    assert wrong_keys(target) == {"wrong keys answered with 401": 20}
