"""The body of an event as receivers get it: small, the same in every attempt, without personal data."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def envelope(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return the body of an event from its row."""
    application_id = row["application_id"]
    links = {} if application_id is None else {"application": f"/v1/applications/{application_id}"}
    if "flag_id" in row["data"]:
        links["flag"] = f"/v1/flags/{row['data']['flag_id']}"
    return {
        "id": str(row["id"]),
        "type": row["type"],
        "timestamp": format_instant(row["occurred_at"]),
        "application_id": None if application_id is None else str(application_id),
        "sequence": row["sequence"],
        "data": row["data"],
        "links": links,
    }


def body_bytes(row: Mapping[Any, Any]) -> bytes:
    """Return the bytes that are signed and sent."""
    return json.dumps(envelope(row), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def format_instant(at: datetime) -> str:
    """Return an instant in the format of every response."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
