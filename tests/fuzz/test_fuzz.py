"""A short run of schemathesis; `make fuzz` is the long one."""

import os
import subprocess
from pathlib import Path

from tests.fuzz.serving import HOME, HOOKS, command, served


def test_every_operation_takes_what_is_valid_and_refuses_the_rest(tmp_path: Path):
    with served(tmp_path) as (base_url, document):
        options = ("--phases", "fuzzing", "--max-examples", "3", "--seed", "20260504", "--no-shrink")
        line = command(base_url, document, *options)
        done = subprocess.run(line, cwd=HOME, env=os.environ | HOOKS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
