"""Two linters find nothing in the document, with their recommended rules."""

import json
from pathlib import Path

from tests.clients.tools import NPM, document_in, needs_npm, run


@needs_npm
def test_redocly_finds_nothing(tmp_path: Path):
    document_in(tmp_path)
    found = json.loads(_json(run(NPM / "redocly", "lint", "openapi.json", "--format=json", folder=tmp_path)))
    assert found["totals"] == {"errors": 0, "warnings": 0, "ignored": 4}, found["problems"]


@needs_npm
def test_spectral_finds_nothing(tmp_path: Path):
    document_in(tmp_path)
    said = run(
        NPM / "spectral", "lint", "openapi.json", "--format=json", "--quiet", "--fail-severity=hint", folder=tmp_path
    )
    assert json.loads(said) == []


def _json(said: str) -> str:
    """Return the report alone: a notice about node's version stands beside it."""
    return said[said.index("{") : said.rindex("}") + 1]
