"""Helpers of the tests of Bullhorn: an event, and the API with one of each entity."""

from datetime import UTC, datetime, timedelta
from typing import Any

from app.connectors.contract import Account, ApiRequest, ApiResponse, DatedEvent, Translation
from app.connectors.crm.bullhorn.client import FIELDS
from app.connectors.crm.bullhorn.connector import Bullhorn
from tests.connectors.documents import own
from tests.connectors.exchanges import run

BULLHORN = Bullhorn()
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCOUNT = Account(session={"token": "t", "address": "https://rest21.bullhornstaffing.com/rest-services/e999"})


def api(ask: ApiRequest) -> Any:
    """Bullhorn with one of each entity."""
    if ask.path == "query/JobSubmissionHistory":
        return own("bullhorn", "JobSubmissionHistory")
    if ask.path == "query/JobSubmission":
        return {"data": [own("bullhorn", "JobSubmission")["data"]]}
    kind, _, rest = ask.path.partition("/")
    entity, _, id = rest.partition("/")
    found = own("bullhorn", entity) if kind == "entity" and entity in FIELDS else None
    return found if found and str(found["data"]["id"]) == id else ApiResponse(404, {"errorMessage": "not found"})


def make_event(name: str, id: int, verb: str = "INSERTED", *properties: str, at: datetime = NOW) -> DatedEvent:
    document = {
        "eventId": "ID:JBM-1",
        "eventType": "ENTITY",
        "eventTimestamp": int(at.timestamp() * 1000),
        "entityName": name,
        "entityId": id,
        "entityEventType": verb,
        "updatedProperties": list(properties),
    }
    return DatedEvent("1", f"event.{name}.{verb}", document, at)


def translate(event: DatedEvent, replies: Any = api, asked: list[ApiRequest] | None = None) -> Translation:
    return run(BULLHORN.translate(event, ACCOUNT), replies, asked)


def with_(entity: str, **changes: Any) -> Any:
    """The API where one entity differs."""
    document = {"data": {**own("bullhorn", entity)["data"], **changes}}

    def answer(ask: ApiRequest) -> Any:
        return document if ask.path.startswith(f"entity/{entity}/") else api(ask)

    return answer
