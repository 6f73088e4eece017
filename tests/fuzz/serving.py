"""What a run of schemathesis needs: a demo behind a socket, its document as a file, and the command's arguments."""

import asyncio
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from app.console import fixture_ids
from app.demo.loader import load
from app.kit.db import Database
from app.kit.migrations import migrate
from app.kit.sealing import Seal
from tests.console.contract import document
from tests.loopback import serving
from tests.service import SECRET_KEY, Clock

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1]
HOOKS = {"SCHEMATHESIS_HOOKS": "tests.fuzz.hooks"}
NOW = datetime(2026, 11, 18, 1, 30, tzinfo=UTC)
"""Near the days of the examples, so that they stay valid."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Path]]:
    """Serve a new demo; yield the base URL and the document's file."""
    url = f"sqlite:///{folder / 'fuzz.db'}"
    migrate(url)

    async def fill() -> None:
        database = Database(url, 1)
        await database.across_agencies().write(lambda conn: load(conn, NOW, Seal(SECRET_KEY.encode())))
        await database.close()

    asyncio.run(fill())
    path = folder / "openapi.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    with serving(url, Clock(NOW)) as base_url:
        yield base_url, path


def command(base_url: str, document: Path, *options: str) -> list[str]:
    """Return the command line of a run with all checks."""
    python = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")]
    key = f"Authorization: Bearer {fixture_ids.DEMO_KEY}"
    fixed = ["--checks", "all", "--no-color", "--generation-database", "none", "--header", key]
    return [*python, "run", str(document), "--url", base_url, *fixed, *options]
