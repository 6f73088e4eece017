"""One step of each loop of the worker, run to its end."""

from app.connectors.inbox.worker import inbox_loops
from app.connectors.sync.worker import sync_loop
from app.connectors.worker_context import WorkerContext
from app.connectors.worker_loop import ConnectionLoop
from app.connectors.write_back.worker import write_back_loops
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.settings import Settings
from app.spreadsheets.worker import ImportWorker


async def process_once(context: WorkerContext) -> int:
    """Apply one batch of events and return the number of events."""
    return sum([await once(loop) for loop in inbox_loops(context)])


async def sync_once(context: WorkerContext) -> int:
    """Read one page of each of some due sync runs. Return how many."""
    return await once(sync_loop(context))


async def write_back_once(context: WorkerContext) -> int:
    """Write one batch of notes and moves. Return how many rows were looked at."""
    return sum([await once(loop) for loop in write_back_loops(context)])


async def import_once(database: Database, settings: Settings, clock: Clock) -> int:
    """Import the next batch of one waiting import; return how many rows it had, 0 if none waits."""
    importer = ImportWorker(database, settings, clock)
    return sum([await importer.import_batch(claimed) for claimed in await importer.claim(1)])


async def once(loop: ConnectionLoop) -> int:
    """Run one step to its end and return the number of rows."""
    done = await loop.step()
    await wait_until_idle(loop)
    return done


async def wait_until_idle(loop: ConnectionLoop | ImportWorker) -> None:
    """Wait until everything that a loop started has ended."""
    await loop._pool.wait_until_idle()


def running(loop: ConnectionLoop) -> int:
    """Return how many slots are in use."""
    return loop._pool.held.total()
