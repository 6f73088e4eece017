"""The tests: each feature's own folder, on both databases."""

import os
from pathlib import Path

measurement = None
"""What `make coverage` measures; it begins here, before anything of `app` is imported."""

if directory := os.environ.get("COVERAGE_DIR"):
    from tests.coverage import Measurement

    measurement = Measurement(Path(directory))
    if "PYTEST_XDIST_WORKER" in os.environ:
        del os.environ["COVERAGE_DIR"]  # a process that a test starts would start seconds later
