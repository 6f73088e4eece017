"""Set-up of the demo agency, months before its stories: keys, recruiters, clients, candidates and policies."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from app.access.models import api_key
from app.access.schemas import AgencyIn, ApiKeyIn, RecruiterChange, RecruiterIn
from app.access.service import add_recruiter, change_recruiter, make_agency, make_api_key
from app.access.unit_of_work import UnitOfWork
from app.candidates.schemas import CandidateIn
from app.candidates.service import add_candidate
from app.console import fixture_ids
from app.demo import people
from app.demo.clients import CLIENTS, Client
from app.demo.fact_recorder import DemoJob, Recorder, ref
from app.erasure.service import erase_candidate
from app.jobs.schemas import JobIn
from app.jobs.service import open_job
from app.kit.db import update_row
from app.organisations.schemas import ClientContactIn, OrganisationIn
from app.organisations.service import add_client_contact, add_organisation
from app.policies.schemas import PolicyChange
from app.policies.service import change_policy
from app.rules.calendar import calendar
from app.spreadsheets.importable_tables import CANDIDATES
from app.spreadsheets.service import ImportOptions, read_file, start_import


def set_up(recorder: Recorder) -> None:
    """Record the set-up of the demo agency: keys, recruiters, clients, candidates, policies and an import."""
    _office(recorder)
    for number, client in enumerate(CLIENTS):
        _client(recorder, client, number)
    for number, person in enumerate(people.CANDIDATES):
        _candidate(recorder, person, number)
    recorder.record(recorder.dates.at("-28d 12:00"), lambda work: erase_candidate(work, fixture_ids.ERASED_CANDIDATE))
    _policies(recorder)
    _spreadsheet(recorder)


def _office(recorder: Recorder) -> None:
    demo_ids, founded_at = recorder.demo_ids, recorder.dates.at("-180d 09:00")
    body = AgencyIn(name=fixture_ids.AGENCY_NAME, time_zone=people.AGENCY_ZONE, holiday_region=people.AGENCY_REGION)

    def found(work: UnitOfWork) -> None:
        make_agency(work, body)
        # Nobody has the first admin key. It becomes the demo's own, with a public secret.
        ours = {"name": "The demo's public key", "secret_hash": fixture_ids.DEMO_KEY_HASH}
        update_row(work.conn, api_key, fixture_ids.AGENCY, fixture_ids.API_KEY, ours)

    recorder.record(
        founded_at, found, agency=demo_ids.next_recorded("agency"), api_key=demo_ids.next_recorded("api_key")
    )
    for name in people.RECRUITERS:
        values = RecruiterIn(name=name, email=_email(name, people.AGENCY_DOMAIN))
        id = demo_ids.next_recorded("recruiter")
        recorder.record(founded_at, partial(add_recruiter, body=values), recruiter=id)
    bind = sa.update(api_key).where(api_key.c.agency_id == fixture_ids.AGENCY, api_key.c.id == fixture_ids.API_KEY)
    recorder.record(founded_at, lambda work: work.conn.execute(bind.values(recruiter_id=fixture_ids.RECRUITER)))
    for key in (
        ApiKeyIn(name="Screen in the kitchen", role="viewer"),
        ApiKeyIn(name="Dorian's old laptop", role="recruiter"),
    ):
        id = demo_ids.next_recorded("api_key")
        recorder.record(founded_at, partial(make_api_key, body=key), api_key=id)
    gone = RecruiterChange(active=False)
    recorder.record(recorder.dates.at("-95d 17:00"), lambda work: change_recruiter(work, fixture_ids.LEAVER, gone))


def _client(recorder: Recorder, client: Client, number: int) -> None:
    id = recorder.demo_ids.next_recorded("organisation")
    won_at = recorder.dates.at("-170d 10:00") + timedelta(days=number)
    zone, region = client.place or (None, None)
    closed = [{"date": recorder.dates.day(n), "working": False} for n in client.closed_on]
    body = OrganisationIn.model_validate(
        {
            "name": client.name,
            "time_zone": zone,
            "holiday_region": region,
            "contact_style": client.style,
            "calendar_exceptions": [*closed, *({"name": name, "working": True} for name in client.works_on)],
            "external_ref": ref("organisation", id),
        }
    )
    recorder.record(won_at, lambda work: add_organisation(work, body), organisation=id)
    for name, role in client.contacts:
        _contact(recorder, client, id, name, role, won_at)
    for title, manager in client.jobs:
        _job(recorder, client, id, title, manager)


def _contact(recorder: Recorder, client: Client, organisation_id: UUID, name: str, role: str, at: datetime) -> None:
    id = recorder.contacts[name] = recorder.demo_ids.next_recorded("client_contact")
    values = {
        "name": name,
        "role": role,
        "email": _email(name, client.domain),
        "phone": _phone(client.place, id),
        "external_ref": ref("client_contact", id),
    }
    body = ClientContactIn.model_validate(values)
    recorder.record(at, lambda work: add_client_contact(work, organisation_id, body), client_contact=id)


def _job(recorder: Recorder, client: Client, organisation_id: UUID, title: str, manager: str) -> None:
    id = recorder.demo_ids.next_recorded("job")
    body = JobIn(
        title=title,
        organisation_id=organisation_id,
        hiring_manager_id=recorder.contacts[manager],
        external_ref=ref("job", id),
    )
    recorder.record(recorder.dates.at("-110d 11:30"), lambda work: open_job(work, body), job=id)
    zone, region = client.place or (people.AGENCY_ZONE, people.AGENCY_REGION)
    recorder.jobs[title] = DemoJob(id, recorder.contacts[manager], calendar(zone, region))


def _candidate(recorder: Recorder, person: people.Person, number: int) -> None:
    id = recorder.candidates[person.name] = recorder.demo_ids.next_recorded("candidate")
    zone, region = person.place or (None, None)
    away = [
        {"from": recorder.dates.day(start), "to": recorder.dates.day(end)} for start, end in [person.away or (0, 0)]
    ]
    body = CandidateIn.model_validate(
        {
            "name": person.name,
            "email": _email(person.name, "post.example"),
            "phone": _phone(person.place, id),
            "time_zone": zone,
            "holiday_region": region,
            "away": away if person.away else None,
            "external_ref": ref("candidate", id),
        }
    )
    registered_at = recorder.dates.at("-150d 10:00") + timedelta(hours=23 * number)
    recorder.record(registered_at, lambda work: add_candidate(work, body), candidate=id)


def _policies(recorder: Recorder) -> None:
    """Record stricter follow-up thresholds for the mining client, and longer silences for one job."""
    strict = PolicyChange({"follow_up_overdue": {"late_after": "16:30"}, "client_quiet": {"watch": 1, "warning": 3}})
    patient = PolicyChange({"going_quiet": {"watch": 3, "warning": 5}})
    lead = recorder.jobs["Grid Operations Lead"].id
    at = recorder.dates.at("-105d 16:00")
    recorder.record(at, lambda work: change_policy(work, "organisation", fixture_ids.STRICT_ORGANISATION, strict))
    recorder.record(at, lambda work: change_policy(work, "job", lead, patient))


def _spreadsheet(recorder: Recorder) -> None:
    """Record a dry run of a spreadsheet import: candidates from a job fair, two of the three rows with errors."""
    fair = "id,name,email,time zone\nf1,Ottilie Brandvold,,\nf2,,walk.in@post.example,\nf3,Zed Okafor,,Melbourne\n"
    file = read_file(fair.encode(), CANDIDATES, ImportOptions("fair", dry_run=True))
    id = recorder.demo_ids.next_recorded("spreadsheet_import")
    recorder.record(recorder.dates.at("-20d 14:00"), lambda work: start_import(work, file), spreadsheet_import=id)


_FICTITIOUS = {"Australia": "+61 2 5550 {:04d}", "Europe/London": "+44 20 7946 0{:03d}"}
"""Patterns of telephone numbers that ACMA and Ofcom reserve for fiction, by the start of the time zone's name."""


def _phone(place: tuple[str, str] | None, id: UUID) -> str | None:
    """Return a telephone number reserved for fiction in the time zone of `place`. Return None if no such number is
    listed.
    """
    zone = people.AGENCY_ZONE if place is None else place[0]
    pattern = next((number for where, number in _FICTITIOUS.items() if zone.startswith(where)), None)
    return pattern and pattern.format(100 + int(str(id)[-3:]))


def _email(name: str, domain: str) -> str:
    words = name.lower().replace("dr ", "").split()
    return f"{words[0]}.{words[-1]}@{domain}"
