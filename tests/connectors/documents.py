"""Documents of CRMs: those that the vendors published, and our own after the shapes that they document."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent / "payloads"


def own(system: str, name: str) -> Any:
    """One of our own fixtures, `payloads/<system>/<name>.json`."""
    return json.loads((HERE / system / f"{name}.json").read_text(encoding="utf-8"))


def all_own(system: str) -> Mapping[str, Any]:
    """Every fixture of a system, by its name."""
    return {path.stem: own(system, path.stem) for path in sorted((HERE / system).glob("*.json"))}


def published(system: str) -> Mapping[str, Any]:
    """Every published document of a system, by its name. Skips the test where the folder that holds them is absent."""
    for above in Path(__file__).resolve().parents:
        folder = above / "shared" / "crm" / "payloads" / system
        if folder.is_dir():
            return {path.stem: json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))}
    pytest.skip(f"the published payloads of {system} are not on this machine")
