"""An agency with a CRM that tells by the generic endpoint, the worker's steps, and a person with a whole life in it."""

import pytest

from tests.connectors.connected import Sender, Workers
from tests.connectors.story import STAGES
from tests.desk import admin, stranger
from tests.erasure.life import Life
from tests.service import Client, Service

__all__ = ["admin", "stranger"]

NOTES = {"channel": "email", "from_party": "candidate", "to_party": "recruiter"}


@pytest.fixture
def workers(service: Service) -> Workers:
    """The worker's steps."""
    return Workers(service)


@pytest.fixture
def crm(admin: Client) -> Sender:
    """A system that tells by the generic endpoint, its words mapped."""
    return Sender(admin, stage_map=STAGES, activity_map={"note": NOTES})


@pytest.fixture
def life(crm: Sender, workers: Workers) -> Life:
    """A person of whom something stands in every field that can hold a word."""
    life = Life(crm, workers)
    life.tell()
    return life
