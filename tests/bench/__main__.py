"""The command `python -m tests.bench write --runs 3`: measure the service, and its baseline in the same run.

It works in a temporary SQLite file. If KEEPWARM_DATABASE_URL names a database of PostgreSQL, it makes another one
beside it and drops it afterwards: the role must be allowed to create databases.
"""

import argparse
import asyncio
import os
from contextlib import redirect_stdout
from pathlib import Path

import uvicorn

from app.kit.logs import configure
from app.kit.settings import Settings
from app.kit.startup import freeze_objects
from tests.bench import assess, deliver, send, sweep, worklist, write
from tests.bench.fixture import open_fixture
from tests.bench.timing import show_memory

BENCHMARKS = ("assess", "write", "worklist", "sweep", "deliver", "send")


def main() -> None:
    """Run the benchmarks that are named, all without a name, on the event loop that `serve` uses."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*BENCHMARKS, []], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--runs", type=int, default=3, help="the least, the median and the most of them are shown")
    parser.add_argument(
        "--rows", type=int, default=20_000, help="open actions on the worklist; the sweep has twice as many"
    )
    asked = parser.parse_args()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        with redirect_stdout(nowhere):
            configure("json", "info")  # log lines cost what they cost in service; nobody reads them here
        freeze_objects()
        with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
            for name in asked.names or BENCHMARKS:
                runner.run(_run(Settings().database_url, name, asked.runs, asked.rows))
    show_memory()


async def _run(database_url: str, name: str, runs: int, rows: int) -> None:
    if name == "assess":
        assess.run(runs)
        return
    async with open_fixture(database_url) as fixture:
        match name:
            case "write":
                await write.run(fixture, runs)
            case "worklist":
                await worklist.run(fixture, runs, rows)
            case "deliver":
                await deliver.run(fixture, runs)
            case "send":
                await send.run(fixture, runs)
            case _:
                due = max(1, min(2000, rows // 10))
                await sweep.run(fixture, runs, due, few=2 * due, many=2 * rows)


if __name__ == "__main__":
    main()
