"""Runs and how they are shown: the least, the median and the most, and the ratio to the baseline of the same run."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import typer

from app.kit.clock import stopwatch

Call = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Load:
    """The duration of one run: seconds in all, seconds of this process' CPU, and the seconds of every call."""

    seconds: float
    cpu: float
    times: list[float]

    @property
    def rate(self) -> float:
        """Calls a second."""
        return len(self.times) / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU a call."""
        return self.cpu / len(self.times) * 1000

    def ms(self, share: float) -> float:
        """The milliseconds within which this share of the calls was answered."""
        return sorted(self.times)[min(len(self.times) - 1, int(share * len(self.times)))] * 1000


async def drive(lanes: Sequence[Sequence[Call]]) -> Load:
    """Make the calls of each lane one after the other, the lanes side by side."""
    times: list[float] = []

    async def run_lane(lane: Sequence[Call]) -> None:
        for call in lane:
            started = stopwatch()
            await call()
            times.append(stopwatch() - started)

    started, cpu = stopwatch(), time.process_time()
    async with asyncio.TaskGroup() as group:
        for lane in lanes:
            group.create_task(run_lane(lane))
    return Load(stopwatch() - started, time.process_time() - cpu, times)


def title(text: str) -> None:
    """Print the heading of a table."""
    typer.echo(f"\n{text}\n{'':<44}{'min':>10}{'median':>10}{'max':>10}")


def show(name: str, values: Iterable[float]) -> None:
    """Print a line of the table: one figure over the runs."""
    found = list(values)
    columns = (
        f"{value:>10,.0f}" if value >= 100 else f"{value:>10.3g}" for value in (min(found), median(found), max(found))
    )
    typer.echo(f"  {name:<42}{''.join(columns)}")


def ratio(name: str, ours: Sequence[float], baselines: Sequence[float], target: str) -> None:
    """Show the rate of each run as a share of its own baseline."""
    show(f"{name} ({target})", (mine / baseline for mine, baseline in zip(ours, baselines, strict=True)))


def show_memory() -> None:
    """Print the memory of this process: the service, its clients and the benchmark itself."""
    status = Path("/proc/self/status")
    if status.exists():
        (kilobytes,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        typer.echo(f"\nmemory: {int(kilobytes) / 1024:.0f} MB resident after the run (good ≤ 200, ambitious ≤ 120)")
