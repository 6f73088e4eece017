"""A connection to a CRM as the code uses it: opened credentials, the connector and the maps with folded labels."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.api_keys import public_id
from app.access.caller import Caller, Role
from app.connectors.canonical_records import Status
from app.connectors.contract import Account, Connector
from app.connectors.crm_labels import fold_label
from app.connectors.models import connection
from app.connectors.parsing import content_digest
from app.connectors.registry import CONNECTORS
from app.kit.dialects import lock_for_update
from app.kit.field_types import ExternalRef
from app.kit.sealing import CannotOpen, Seal

IGNORE = "ignore"
"""The map value for a label that Keepwarm is to ignore."""


@dataclass(frozen=True, slots=True)
class LoadedConnection:
    """A connection to a CRM with everything that the import, the sync and the write-back need."""

    agency_id: UUID
    id: UUID
    name: str
    ref_system: str
    connector: Connector
    organisation_name: str
    default_recruiter_id: UUID | None
    stage_labels: Mapping[str, str]
    """The stage map with the labels as the admin wrote them."""
    stage_map: Mapping[str, str]
    activity_map: Mapping[str, Any]
    write_back: Mapping[str, Any]
    account: Account
    paused: bool
    failing: bool

    @property
    def caller(self) -> Caller:
        """The admin caller of the agency in whose name the CRM's records are imported."""
        return Caller(self.agency_id, Role.admin)

    def ref(self, id: str) -> ExternalRef:
        """Return the external reference for the CRM's id of a record."""
        return ExternalRef(system=self.ref_system, id=id)

    def stage(self, status: Status) -> str | None:
        """Return the stage of a CRM status, by its label and then by its id; None if it is unmapped.

        The agency's stage map decides before the defaults of the connector.
        """
        by_label = None if status.label is None else self.stage_map.get(fold_label(status.label))
        return by_label or self.stage_of(status.value)

    def stage_of(self, word: str) -> str | None:
        """Return the stage of a status label or id; None if it is unmapped.

        The agency's stage map decides before the defaults of the connector.
        """
        return self.stage_map.get(fold_label(word)) or self.connector.known_stages.get(word)

    def activity(self, type: str) -> Mapping[str, Any] | str | None:
        """Return the meaning of an activity type: an entry of the activity map, `ignore`, or None if unmapped.

        An entry for `note` matches every type of note that has no entry of its own.
        """
        what = type.partition(":")[0]
        for word in (type, what):
            if (found := self.activity_map.get(fold_label(word))) is not None:
                return found  # type: ignore[no-any-return]
            if (known := self.connector.known_activities.get(word)) is not None:
                return known
        return None


def move_ref(loaded: LoadedConnection, *words: str) -> ExternalRef:
    """Return an external reference that identifies a stage move by these words. A long text is replaced
    by its digest.
    """
    text = " ".join(words)
    return loaded.ref(text if len(text) <= 150 else f"hash:{content_digest(text.encode())}")


def from_row(row: Mapping[Any, Any], account: Account) -> LoadedConnection:
    """Build a LoadedConnection from a database row and its opened account; labels of the maps are folded."""
    return LoadedConnection(
        row["agency_id"],
        row["id"],
        row["name"],
        row["ref_system"],
        CONNECTORS[row["system"]],
        row["organisation_name"] or row["name"],
        row["default_recruiter_id"],
        row["stage_map"],
        {fold_label(word): stage for word, stage in row["stage_map"].items()},
        {fold_label(word): entry for word, entry in row["activity_map"].items()},
        row["write_back"],
        account,
        row["paused"],
        row["failed_at"] is not None,
    )


def load_connection(
    conn: sa.Connection, seal: Seal, agency_id: UUID, id: UUID, *, lock: bool = False
) -> LoadedConnection | None:
    """Load a connection from the database; None if there is none. `lock`: lock its row until the transaction ends."""
    statement = sa.select(connection).where(connection.c.agency_id == agency_id, connection.c.id == id)
    row = conn.execute(lock_for_update(statement) if lock else statement).mappings().one_or_none()
    return None if row is None else from_row(row, open_account(seal, row))


def open_account(seal: Seal, row: Mapping[Any, Any]) -> Account:
    """Decrypt the credentials and the session of a connection's row and return them with its settings.

    If no present key opens the credentials, the account is marked as `unopened`. The connection can still be read,
    changed and removed. A session that cannot be opened is empty, so that a new sign-in follows.
    """

    def opened(column: str) -> Mapping[str, Any] | None:
        sealed = row[column]
        try:
            return {} if sealed is None else json.loads(seal.open(row["agency_id"], sealed))
        except CannotOpen:
            return None

    credentials, session = opened("sealed_credentials"), opened("sealed_session")
    return Account(row["settings"], credentials or {}, session or {}, unopened=credentials is None)


def hook_path(agency_id: UUID, connection_id: UUID) -> str:
    """Return the path of a connection's webhook URL, without the host."""
    return f"/hooks/{public_id(agency_id, connection_id)}"
