"""One run of pytest, in one process or many: the directory that its processes share, and what is made once in it."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from tests import postgresql

_RUN = "KEEPWARM_TEST_RUN"  # the directory: made by pytest's first process, named to its workers


def begin() -> None:
    """Make the directory that every process of this run shares, and clear away those of runs that were killed."""
    memory = Path("/dev/shm")  # where fsync costs nothing; the tests commit thousands of times
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    made = Path(tempfile.mkdtemp(prefix="keepwarm-tests-", dir=memory if roomy else None))
    made.chmod(0o711)  # PostgreSQL refuses to run as root: its own account must be able to pass through
    os.environ[_RUN] = str(made)
    _alive.append(_lock_life(made))
    for other in made.parent.glob("keepwarm-tests-*"):
        if (other / "alive").exists() and os.access(other, os.W_OK):
            with suppress(OSError), _lock_life(other):
                with suppress(RuntimeError):  # it may have stopped by itself
                    postgresql.stop(other)
                shutil.rmtree(other, ignore_errors=True)


def end() -> None:
    """Stop the server, if one was started, and leave nothing behind."""
    postgresql.stop(path())
    shutil.rmtree(os.environ.pop(_RUN))
    _alive.pop().close()


_alive: list[IO[str]] = []  # held open by the run's first process


def _lock_life(run: Path) -> IO[str]:
    """The lock of a run: it is released when its first process ends, in whatever way."""
    sign = (run / "alive").open("w")
    try:
        fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sign.close()
        raise
    return sign


def path() -> Path:
    """The run's directory."""
    return Path(os.environ[_RUN])


def name() -> str:
    """The run's name, fit for a database."""
    return path().name.replace("-", "_").lower()


def once(name: str, make: Callable[[], str]) -> str:
    """What `make` answers: the run's first process to ask makes it; the others wait for it, or for its failure."""
    made, failed = path() / name, path() / f"{name}.failed"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if failed.exists():
            raise RuntimeError(failed.read_text())
        if not made.exists():
            try:
                made.write_text(make())
            except Exception as error:
                failed.write_text(f"The {name} could not be made, as an earlier test tells: {error}")
                raise
    return made.read_text()
