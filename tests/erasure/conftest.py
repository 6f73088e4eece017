"""Fixtures: an agency with a connection to the generic system, the worker, and a candidate with data in every field."""

import pytest

from tests.agencies import admin, stranger
from tests.connectors.connected import Sender, Workers
from tests.connectors.standard_events import STAGES
from tests.erasure.candidate_data import Life
from tests.service import Client, Service

__all__ = ["admin", "stranger"]

NOTES = {"channel": "email", "from_party": "candidate", "to_party": "recruiter"}


@pytest.fixture
def workers(service: Service) -> Workers:
    """The worker's steps."""
    return Workers(service)


@pytest.fixture
def crm(admin: Client) -> Sender:
    """A connection to the generic system with mapped stages and activities."""
    return Sender(admin, stage_map=STAGES, activity_map={"note": NOTES})


@pytest.fixture
def life(crm: Sender, workers: Workers) -> Life:
    """A candidate with a text in every field that can hold one."""
    life = Life(crm, workers)
    life.tell()
    return life
