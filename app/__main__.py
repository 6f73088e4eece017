"""The command: keepwarm serve | work | migrate, and what an operator needs beside (also `python -m app …`)."""

import asyncio
import json
import signal
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Annotated, Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
import typer
from alembic.util import CommandError

from app import __version__, worker
from app.access.caller import NOBODY, Caller, Role
from app.access.queries import list_every_agency
from app.access.service import delete_agency as end_agency
from app.access.service import make_admin_key
from app.access.unit_of_work import UnitOfWork
from app.api import create_app
from app.console import fixture_ids
from app.demo.loader import is_loaded, load, load_if_empty
from app.health import Monitored, monitoring_app
from app.kit import clock, resealing
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.http_server import run_server, serve_beside
from app.kit.ids import new_id
from app.kit.logs import configure, log
from app.kit.migrations import is_current
from app.kit.migrations import migrate as migrate_database
from app.kit.sealing import make_seal
from app.kit.server_connection_limits import Limits
from app.kit.settings import Settings
from app.kit.startup import CannotStart, Command, check_database, check_keys, check_port, freeze_objects, shown_url

T = TypeVar("T")

main = Command(
    name="keepwarm",
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
CONTRACT = Path(__file__).resolve().parent.parent / "openapi" / "openapi.json"


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"keepwarm {__version__}")
        raise typer.Exit


@main.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Handle the options that precede a command."""


@main.command()
def serve(
    host: Annotated[str | None, typer.Option(help="The address to listen on; default KEEPWARM_HOST.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; default KEEPWARM_PORT.")] = None,
) -> None:
    """Answer HTTP, with a worker unless KEEPWARM_EMBEDDED_WORKER is off. Migrate an SQLite file at the start."""
    named = {"host": host, "port": port}
    settings = _settings(**{name: value for name, value in named.items() if value is not None})
    check_database(settings)
    check_keys(settings)
    check_port(settings.host, settings.port)
    _check_metrics_port(settings)
    if settings.sqlite_file is not None:
        _migrate(settings, "head")
    _warn_of_lost_keys(settings)
    _log_start(settings, "serve", f"http://{settings.host}:{settings.port}", worker=settings.embedded_worker)
    if settings.demo:
        _greet(settings)
    freeze_objects()
    app = create_app(settings)

    def closes() -> None:
        app.state.shared.closing.set()

    limits = Limits(
        connections=settings.max_connections,
        per_address=settings.max_connections_per_address,
        keep_alive_seconds=settings.keep_alive_seconds,
        proxies=settings.trusted_proxies or "",
    )
    run_server(app, settings.host, settings.port, closes, limits)


@main.command()
def work() -> None:
    """Run a worker: as many as needed, beside `serve` with KEEPWARM_EMBEDDED_WORKER=false."""
    settings = _settings()
    check_database(settings)
    check_keys(settings)
    _check_metrics_port(settings)
    _warn_of_lost_keys(settings)
    _log_start(settings, "work", None, worker=True)
    freeze_objects()
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    database, seal = Database(settings.database_url, settings.database_pool), make_seal(settings)
    sweeping = asyncio.create_task(worker.run_loops(database, settings, clock.system_now, seal))
    for name in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C ends the process all the same
            asyncio.get_running_loop().add_signal_handler(name, sweeping.cancel)
    async with AsyncExitStack() as stack:
        if settings.metrics_port is not None:
            app = monitoring_app(Monitored(database, settings, clock.system_now, seal, resealing.SealCheck(seal)))
            await stack.enter_async_context(serve_beside(app, settings.host, settings.metrics_port))
        await asyncio.gather(sweeping, return_exceptions=True)
    await database.close()


def _check_metrics_port(settings: Settings) -> None:
    if settings.metrics_port is not None:
        check_port(settings.host, settings.metrics_port)


@main.command()
def migrate(to: Annotated[str, typer.Argument(help="A revision, `head`, or `base` for none.")] = "head") -> None:
    """Bring the database to the newest form."""
    settings = _settings()
    check_database(settings, as_owner=True)
    _migrate(settings, to)
    typer.echo(f"The database {shown_url(settings.database_url)} is at the form `{to}`.")


def _migrate(settings: Settings, to: str) -> None:
    try:
        migrate_database(settings.database_url, to)
    except CommandError as error:  # it names a revision that this version of Keepwarm does not know
        raise CannotStart(f"cannot migrate: {error}") from error
    except sa.exc.DBAPIError as error:
        raise CannotStart(f"cannot migrate: {error.orig}") from error


@main.command()
def reseal(
    drop_lost: Annotated[bool, typer.Option(help="Delete what no key opens; connections then need new ones.")] = False,
) -> None:
    """Reseal every value under the first of KEEPWARM_SECRET_KEYS, beside a running service, in bounded steps.

    Exit code 1: some values are sealed under a key that is not among these.
    """
    settings = _settings()
    check_database(settings)
    check_keys(settings)
    counts = asyncio.run(_reseal(settings, drop_lost=drop_lost))
    total = sum(counts.values(), Counter[Any]())
    typer.echo(f"{total['renewed']} values were resealed; {total['current']} were under the first key already.")
    if total["lost"]:
        where = ", ".join(f"{column} {found['lost']}" for column, found in counts.items() if found["lost"])
        typer.echo(f"{total['lost']} cannot be opened by any key{' and were deleted' * drop_lost}: {where}.")
    if total["lost"] and not drop_lost:
        raise typer.Exit(1)


async def _reseal(settings: Settings, *, drop_lost: bool) -> dict[str, Counter[Any]]:
    database = Database(settings.database_url, pool=1)
    try:
        return await resealing.reseal(database, make_seal(settings), drop_lost=drop_lost)
    finally:
        await database.close()


@main.command()
def agencies() -> None:
    """List the agencies: id, day of their making, name."""
    settings = _checked()
    for one in asyncio.run(_write(settings, list_every_agency)):
        typer.echo(f"{one.id}  {one.created_at:%Y-%m-%d}  {one.name}")


@main.command()
def admin_key(
    agency: Annotated[UUID, typer.Argument(help="The agency's id, as `keepwarm agencies` lists it.")],
) -> None:
    """Make a new admin key for an agency that has lost its own, and print it."""
    settings = _checked()
    typer.echo(asyncio.run(_write(settings, lambda conn: make_admin_key(_as_operator(conn), agency).api_key)))


@main.command()
def delete_agency(
    agency: Annotated[UUID, typer.Argument(help="The agency's id, as `keepwarm agencies` lists it.")],
    name: Annotated[str, typer.Option(help="The agency's exact name, to confirm which one is meant.")],
) -> None:
    """Delete an agency with everything of it, for good."""
    settings = _checked()
    asyncio.run(_write(settings, lambda conn: end_agency(_as_operator(conn), agency, name)))
    typer.echo(f"The agency {name} is deleted.")


def _checked() -> Settings:
    settings = _settings()
    check_database(settings)
    return settings


def _as_operator(conn: sa.Connection) -> UnitOfWork:
    return UnitOfWork(conn, clock.system_now(), Caller(NOBODY, Role.operator), new_id)


@main.command()
def openapi(
    check: Annotated[
        bool, typer.Option(help="Only compare with the file in openapi/; exit 1 when it differs.")
    ] = False,
) -> None:
    """Write the contract, as the code makes it, to openapi/openapi.json; to standard output outside the repository."""
    text = json.dumps(create_app(Settings()).openapi(), indent=2, ensure_ascii=False) + "\n"
    if not CONTRACT.exists() and not check:
        typer.echo(text, nl=False)
    elif not check:
        CONTRACT.write_text(text, encoding="utf-8")
    elif CONTRACT.read_text(encoding="utf-8") != text:
        sys.exit("openapi/openapi.json differs from what the code makes; run: keepwarm openapi")


@main.command()
def demo() -> None:
    """Load the demo agency and print its key. Everybody knows that key: it opens the demo's data and nothing else."""
    settings = _settings()
    check_database(settings)
    if settings.sqlite_file is not None:
        _migrate(settings, "head")
    seal = make_seal(settings)

    def step(conn: sa.Connection) -> str:
        if is_loaded(conn):
            return f"The demo agency is here already; nothing was changed. Its key: {fixture_ids.DEMO_KEY}"
        return f"The demo agency is loaded. Its key: {load(conn, clock.system_now(), seal)}"

    typer.echo(asyncio.run(_write(settings, step)))


