"""Imports every module that defines tables, so that Alembic and the tests find all of them in one metadata."""

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
