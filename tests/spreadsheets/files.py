"""Helpers: eleven CSV files of a small agency, and functions that send and read files."""

import csv
import io
from typing import Any

import httpx

from app.kit.clock import monotonic
from app.kit.db import metadata
from app.spreadsheets.importable_tables import TABLES
from tests.agencies import rows
from tests.service import Client, Service
from tests.steps import import_once

DESK = {
    "organisations": (
        "id,name,time zone,holiday region,direct contact,preferred channels,contact note\n"
        'o1,Acme,Australia/Perth,AU-WA,via recruiter,phone;email,"Ring first,\nthen write"\n'
        "o2,Bluegum,,,,,\n"
    ),
    "client-contacts": (
        "id,organisation,name,role,email,phone\n"
        "p1,o1,Sam,Hiring manager,sam@acme.example,+61 2 5550 0100\n"
        "p2,o1,Alex,interviewer,,\n"
    ),
    "candidates": (
        "id,name,email,phone,time_zone,holiday_region,away\n"
        "c1,Kim Ōta,kim@example.com,+61 491 570 156,Australia/Perth,AU-WA,2026-12-21/2027-01-04;2027-02-01\n"
        "c2,O'Neill,,,,,\n"
    ),
    "jobs": "id,title,organisation,hiring manager,status\nj1,Engineer,o1,p1,\nj2,Welder,o2,,On hold\n",
    "applications": (
        "id,candidate,job,recruiter,stage,opened_at\n"
        "a1,c1,j1,robin@harbour.example,,2026-04-20T09:00:00+10:00\n"
        "a2,c2,j1,,interviewed,2026-04-21T00:00:00Z\n"
    ),
    "interviews": (
        "id,application,interviewers,booked_at,starts_at,ends_at,round,kind,status,status_at\n"
        "i1,a1,p1;p2,2026-04-20T00:00:00Z,2026-04-28T00:00:00Z,2026-04-28T01:00:00Z,,In person,completed,\n"
        "i2,a1,,2026-04-29T00:00:00Z,2026-05-20T00:00:00Z,2026-05-20T01:00:00Z,4,,,\n"
    ),
    "interactions": (
        "id,application,from_party,to_party,channel,purpose,occurred_at,two_way,expects_reply,in_reply_to,interview,"
        "client_contact,summary\n"
        'm2,a1,candidate,recruiter,email,answer,2026-04-29T03:00:00Z,no,,m1,,,"=1+1 ""quoted"", and more"\n'
        "m1,a1,recruiter,candidate,phone,debrief,2026-04-29T02:00:00Z,yes,false,,i1,,\n"
        'm3,a1,client,recruiter,email,question,2026-04-30T02:00:00Z,,yes,,,p1,"Two\nlines"\n'
    ),
    "transitions": (
        "id,application,to,at,reason,reopen\n"
        "t1,a1,awaiting_decision,2026-04-28T02:00:00Z,,\n"
        "t2,a1,on_hold,2026-05-01T00:00:00Z,The budget waits,\n"
        "t3,a2,rejected,2026-04-29T00:00:00Z,Too junior,\n"
    ),
    "checks": (
        "id,application,kind,label,result from,asked at,booked for,prepared at,ready at,result by,done at,"
        "cancelled at\n"
        "k1,a1,Reference,A. K.,,2026-04-28T03:00:00Z,,2026-04-28T04:00:00Z,2026-04-29T00:00:00Z,2026-05-08,,\n"
        "k2,a1,Drug alcohol,,recruiter,2026-04-28T03:00:00Z,2026-06-01T00:00:00Z,,,,,2026-04-30T00:00:00Z\n"
    ),
    "milestones": (
        "id,application,kind,at,on,note\n"
        "l1,a1,Start agreed,2026-04-29T00:00:00Z,2026-06-01,Half a day\n"
        "l2,a1,written offer,2026-04-28T00:00:00Z,,\n"
    ),
    "keep-warm-marks": (
        "id,application,at,until,note,ended_at\n"
        'w1,a2,2026-04-30T00:00:00Z,2026-05-02,"=1+1, nearly",2026-05-01T00:00:00Z\n'
        "w2,a2,2026-05-03T00:00:00Z,3 March 2027,,\n"
    ),
}
"""Two candidates, two organisations and one of each kind of fact, in hand-written forms."""

assert list(DESK) == list(TABLES)


def send(client: Client, table: str, content: str | bytes, **params: Any) -> httpx.Response:
    """Send a file and return the response."""
    body = content.encode() if isinstance(content, str) else content
    return client.request(
        "POST", f"/v1/imports/{table}", {"Content-Type": "text/csv"}, content=body, params=params or None
    )


def imported(client: Client, table: str, content: str | bytes, **params: Any) -> dict[str, Any]:
    """Import a file and return its report."""
    answer = send(client, table, content, **params)
    assert answer.status_code == 201, answer.text
    report: dict[str, Any] = answer.json()
    return report


def outcomes(report: dict[str, Any]) -> tuple[int, int, int, int]:
    """Return how many rows a report counts as created, changed, unchanged and refused."""
    applied = report["applied"]
    return applied["created"], applied["changed"], applied["unchanged"], report["refused"]


def import_all(client: Client) -> None:
    """Import all files, table by table."""
    client.post("/v1/recruiters", {"name": "Robin", "email": "robin@harbour.example"})
    for table, content in DESK.items():
        report = imported(client, table, content)
        assert report["errors"] == [], (table, report["errors"])
        assert report["state"] == "done"


def exported(client: Client, table: str) -> list[dict[str, str]]:
    """Return the rows of an exported table."""
    return list(csv.DictReader(io.StringIO(whole(client, table))))


def whole(client: Client, table: str) -> str:
    """Return the exported file of a table."""
    answer = client.get(f"/v1/exports/{table}.csv")
    assert answer.status_code == 200, answer.text
    return answer.content.decode("utf-8-sig")


def run_worker(service: Service) -> int:
    """Run the worker until no batch waits; return the number of steps."""
    state, steps = service.app.state, 0
    started = monotonic()
    while service.run(import_once, state.shared.database, state.settings, service.clock):
        steps += 1
        assert monotonic() - started < 120, "the worker never comes to an end"
    return steps


def counts(service: Service) -> dict[str, int]:
    """Return the number of rows in each table of the database."""
    return {name: len(rows(service, table)) for name, table in metadata.tables.items()}
