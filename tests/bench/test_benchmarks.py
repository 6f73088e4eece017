"""Each benchmark at its smallest, on both databases."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from tests import databases
from tests.bench import assess, deliver, send, sweep, worklist, write
from tests.bench.fixture import Fixture, open_fixture
from tests.bench.timing import show_memory


@pytest.fixture
def play(database_kind: databases.Kind) -> Callable[[Callable[[Fixture], Awaitable[None]]], None]:
    """Run a benchmark on a fixture of its own; on PostgreSQL as the superuser, who may make databases."""
    url = "sqlite:///unused.db" if database_kind == "sqlite" else databases._server()

    def run(benchmark: Callable[[Fixture], Awaitable[None]]) -> None:
        async def on_its_fixture() -> None:
            async with open_fixture(url) as fixture:
                await benchmark(fixture)

        asyncio.run(on_its_fixture())

    return run


def shown(text: str, name: str) -> list[float]:
    """The least, the median and the most of the line that begins so."""
    (line,) = re.findall(rf"^  {re.escape(name)}.*?((?: +[\d.,e-]+){{3}})$", text, re.MULTILINE)
    return [float(figure.replace(",", "")) for figure in line.split()]


def test_an_assessment_is_set_beside_a_look_at_its_facts(capsys):
    assess.run(runs=2, times=3)
    least, median, most = shown(capsys.readouterr().out, "times that baseline")
    assert 0 < least <= median <= most


def test_a_write_is_set_beside_its_own_statements(play, capsys):
    play(lambda fixture: write.run(fixture, runs=1, applications=4, each=4))
    text = capsys.readouterr().out
    assert shown(text, "ratio")[1] > 0
    assert 3 <= shown(text, "statements a request")[1] <= 8


def test_a_page_of_the_worklist_is_set_beside_its_own_statements(play, capsys):
    play(lambda fixture: worklist.run(fixture, runs=1, rows=800, pages=2))
    text = capsys.readouterr().out
    assert shown(text, "top: ratio of rates")[1] > 0
    assert shown(text, "400 deep: ratio of rates")[1] > 0
    assert shown(text, "deep p50 of that at the top")[1] > 0


def test_a_sweep_is_set_beside_one_without_rules_and_one_of_fewer(play, capsys):
    play(lambda fixture: sweep.run(fixture, runs=1, due=3, few=6, many=12))
    text = capsys.readouterr().out
    assert shown(text, "among 6: ratio")[1] > 0
    assert shown(text, "time among 12 of that among 6")[1] > 0


def test_deliveries_are_timed_alone_and_beside_a_receiver_that_hangs(play, capsys):
    play(lambda fixture: deliver.run(fixture, runs=1, waiting=20, each=3))
    text = capsys.readouterr().out
    assert shown(text, "alone: p95 s")[1] > 0
    assert shown(text, "beside the one that hangs: p95 s")[1] > 0


def test_sending_is_set_beside_httpx_alone(play, capsys):
    play(lambda fixture: send.run(fixture, runs=1, each=40))
    assert shown(capsys.readouterr().out, "of httpx alone")[1] > 0


def test_the_memory_is_shown_where_the_system_tells_it(capsys):
    show_memory()
    assert re.search(r"memory: \d+ MB", capsys.readouterr().out)


def test_nothing_is_left_on_the_server(play, database_kind):
    async def there() -> list[str]:
        server = await asyncpg.connect(databases._server())
        try:
            rows = await server.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'keepwarm_bench_%'")
            return [row[0] for row in rows]
        finally:
            await server.close()

    async def nothing(fixture: Fixture) -> None:
        if database_kind == "postgresql":
            assert fixture.url.rpartition("/")[2].partition("?")[0] in await there()

    play(nothing)
    if database_kind == "postgresql":
        assert asyncio.run(there()) == []
