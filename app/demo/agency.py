"""Setting up the demo agency, months before its stories begin: keys, recruiters, clients, candidates, policies."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

import sqlalchemy as sa

from app.access.models import api_key
from app.access.schemas import AgencyIn, ApiKeyIn, RecruiterChange, RecruiterIn
from app.access.service import add_recruiter, change_recruiter, make_agency, make_api_key
from app.access.work import Work
from app.candidates.schemas import CandidateIn
from app.candidates.service import add_candidate
from app.console import fixture_ids
from app.demo import people
from app.demo.clients import CLIENTS, Client
from app.demo.diary import Diary, Opening, ref
from app.erasure.service import erase_candidate
from app.jobs.schemas import JobIn
from app.jobs.service import open_job
from app.kit.db import change
from app.organisations.schemas import ClientContactIn, OrganisationIn
from app.organisations.service import add_client_contact, add_organisation
from app.policies.schemas import PolicyChange
from app.policies.service import change_policy
from app.rules.calendar import calendar
from app.spreadsheets.service import ImportOptions, read_file, start_import
from app.spreadsheets.tables import CANDIDATES


def set_up(diary: Diary) -> None:
    """Everything that was there before the first story."""
    _office(diary)
    for number, client in enumerate(CLIENTS):
        _client(diary, client, number)
    for number, person in enumerate(people.CANDIDATES):
        _candidate(diary, person, number)
    diary.write(diary.almanac.at("-28d 12:00"), lambda work: erase_candidate(work, fixture_ids.ERASED_CANDIDATE))
    _policies(diary)
    _spreadsheet(diary)


def _office(diary: Diary) -> None:
    numbers, founded_at = diary.numbers, diary.almanac.at("-180d 09:00")
    body = AgencyIn(name=fixture_ids.AGENCY_NAME, time_zone=people.AGENCY_ZONE, holiday_region=people.AGENCY_REGION)

    def found(work: Work) -> None:
        make_agency(work, body)
        # Nobody holds the first admin key: it becomes the demo's own, whose secret is known to everybody.
        ours = {"name": "The demo's public key", "secret_hash": fixture_ids.DEMO_KEY_HASH}
        change(work.conn, api_key, fixture_ids.AGENCY, fixture_ids.API_KEY, ours)

    diary.write(founded_at, found, agency=numbers.write_down("agency"), api_key=numbers.write_down("api_key"))
    for name in people.RECRUITERS:
        told = RecruiterIn(name=name, email=_email(name, people.AGENCY_DOMAIN))
        id = numbers.write_down("recruiter")
        diary.write(founded_at, partial(add_recruiter, body=told), recruiter=id)
    bind = sa.update(api_key).where(api_key.c.agency_id == fixture_ids.AGENCY, api_key.c.id == fixture_ids.API_KEY)
    diary.write(founded_at, lambda work: work.conn.execute(bind.values(recruiter_id=fixture_ids.RECRUITER)))
    for key in (
        ApiKeyIn(name="Screen in the kitchen", role="viewer"),
        ApiKeyIn(name="Dorian's old laptop", role="recruiter"),
    ):
        id = numbers.write_down("api_key")
        diary.write(founded_at, partial(make_api_key, body=key), api_key=id)
    gone = RecruiterChange(active=False)
    diary.write(diary.almanac.at("-95d 17:00"), lambda work: change_recruiter(work, fixture_ids.LEAVER, gone))


def _client(diary: Diary, client: Client, number: int) -> None:
    id = diary.numbers.write_down("organisation")
    won_at = diary.almanac.at("-170d 10:00") + timedelta(days=number)
    zone, region = client.place or (None, None)
    closed = [{"date": diary.almanac.day(n), "working": False} for n in client.closed_on]
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
    diary.write(won_at, lambda work: add_organisation(work, body), organisation=id)
    for name, role in client.contacts:
        _contact(diary, client, id, name, role, won_at)
    for title, manager in client.jobs:
        _job(diary, client, id, title, manager)


def _contact(diary: Diary, client: Client, organisation_id: UUID, name: str, role: str, at: datetime) -> None:
    id = diary.contacts[name] = diary.numbers.write_down("client_contact")
    told = {
        "name": name,
        "role": role,
        "email": _email(name, client.domain),
        "phone": _phone(client.place, id),
        "external_ref": ref("client_contact", id),
    }
    body = ClientContactIn.model_validate(told)
    diary.write(at, lambda work: add_client_contact(work, organisation_id, body), client_contact=id)


def _job(diary: Diary, client: Client, organisation_id: UUID, title: str, manager: str) -> None:
    id = diary.numbers.write_down("job")
    body = JobIn(
        title=title,
        organisation_id=organisation_id,
        hiring_manager_id=diary.contacts[manager],
        external_ref=ref("job", id),
    )
    diary.write(diary.almanac.at("-110d 11:30"), lambda work: open_job(work, body), job=id)
    zone, region = client.place or (people.AGENCY_ZONE, people.AGENCY_REGION)
    diary.jobs[title] = Opening(id, diary.contacts[manager], calendar(zone, region))


def _candidate(diary: Diary, person: people.Person, number: int) -> None:
    id = diary.candidates[person.name] = diary.numbers.write_down("candidate")
    zone, region = person.place or (None, None)
    away = [{"from": diary.almanac.day(start), "to": diary.almanac.day(end)} for start, end in [person.away or (0, 0)]]
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
    registered_at = diary.almanac.at("-150d 10:00") + timedelta(hours=23 * number)
    diary.write(registered_at, lambda work: add_candidate(work, body), candidate=id)


def _policies(diary: Diary) -> None:
    """The mine interviews late in the shift; a lead for the grid is not rung after two days."""
    strict = PolicyChange({"follow_up_overdue": {"late_after": "16:30"}, "client_quiet": {"watch": 1, "warning": 3}})
    patient = PolicyChange({"going_quiet": {"watch": 3, "warning": 5}})
    lead = diary.jobs["Grid Operations Lead"].id
    at = diary.almanac.at("-105d 16:00")
    diary.write(at, lambda work: change_policy(work, "organisation", fixture_ids.STRICT_ORGANISATION, strict))
    diary.write(at, lambda work: change_policy(work, "job", lead, patient))


def _spreadsheet(diary: Diary) -> None:
    """Somebody tried a list from a job fair, and left it at that."""
    fair = "id,name,email,time zone\nf1,Ottilie Brandvold,,\nf2,,walk.in@post.example,\nf3,Zed Okafor,,Melbourne\n"
    file = read_file(fair.encode(), CANDIDATES, ImportOptions("fair", dry_run=True))
    id = diary.numbers.write_down("spreadsheet_import")
    diary.write(diary.almanac.at("-20d 14:00"), lambda work: start_import(work, file), spreadsheet_import=id)


_FICTITIOUS = {"Australia": "+61 2 5550 {:04d}", "Europe/London": "+44 20 7946 0{:03d}"}
"""Numbers that the regulators of telephony keep free for stories: ACMA and Ofcom."""


def _phone(place: tuple[str, str] | None, id: UUID) -> str | None:
    """Return a number of the place that rings nobody; None where no such numbers are known."""
    zone = people.AGENCY_ZONE if place is None else place[0]
    pattern = next((number for where, number in _FICTITIOUS.items() if zone.startswith(where)), None)
    return pattern and pattern.format(100 + int(str(id)[-3:]))


def _email(name: str, domain: str) -> str:
    words = name.lower().replace("dr ", "").split()
    return f"{words[0]}.{words[-1]}@{domain}"
