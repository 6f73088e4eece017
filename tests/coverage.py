"""Line and branch coverage of `app` by the tests (`make coverage`).

SlipCover marks lines and branches in the bytecode and takes the marks out once they are reached. That costs some
seconds at the start of a process and nothing later. A trace function, as coverage.py needs one for branches before
Python 3.14, made the tests of the rules four times slower.

Each process of a run writes what it has reached into the directory `COVERAGE_DIR`; `python -m tests.coverage DIRECTORY`
merges these files. Workers of xdist are measured, and the processes that their tests start are not.
"""

import atexit
import json
import os
import sys
from pathlib import Path
from typing import Any

import slipcover

SOURCE = str(Path(__file__).resolve().parents[1] / "app")
LEAST = 95.0
"""Percent of lines and branches that the tests must reach."""
SHOWN = 15
"""How many of the least covered files are listed."""


class Measurement:
    """What this process reaches of `app`, from the import of this object on."""

    def __init__(self, directory: Path) -> None:
        self._file = directory / f"{os.getpid()}.json"
        self._cover = slipcover.Slipcover(branch=True)
        slipcover.ImportManager(self._cover, slipcover.FileMatcher(sources=[SOURCE])).__enter__()
        atexit.register(self.write)

    def write(self) -> None:
        """Write what was reached; once, at the end of the process."""
        atexit.unregister(self.write)
        self._file.write_text(json.dumps(self._cover.get_coverage()), encoding="utf-8")


def merged(directory: Path) -> dict[str, Any]:
    """Return the coverage of all processes of a run, with the files that none of them imported."""
    whole: dict[str, Any] = slipcover.Slipcover(branch=True, source=[SOURCE]).get_coverage()
    for path in sorted(directory.glob("*.json")):
        slipcover.merge_coverage(whole, json.loads(path.read_text(encoding="utf-8")))
    return whole


def report(directory: Path) -> int:
    """Print the least covered files and the total. Return 1 if the total is too low."""
    whole = merged(directory)
    percents = {name: file["summary"]["percent_covered"] for name, file in whole["files"].items()}
    for name in sorted(percents, key=lambda name: percents[name])[:SHOWN]:
        lines, branches = (whole["files"][name][kind] for kind in ("missing_lines", "missing_branches"))
        missing = [*map(str, lines), *(f"{start}→{end or 'end'}" for start, end in branches)]
        print(f"{percents[name]:6.1f} %  {name}: {', '.join(missing[:12])}{' …' * (len(missing) > 12)}")  # noqa: T201
    total: float = whole["summary"]["percent_covered"]
    print(f"coverage: {total:.1f} % of lines and branches of app (at least {LEAST:.0f} %)")  # noqa: T201
    return int(total < LEAST)


if __name__ == "__main__":
    sys.exit(report(Path(sys.argv[1])))
