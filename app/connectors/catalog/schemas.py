"""Response schemas of the catalogue of connectors."""

from typing import Literal

from app.kit.field_types import Out

Arrival = Literal["webhook", "poll", "webhook_and_poll", "not_read"]


class ConnectorField(Out):
    """A credential or setting of a connector."""

    name: str
    """The key of this field in the `credentials` or `settings` of a connection."""
    description: str
    required: bool
    """True if the CRM's API cannot be used without this field. A connection may be created without any credential and
    get all later.
    """
    required_unless: str | None
    """The name of another credential or setting. If that one is set, this field is not required."""


class ConnectorReads(Out):
    """The way in which new records of each kind arrive from the CRM."""

    organisations: Arrival
    client_contacts: Arrival
    candidates: Arrival
    jobs: Arrival
    applications: Arrival
    interviews: Arrival
    notes: Arrival
    calls: Arrival
    emails: Arrival
    offers: Arrival
    """Offers as records of their own. An offer that is a stage or status is read as the application's status."""
    milestones: Arrival
    """Written offers and first days at work."""
    checks: Arrival
    """References and other checks: their dates, and never a result."""


class ConnectorOut(Out):
    """A CRM that can be connected."""

    system: str
    """The value for the `system` of a new connection to this CRM."""
    title: str
    credentials: list[ConnectorField]
    settings: list[ConnectorField]
    scopes: list[str]
    """Permissions that the credentials need, in the CRM's words."""
    steps: list[str]
    """The steps to take in the CRM. `<hook_url>`, `<secret>` and `{id}` stand for a connection's webhook address,
    signing secret and id; the steps of a connection contain its own."""
    receives_webhooks: bool
    polled: bool
    """True if Keepwarm polls the CRM's API at intervals."""
    backfills: list[str]
    """The CRM's lists that a backfill reads."""
    reads: ConnectorReads
    """How new records of each kind arrive."""
    writes_notes: bool
    writes_tasks: bool
    moves_stages: bool
    """True if Keepwarm can move an application in the CRM. It does so only after a recruiter approved that move."""
    signing_secret: Literal["keepwarm", "crm", "none"]
    """Who creates the secret that signs webhooks. A secret that the CRM creates is entered by `POST
    /v1/connections/{id}/signing-secrets`.
    """
    test_delivery: str
    """The effect of the CRM's test button, ping or handshake."""
    limits: list[str]
    """The known limits of this connector."""


class ConnectorsOut(Out):
    """Every CRM that can be connected, and the generic endpoint."""

    items: list[ConnectorOut]
