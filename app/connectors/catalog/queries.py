"""The catalogue of the CRMs that can be connected, built from the connector classes."""

from collections.abc import Mapping
from typing import get_args

from app.access.unit_of_work import UnitOfWork
from app.connectors.catalog.schemas import ConnectorField, ConnectorOut, ConnectorReads, ConnectorsOut
from app.connectors.contract import Connector
from app.connectors.guide import Entry, RecordKind
from app.connectors.registry import CONNECTORS

_SECRET_MADE_BY = {"our_secret": "keepwarm", "their_secret": "crm", "nobody": "none"}
_ANY_BASE_URL = Entry("The address of the CRM's API. Leave it out unless you use a proxy or a sandbox.")


def list_connectors(work: UnitOfWork) -> ConnectorsOut:
    """Return the catalogue entry of every connector, in the order of the connector registry."""
    return ConnectorsOut(items=[_shown(connector) for connector in CONNECTORS.values()])


def _shown(connector: Connector) -> ConnectorOut:
    guide = connector.guide
    settings = {name: guide.settings.get(name, _ANY_BASE_URL) for name in connector.setting_names()}
    return ConnectorOut.model_validate(
        {
            "system": connector.system,
            "title": connector.title,
            "credentials": _fields(guide.credentials),
            "settings": _fields(settings),
            "scopes": list(guide.scopes),
            "steps": list(guide.steps),
            "receives_webhooks": connector.receives,
            "polled": any(stream.every for stream in connector.streams),
            "backfills": [stream.name for stream in connector.streams if stream.backfill],
            "reads": ConnectorReads.model_validate(
                {subject: guide.reads.get(subject, "not_read") for subject in get_args(RecordKind)}
            ),
            "writes_notes": connector.writes_notes(),
            "writes_tasks": connector.writes_tasks,
            "moves_stages": connector.moves_stages(),
            "signing_secret": _SECRET_MADE_BY[connector.signed_by],
            "test_delivery": guide.test_delivery,
            "limits": list(guide.limits),
        }
    )


def _fields(entries: Mapping[str, Entry]) -> list[ConnectorField]:
    return [
        ConnectorField(name=name, description=entry.text, required=entry.required, required_unless=entry.unless)
        for name, entry in entries.items()
    ]
