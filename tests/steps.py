"""One step of each of the worker's loops, and its end: in service, a loop goes on while its slots work."""

from app.connectors.connection_loop import ConnectionLoop
from app.connectors.inbox.processing import inbox_loops
from app.connectors.post import Post
from app.connectors.walking.steps import walk_loop
from app.connectors.writing_back.steps import write_back_loops
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.settings import Settings
from app.spreadsheets.steps import Importer


async def process_once(post: Post) -> int:
    """Apply a batch of what arrived. Return how many events were settled or put off."""
    return sum([await once(loop) for loop in inbox_loops(post)])


async def walk_once(post: Post) -> int:
    """Take one step on each of some walks that are due. Return how many."""
    return await once(walk_loop(post))


async def write_back_once(post: Post) -> int:
    """Write a batch of findings and approved moves. Return how many were looked at."""
    return sum([await once(loop) for loop in write_back_loops(post)])


async def import_once(database: Database, settings: Settings, clock: Clock) -> int:
    """Take the next part of one import that waits. Return how many rows that were; 0 when there was nothing to do."""
    importer = Importer(database, settings, clock)
    return sum([await importer.take(claimed) for claimed in await importer.claim(1)])


async def once(loop: ConnectionLoop) -> int:
    """Take one step and wait for its end. Return how many rows were looked at."""
    done = await loop.step()
    await settled(loop)
    return done


async def settled(loop: ConnectionLoop) -> None:
    """Wait until everything that a loop started has ended."""
    await loop._pool.settled()


def running(loop: ConnectionLoop) -> int:
    """Return how many slots are held."""
    return loop._pool.held.total()
