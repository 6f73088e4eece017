"""The outgoing events in the document, compared with the events that the service writes."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from app.webhooks.envelope import body_bytes
from app.webhooks.event_types import EVENT_TYPES, TEST
from app.webhooks.models import event
from tests.console.contract import document, faults
from tests.service import Service

NEVER_IN_THE_DEMO = {"connection.unhealthy"}
"""No CRM is asked in the demo, so none fails."""
TOLD: dict[str, Any] = {type: item["post"] for type, item in document()["webhooks"].items()}


@pytest.mark.parametrize("type", TOLD)
def test_an_events_example_is_what_its_schema_says(type: str):
    content = TOLD[type]["requestBody"]["content"]["application/json"]
    assert faults(content["schema"], content["example"]) == []
    assert content["example"]["type"] == type


def test_the_events_that_are_documented_are_those_that_are_emitted(read_demo: Service):
    async def written() -> Any:
        database = read_demo.app.state.shared.database
        return await database.across_agencies().read(lambda conn: conn.execute(sa.select(event)).mappings().all())

    rows = read_demo.run(written)
    assert set(TOLD) == {*EVENT_TYPES, TEST}
    assert set(TOLD) - {row["type"] for row in rows} == NEVER_IN_THE_DEMO
    for row in rows:
        schema = TOLD[row["type"]]["requestBody"]["content"]["application/json"]["schema"]
        assert faults(schema, json.loads(body_bytes(row))) == [], row["type"]
