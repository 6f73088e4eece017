"""Generators make clients of the document without a warning, and the clients work."""

import json
import shutil
from pathlib import Path

from app.console.fixture_ids import DEMO_KEY
from tests.clients.tools import HERE, NPM, PYTHON, document_in, needs_npm, needs_python, run
from tests.console.conftest import NOW, freshly_loaded
from tests.console.contract import operations
from tests.loopback import serving
from tests.service import Clock


@needs_python
def test_a_python_client_is_generated_and_talks_to_a_server(tmp_path: Path):
    document_in(tmp_path)
    generate = (PYTHON / "openapi-python-client", "generate", "--path", "openapi.json", "--meta", "none")
    options = ("--config", "python.yaml", "--output-path", "keepwarm_client", "--fail-on-warning")
    assert run(*generate, *options, folder=tmp_path).split() == ["Generating", "keepwarm_client"]
    made = {path.stem for path in (tmp_path / "keepwarm_client" / "api").rglob("*.py")}
    assert {operation.id for operation in operations()} <= made
    shutil.copy(HERE / "calls.py", tmp_path)
    with serving(freshly_loaded("sqlite"), Clock(NOW)) as base_url:
        found = json.loads(
            run(PYTHON / "python", "-W", "error", "calls.py", base_url, DEMO_KEY, NOW.isoformat(), folder=tmp_path)
        )
    assert found.pop("worklist")
    assert found.pop("stage")
    assert found.pop("created_at").endswith("+00:00")
    assert found == {
        "health": "ok",
        "same": True,
        "purpose": "question",
        "occurred_at": True,
        "refused": [True, "not_found", 404],
        "table": [True, 1, 1, 0],
        "export": found["export"],
        "stream": "retry: 2000",
    }
    assert found["export"].startswith("system,id,")


@needs_npm
def test_types_for_typescript_are_generated_and_check(tmp_path: Path):
    document_in(tmp_path)
    said = run(NPM / "openapi-typescript", "openapi.json", "--output", "openapi.d.ts", folder=tmp_path)
    assert "warn" not in said.lower(), said
    shutil.copy(HERE / "client.ts", tmp_path)
    assert run(NPM / "tsc", "--project", "tsconfig.json", folder=tmp_path) == ""
