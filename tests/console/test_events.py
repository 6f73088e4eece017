"""The outbound events as the document tells of them, against those that the service writes."""

from typing import Any

import pytest
import sqlalchemy as sa

from app.webhooks.models import event
from tests.console.contract import document, faults
from tests.service import Service

TOLD: dict[str, Any] = {type: item["post"] for type, item in document()["webhooks"].items()}


@pytest.mark.parametrize("type", TOLD)
def test_an_events_example_is_what_its_schema_says(type: str):
    content = TOLD[type]["requestBody"]["content"]["application/json"]
    assert faults(content["schema"], content["example"]) == []
    assert content["example"]["type"] == type


def test_the_events_that_are_written_are_those_that_are_told(read_demo: Service):
    async def written() -> Any:
        database = read_demo.app.state.house.database
        return await database.read(lambda conn: conn.execute(sa.select(event)).mappings().all())

    rows = read_demo.run(written)
    assert {row["type"] for row in rows} == set(TOLD)
    for row in rows:
        sent = {
            "id": str(row["id"]),
            "type": row["type"],
            "timestamp": row["occurred_at"].isoformat(),
            "application_id": row["application_id"] and str(row["application_id"]),
            "sequence": row["sequence"],
            "data": row["data"],
        }
        schema = TOLD[row["type"]]["requestBody"]["content"]["application/json"]["schema"]
        assert faults(schema, sent) == [], row["type"]
