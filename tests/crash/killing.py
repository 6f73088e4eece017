"""Killing: each process is started, lives until its turn, is killed at random or at its boundary, and started again."""

import asyncio
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import NamedTuple

from app.kit.clock import stopwatch
from tests.crash.process import BOUNDARIES, OF_THE_API, Start, run
from tests.crash.wire import Broken, Line, rest

# Importing the app takes seconds: a process that has imported it is forked for each start, and so dies all the same.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.crash.process"])

AT_RANDOM = "at random"
PASSES = 12
"""A boundary kills at its first to twelfth pass; at its second at most where passes are rare."""
BOUNDARY_SECONDS = 10.0
"""A process that does not come to its boundary for so long is killed where it is."""


class Kill(NamedTuple):
    """One process killed: which kind, where, when it was seen dead (seconds of the stopwatch), and its own name."""

    kind: str
    where: str
    at: float
    process: str


@dataclass
class Slot:
    """The place of one process, which always has one running."""

    kind: str
    number: int
    arguments: Sequence[str]
    environment: Mapping[str, str]
    port: int | None = None


@dataclass
class Deaths:
    """The killed processes, and the seconds until each API answered again."""

    kills: list[Kill] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def counted(self) -> Counter[tuple[str, str]]:
        """Count the kills by kind and boundary."""
        return Counter((kill.kind, kill.where) for kill in self.kills)


class Keeper:
    """Keeps the processes of one storm."""

    def __init__(self, folder: Path, kills: int, progress: Callable[[], float], seed: int) -> None:
        self._folder, self._most, self._progress = folder, kills, progress
        self._chance = random.Random(seed)
        self._begun, self._ended = 0, False
        self._running: dict[int, ForkServerProcess] = {}
        self._bags = {"api": self._bag((AT_RANDOM, *OF_THE_API)), "worker": self._bag((AT_RANDOM, *BOUNDARIES))}
        self.deaths = Deaths()

    def _bag(self, places: Sequence[str]) -> Iterator[str]:
        """Each place once in a random order, again and again."""
        while True:
            yield from self._chance.sample(places, len(places))

    async def keep(self, slot: Slot) -> None:
        """Run a slot's process, kill it when its turn comes, and run it again; the last one stays until `stop`."""
        died: float | None = None
        while not self._ended:
            where = next(self._bags[slot.kind])
            process = self.start(slot, where)
            if not await self.serves(slot, process):
                self.deaths.violations.append(f"{slot.kind} {slot.number} ended by itself: {process.exitcode}")
                return
            if died is not None and slot.port is not None:
                self.deaths.recoveries.append(stopwatch() - died)
            if not await self._turn(process):
                return
            where = await self._kill(process, where)
            died = stopwatch()
            self.deaths.kills.append(Kill(slot.kind, where, died, process.name))

    def start(self, slot: Slot, where: str = AT_RANDOM) -> ForkServerProcess:
        """Start a slot's process, which can die at a boundary."""
        boundary = None if where == AT_RANDOM else where
        log = self._folder / f"{slot.kind}-{slot.number}.log"
        passes = self._chance.randint(1, 2 if where == "during sweep" else PASSES)
        process = _context.Process(
            target=run, args=(Start(slot.arguments, slot.environment, str(log), boundary, passes),)
        )
        process.start()
        self._running[slot.number] = process
        return process

    async def serves(self, slot: Slot, process: ForkServerProcess) -> bool:
        """Wait until an API answers; a worker gets as long as it is given until its turn. False where it has ended."""
        line = Line()
        while process.is_alive() and slot.port is not None:
            try:
                status, _ = await line.ask(slot.port, "GET", "/healthz", {"Connection": "close"})
            except Broken:
                await rest(0.02)
            else:
                await line.close()
                return status == 200
        return process.is_alive()

    async def _turn(self, process: ForkServerProcess) -> bool:
        """Wait until as much is written as belongs to one kill more; False where there is none to come."""
        while self._begun < self._most and self._progress() < (self._begun + 1) / (self._most + 1):
            if self._ended or not process.is_alive():
                break
            await rest(0.05)
        if self._ended or self._begun >= self._most:
            return False
        self._begun += 1
        await rest(self._chance.uniform(0, 0.5))
        return True

    async def _kill(self, process: ForkServerProcess, where: str) -> str:
        """Kill it at its boundary, or where it is; answers where that was."""
        if where != AT_RANDOM and process.pid is not None:
            try:
                os.kill(process.pid, signal.SIGUSR1)
                async with asyncio.timeout(BOUNDARY_SECONDS):
                    await _ended(process)
            except TimeoutError:
                where = AT_RANDOM
        process.kill()
        await _ended(process)
        if process.exitcode != -signal.SIGKILL:
            self.deaths.violations.append(f"{where}: ended by itself with {process.exitcode}")
        return where

    def calm(self) -> None:
        """Kill no more: a process that is killed now is started once more, and then left alone."""
        self._most = min(self._most, self._begun)

    async def stop(self) -> None:
        """End what runs, as an operator would."""
        self._ended = True
        for process in self._running.values():
            process.terminate()
        await asyncio.gather(*map(_ended, self._running.values()))

    async def end(self, process: ForkServerProcess) -> None:
        """End one process as an operator would."""
        process.terminate()
        await _ended(process)


async def _ended(process: ForkServerProcess) -> None:
    """Wait until it has ended."""
    if process.is_alive():
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(process.sentinel)
    process.join()
