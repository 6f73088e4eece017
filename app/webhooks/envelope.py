"""The JSON body in which an event is sent to receivers: small, the same in every attempt, without personal data."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def envelope(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Convert the database row of an event to the JSON object that receivers get."""
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
    """Return the JSON body of an event as the bytes that are signed and sent, from its database row."""
    return json.dumps(envelope(row), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def format_instant(at: datetime) -> str:
    """Return an instant as text in RFC 3339 and UTC, such as `2026-06-15T09:00:00Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
