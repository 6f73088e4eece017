"""Fixtures of CRM documents, with invented people and values: short ones, and ones with every documented field."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "payloads"


def own(system: str, name: str) -> Any:
    """One of our own fixtures, `payloads/<system>/<name>.json`."""
    return json.loads((HERE / system / f"{name}.json").read_text(encoding="utf-8"))


def all_own(system: str) -> Mapping[str, Any]:
    """Every fixture of a system, by its name."""
    return {path.stem: own(system, path.stem) for path in sorted((HERE / system).glob("*.json"))}


def documented(system: str) -> Mapping[str, Any]:
    """Return documents with every field that the vendor documents and with invented values, by their names."""
    return all_own(f"documented/{system}")
