"""The command: `python -m tests.fuzz --examples 100` runs schemathesis against a demo on loopback."""

import argparse
import logging
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import structlog

from tests.fuzz.serving import HOME, HOOKS, command, served


def main() -> int:
    """Run every phase and return the exit status of schemathesis."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--examples", default="100", help="how many requests an operation gets in each phase")
    parser.add_argument("--seed", help="repeats a run")
    options = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    chosen = ["--max-examples", options.examples, *(["--seed", options.seed] if options.seed else [])]
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as (base_url, document):
        line = command(base_url, document, *chosen)
        return subprocess.run(line, cwd=HOME, env=os.environ | HOOKS, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