def _greet(settings: Settings) -> None:
    """Load the demo where there is no agency yet, and say in plain text where to go; a failure here stops nothing."""
    seal = make_seal(settings)
    try:
        there = asyncio.run(_write(settings, lambda conn: load_if_empty(conn, clock.system_now(), seal)))
    except Problem as problem:
        typer.echo(f"The demo agency could not be loaded: {problem.detail}")
        return
    if there:
        host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  a name for the reader
        typer.echo(f"Keepwarm's console: http://{host}:{settings.port}/docs")
        typer.echo(f"The demo's API key: {fixture_ids.DEMO_KEY}")


async def _write(settings: Settings, step: Callable[[sa.Connection], T]) -> T:
    def checked(conn: sa.Connection) -> T:
        if not is_current(conn):
            raise Problem(503, "not_migrated", "The database has not been migrated: run `keepwarm migrate`.")
        return step(conn)

    database = Database(settings.database_url, pool=1)
    try:
        return await database.across_agencies().write(checked)
    finally:
        await database.close()


def _warn_of_lost_keys(settings: Settings) -> None:
    """Log a warning if the secret keys do not open what is sealed. A missing migration is reported later."""
    with suppress(Problem):
        asyncio.run(_write(settings, resealing.SealCheck(make_seal(settings)).sampled))


def _log_start(settings: Settings, command: str, url: str | None, *, worker: bool) -> None:
    """Log in one line the command, the URL and the database."""
    database = shown_url(settings.database_url)
    log.info(f"keepwarm {command}", version=__version__, url=url, worker=worker, database=database)


def _settings(**named: Any) -> Settings:
    settings = Settings(**named)
    configure(settings.log_format, settings.log_level)
    return settings


if __name__ == "__main__":
    main()
