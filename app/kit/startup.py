"""Checks before a command begins: each mistake of an operator is one line that names it, and exit code 2."""

import asyncio
import gc
import os
import socket
import sys
import threading
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import typer
from pydantic import ValidationError
from sqlalchemy.engine import make_url

from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.row_security import API_ROLE, WORKER_ROLE, find_unbound_role, is_bypassed
from app.kit.sealing import load_secrets
from app.kit.settings import MIN_KEY_CHARACTERS, MIN_OLD_KEY_CHARACTERS, Settings

DATABASE_SECONDS = 6.0
"""How long the database may take to answer the first query, name resolution included."""


_HOW_TO_MAKE_A_SERVICE = (
    ". Run `keepwarm migrate` as the owner of the tables, then start the service as a role that owns nothing: "
    f"CREATE ROLE keepwarm_service LOGIN PASSWORD '…' IN ROLE {API_ROLE}, {WORKER_ROLE}"
)


_NO_AGENCY = UUID(int=0)


class CannotStart(Exception):
    """Raised for a mistake of the operator. Its message is one line for standard error."""

    hangs = False
    """True if a thread still waits for the network: the process ends without waiting for it."""


class Command(typer.Typer):
    """A command line whose operators' mistakes end in one line on standard error and exit code 2."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command. Print an operator's mistake as one line and exit with code 2."""
        try:
            return super().__call__(*args, **kwargs)
        except CannotStart as mistake:
            _exit(str(mistake), now=mistake.hangs)
        except ValidationError as error:
            if error.title != Settings.__name__:
                raise
            _exit(_settings_mistake(error))
        except Problem as problem:
            _exit(problem.detail)


def _exit(line: str, *, now: bool = False) -> None:
    typer.echo(f"keepwarm: {' '.join(line.split())}", err=True)
    if now:
        os._exit(2)
    sys.exit(2)


def _settings_mistake(error: ValidationError) -> str:
    """Return the faults of the settings by variable; never a value, which may be a secret."""
    mistakes = []
    for one in error.errors(include_input=False, include_url=False):
        name = "_".join(str(part) for part in one["loc"]) or "secret_keys"
        mistakes.append(f"KEEPWARM_{name.upper()}: {one['msg'].removeprefix('Value error, ')}")
    return "; ".join(mistakes)


def check_database(settings: Settings, *, as_owner: bool = False) -> None:
    """Raise CannotStart unless the database answers, can be written to, and row-level security binds the service.

    `as_owner` is for the command that migrates: it owns the tables.
    """
    where = shown_url(settings.database_url)
    outcome: list[BaseException | None] = []

    def attempt() -> None:
        try:
            asyncio.run(_try_transactions(settings.database_url, as_owner=as_owner))
            outcome.append(None)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(DATABASE_SECONDS)
    if not outcome:
        late = CannotStart(f"the database {where} did not answer within {DATABASE_SECONDS:.0f} s")
        late.hangs = True
        raise late
    if isinstance(outcome[0], CannotStart):
        raise outcome[0]
    if outcome[0] is not None:
        cause = _cause(outcome[0])
        hint = _HOW_TO_MAKE_A_SERVICE if API_ROLE in cause or WORKER_ROLE in cause else ""
        raise CannotStart(f"the database {where} cannot be used: {cause}{hint}") from outcome[0]


async def _try_transactions(url: str, *, as_owner: bool) -> None:
    """Begin and end an empty transaction in every scope that the command needs."""
    with_login = Database(url, pool=1, as_owner=True)
    try:
        unbound = await with_login.across_agencies().write(find_unbound_role)
    finally:
        await with_login.close()
    if as_owner:
        return
    if unbound is not None:
        raise CannotStart(f"{unbound}, which row-level security does not bind{_HOW_TO_MAKE_A_SERVICE}")
    database = Database(url, pool=1)
    try:
        await database.across_agencies().read(lambda conn: conn.execute(sa.select(sa.literal(1))))
        bypassed = await database.of(_NO_AGENCY).read(is_bypassed)
    finally:
        await database.close()
    if bypassed:
        raise CannotStart(f"row-level security does not bind the role {API_ROLE}. Run `keepwarm migrate` as the owner")


def check_keys(settings: Settings) -> None:
    """Raise CannotStart without a secret key: what is sealed could be neither kept nor opened."""
    try:
        found = load_secrets(settings)
    except OSError as error:
        raise CannotStart(f"the key file beside the database cannot be used: {_cause(error)}") from error
    if not found and settings.sqlite_file is not None:
        raise CannotStart(f"the key file {settings.sqlite_file}.key is empty: restore it from the backup")
    if not found:
        raise CannotStart("KEEPWARM_SECRET_KEYS is not set: with PostgreSQL every process needs the same secret keys")
    if len(found[0]) < MIN_KEY_CHARACTERS or any(len(key) < MIN_OLD_KEY_CHARACTERS for key in found):
        raise CannotStart(
            f"the first secret key needs {MIN_KEY_CHARACTERS} characters and each other {MIN_OLD_KEY_CHARACTERS}: look "
            "at the lines of the key file beside the database"
        )


def check_port(host: str, port: int) -> None:
    """Raise CannotStart unless this address can be listened on."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[
            0
        ]
        with socket.socket(family, kind) as tried:
            if os.name == "posix":
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(address)
    except OSError as error:
        raise CannotStart(f"cannot listen on {host} port {port}: {_cause(error)}") from error


def shown_url(database_url: str) -> str:
    """Return the database's URL without its password and options."""
    url = make_url(database_url)
    return url.set(password=None, query={}).render_as_string()


def _cause(error: BaseException) -> str:
    """Return the first line of the root cause of an error, such as `Connection refused`."""
    while (before := error.__cause__ or (None if error.__suppress_context__ else error.__context__)) is not None:
        error = before
    if isinstance(error, OSError) and error.errno and error.strerror:
        # asyncio words a refused connection in its own way; the codes of name resolution are no system errors.
        return error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno)
    return str(error).partition("\n")[0] or type(error).__name__


def freeze_objects() -> None:
    """Keep the garbage collector away from the objects of the start, which halves the slowest answers."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
