"""Every table of the service under one metadata, for Alembic and the tests."""

from app.access import models as access
from app.applications import models as applications
from app.candidates import models as candidates
from app.connectors import models as connectors
from app.jobs import models as jobs
from app.kit import idempotency, search
from app.kit.db import metadata
from app.organisations import models as organisations
from app.spreadsheets import models as spreadsheets
from app.webhooks import models as webhooks

__all__ = [
    "access",
    "applications",
    "candidates",
    "connectors",
    "idempotency",
    "jobs",
    "metadata",
    "organisations",
    "search",
    "spreadsheets",
    "webhooks",
]
