"""Which benchmarks there are, and running them as `serve` would run the service."""

import asyncio
from enum import StrEnum

import uvicorn

from app.bench import assess, deliver, send, sweep, worklist, write
from app.bench.ground import ground
from app.bench.measure import show_memory


class Benchmark(StrEnum):
    """What can be measured."""

    assess = "assess"
    write = "write"
    worklist = "worklist"
    sweep = "sweep"
    deliver = "deliver"
    send = "send"
    all = "all"


def run(database_url: str, which: Benchmark, runs: int, rows: int) -> None:
    """Print what was asked for. `rows` is the size of the worklist, and of the crowd that a sweep passes by."""
    names = [name for name in Benchmark if which in (name, Benchmark.all) and name != Benchmark.all]
    with asyncio.Runner(loop_factory=uvicorn.Config("", log_config=None).get_loop_factory()) as runner:
        for name in names:
            runner.run(_run(database_url, name, runs, rows))
    show_memory()


async def _run(database_url: str, name: Benchmark, runs: int, rows: int) -> None:
    if name == Benchmark.assess:
        assess.run(runs)
        return
    async with ground(database_url) as played:
        match name:
            case Benchmark.write:
                await write.run(played, runs)
            case Benchmark.worklist:
                await worklist.run(played, runs, rows)
            case Benchmark.deliver:
                await deliver.run(played, runs)
            case Benchmark.send:
                await send.run(played, runs)
            case _:
                due = max(1, min(2000, rows // 10))
                await sweep.run(played, runs, due, few=2 * due, many=2 * rows)
