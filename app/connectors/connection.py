"""A loaded connection: its row with the secrets opened, its connector and its maps."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.access.caller import Caller, Role
from app.access.keys import public_id
from app.connectors.connector import Account, Connector
from app.connectors.labels import fold_label
from app.connectors.models import connection
from app.connectors.parsing import digest
from app.connectors.records import Status
from app.connectors.registry import CONNECTORS
from app.kit.dialects import locked
from app.kit.fields import ExternalRef
from app.kit.sealing import CannotOpen, Seal

IGNORE = "ignore"
"""What a map says of a word that means nothing to Keepwarm."""


@dataclass(frozen=True, slots=True)
class LoadedConnection:
    """What applying, fetching and writing back need to know of a connection."""

    agency_id: UUID
    id: UUID
    name: str
    ref_system: str
    connector: Connector
    organisation_name: str
    default_recruiter_id: UUID | None
    stage_labels: Mapping[str, str]
    """The stage map in the CRM's words as the admin wrote them."""
    stage_map: Mapping[str, str]
    activity_map: Mapping[str, Any]
    write_back: Mapping[str, Any]
    account: Account
    paused: bool
    failing: bool

    @property
    def caller(self) -> Caller:
        """Who acts when the CRM tells something."""
        return Caller(self.agency_id, Role.admin)

    def ref(self, id: str) -> ExternalRef:
        """The external reference of one of the CRM's things."""
        return ExternalRef(system=self.ref_system, id=id)

    def stage(self, status: Status) -> str | None:
        """The stage that the agency's map, or the system's own definition, gives this status; None: unmapped."""
        by_label = None if status.label is None else self.stage_map.get(fold_label(status.label))
        return by_label or self.stage_of(status.value)

    def stage_of(self, word: str) -> str | None:
        """The stage for one of the CRM's words."""
        return self.stage_map.get(fold_label(word)) or self.connector.known_stages.get(word)

    def activity(self, type: str) -> Mapping[str, Any] | str | None:
        """What this type of activity is: an entry, `ignore`, or None: unmapped. `note` serves every type of note."""
        what = type.partition(":")[0]
        for word in (type, what):
            if (found := self.activity_map.get(fold_label(word))) is not None:
                return found  # type: ignore[no-any-return]
            if (known := self.connector.known_activities.get(word)) is not None:
                return known
        return None


def move_ref(loaded: LoadedConnection, *words: str) -> ExternalRef:
    """Return the external reference of a stage move, named by these words; a long one by their digest."""
    text = " ".join(words)
    return loaded.ref(text if len(text) <= 150 else f"hash:{digest(text.encode())}")


def from_row(row: Mapping[Any, Any], account: Account) -> LoadedConnection:
    """Make one of its row."""
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
    """A connection at work; None for one that is no more. `lock`: nobody changes it before this transaction ends."""
    statement = sa.select(connection).where(connection.c.agency_id == agency_id, connection.c.id == id)
    row = conn.execute(locked(statement) if lock else statement).mappings().one_or_none()
    return None if row is None else from_row(row, open_account(seal, row))


def open_account(seal: Seal, row: Mapping[Any, Any]) -> Account:
    """Return the settings, credentials and session of a connection's row.

    Credentials sealed under a key that is not here are marked as `unopened`: the connection can still be read, changed
    and removed. A session that cannot be opened signs in again.
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
    """Where the CRM sends its webhooks, below the address of this service."""
    return f"/hooks/{public_id(agency_id, connection_id)}"
