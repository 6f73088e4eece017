"""The command: keepwarm serve | work | migrate | demo | openapi | bench (also `python -m app …`)."""

import asyncio
import gc
import json
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from app import worker
from app.api import create_app
from app.kit import clock
from app.kit.db import Database
from app.kit.logs import configure
from app.kit.migrations import migrate as migrate_database
from app.kit.settings import Settings

main = typer.Typer(name="keepwarm", help=__doc__, no_args_is_help=True, add_completion=False)
CONTRACT = Path(__file__).resolve().parent.parent / "openapi" / "openapi.json"


@main.command()
def serve() -> None:
    """Answer HTTP, and sweep beside it unless KEEPWARM_EMBEDDED_WORKER is off. Migrates an SQLite file by itself."""
    settings = _settings()
    if settings.sqlite_file is not None:
        migrate_database(settings.database_url)
    _settle_memory()
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )


@main.command()
def work() -> None:
    """Sweep only: run as many of these as needed beside `serve` with KEEPWARM_EMBEDDED_WORKER=false."""
    settings = _settings()
    _settle_memory()
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    database = Database(settings.database_url, settings.database_pool)
    sweeping = asyncio.create_task(worker.run(database, settings, clock.system))
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, sweeping.cancel)
    await asyncio.gather(sweeping, return_exceptions=True)
    await database.close()


@main.command()
def migrate(to: Annotated[str, typer.Argument(help="A revision, `head`, or `base` for none.")] = "head") -> None:
    """Bring the database to the newest form."""
    migrate_database(_settings().database_url, to)


@main.command()
def openapi(
    check: Annotated[
        bool, typer.Option(help="Only compare with the file in openapi/; exit 1 when it differs.")
    ] = False,
) -> None:
    """Write the contract, as the code makes it, to openapi/openapi.json."""
    text = json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False) + "\n"
    if not check:
        CONTRACT.write_text(text, encoding="utf-8")
    elif CONTRACT.read_text(encoding="utf-8") != text:
        sys.exit("openapi/openapi.json differs from what the code makes; run: keepwarm openapi")


def _settings() -> Settings:
    settings = Settings()
    configure(settings.log_format, settings.log_level)
    return settings


def _settle_memory() -> None:
    """What is there at the start stays: keeping the collector away from it halves the slowest answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


if __name__ == "__main__":
    main()
