"""The tools, where `make clients` has installed them, and the document as a file for them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.console.contract import document

HERE = Path(__file__).resolve().parent
NPM = HERE / "node_modules" / ".bin"
PYTHON = HERE.parents[1] / ".venv-clients" / "bin"
_QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}

needs_npm = pytest.mark.skipif(
    shutil.which("node") is None or not NPM.exists(), reason="needs node and its tools; `make clients` installs them"
)
needs_python = pytest.mark.skipif(
    not (PYTHON / "openapi-python-client").exists(), reason="needs openapi-python-client; `make clients` installs it"
)


def document_in(folder: Path) -> Path:
    """Write the document and the tools' settings into a folder."""
    for settings in ("redocly.yaml", ".redocly.lint-ignore.yaml", ".spectral.yaml", "python.yaml", "tsconfig.json"):
        shutil.copy(HERE / settings, folder)
    path = folder / "openapi.json"
    path.write_text(json.dumps(document()), encoding="utf-8")
    return path


def run(*command: str | Path, folder: Path) -> str:
    """Run a tool in a folder and return everything that it prints. A tool that fails fails the test."""
    environment = os.environ | _QUIET | {"PATH": f"{PYTHON}:{os.environ['PATH']}"}
    done = subprocess.run(
        [str(part) for part in command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said
