"""The command: python -m tests.crash --database sqlite --kills 200 --writes 100000; SIGTERM ends the writing early."""

import argparse
import asyncio
import signal
import sys
import tempfile
from pathlib import Path

from tests import databases, guarding, run
from tests.crash.joining import Findings
from tests.crash.storm import Plan, storm


def main() -> int:
    """Run a storm, show its numbers, and answer 1 where anything is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash")
    parser.add_argument("--database", choices=databases.KINDS, default="sqlite")
    usual = Plan(kills=200, writes=100_000)
    for name in ("kills", "writes", "apis", "workers", "clients", "lease_seconds", "seed"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=getattr(usual, name))
    asked = vars(parser.parse_args())
    kind: databases.Kind = asked.pop("database")
    logs = Path(tempfile.mkdtemp(prefix="keepwarm-crash-"))
    run.begin()
    guarding.let_tests_look()
    try:
        findings = asyncio.run(_storm(databases.migrated(kind), logs, Plan(**asked)))
    finally:
        databases.close()
        databases.give_back()
        run.end()
    for name, number in findings.numbers.items():
        print(f"{name:65} {number:>16}")  # noqa: T201
    print(f"logs: {logs}")  # noqa: T201
    for violation in findings.violations:
        print(f"VIOLATION {violation}")  # noqa: T201
    return 1 if findings.violations else 0


async def _storm(url: str, logs: Path, plan: Plan) -> Findings:
    """SIGTERM ends the writing early; the ledgers are joined all the same."""
    enough = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, enough.set)
    return await storm(url, logs, plan, enough)


if __name__ == "__main__":
    sys.exit(main())
