"""The body of an event as receivers get it: thin, the same for every attempt, and without personal data."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def envelope(row: Mapping[Any, Any]) -> dict[str, Any]:
    """An event's row as it is told: when it happened, of which application, which in its sequence, and its data."""
    application_id = row["application_id"]
    links = {} if application_id is None else {"application": f"/v1/applications/{application_id}"}
    if "flag_id" in row["data"]:
        links["flag"] = f"/v1/flags/{row['data']['flag_id']}"
    return {
        "id": str(row["id"]),
        "type": row["type"],
        "timestamp": written(row["occurred_at"]),
        "application_id": None if application_id is None else str(application_id),
        "sequence": row["sequence"],
        "data": row["data"],
        "links": links,
    }


def body_of(row: Mapping[Any, Any]) -> bytes:
    """The bytes that are signed and sent."""
    return json.dumps(envelope(row), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def written(at: datetime) -> str:
    """An instant as every answer writes it."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
