"""Calendar exceptions of agencies and organisations over HTTP: what is stored, refused and answered."""

from typing import Any

import pytest

from tests.agencies import SYDNEY, asked_again, made
from tests.service import Client, Service

CLOSED = {"date": "2026-12-29", "working": False}
OPEN = {"date": "2026-05-09", "working": True}
NAMED = {"name": "Good Friday", "working": True}
NEVER = {"name": "Columbus Day", "working": True}

ORGANISATIONS, AGENCY = "/v1/organisations", "/v1/agency"
Body = dict[str, Any]


def agency_of(operator: Client, **body: Any) -> Client:
    """An admin of a new agency."""
    return operator.as_(made(operator, "/v1/agencies", {"name": "Harbour", **SYDNEY, **body})["api_key"])


def exceptions(client: Client, path: str) -> list[Body]:
    found: list[Body] = client.get(path).json()["calendar_exceptions"]
    return found


@pytest.fixture
def place(admin: Client, organisation: Body, request: pytest.FixtureRequest) -> str:
    """Return the path of an agency or of an organisation."""
    return AGENCY if request.param == "agency" else f"{ORGANISATIONS}/{organisation['id']}"


each_place = pytest.mark.parametrize("place", ["agency", "organisation"], indirect=True)


def test_there_are_none_unless_they_are_given(operator, admin, organisation):
    assert admin.get(AGENCY).json()["calendar_exceptions"] == organisation["calendar_exceptions"] == []
    given = [NAMED, CLOSED, OPEN]
    answer = made(operator, "/v1/agencies", {"name": "Bay", **SYDNEY, "calendar_exceptions": given})
    assert answer["agency"]["calendar_exceptions"] == given
    assert exceptions(operator.as_(answer["api_key"]), AGENCY) == given
    client = made(admin, ORGANISATIONS, {"name": "Bolt", "calendar_exceptions": given})
    assert client["calendar_exceptions"] == given
    assert {"name": "Bolt", "calendar_exceptions": given}.items() <= admin.get(ORGANISATIONS).json()["items"][1].items()


@each_place
def test_a_change_replaces_the_whole_list(admin, place):
    assert admin.patch(place, json={"calendar_exceptions": [NAMED, CLOSED]}).json()["calendar_exceptions"] == [
        NAMED,
        CLOSED,
    ]
    assert admin.patch(place, json={"name": "Other"}).json()["calendar_exceptions"] == [NAMED, CLOSED]
    assert admin.patch(place, json={"calendar_exceptions": [OPEN]}).json()["calendar_exceptions"] == [OPEN]
    nothing: list[Body] | None
    for nothing in ([], None):
        admin.patch(place, json={"calendar_exceptions": [OPEN]})
        assert admin.patch(place, json={"calendar_exceptions": nothing}).json()["calendar_exceptions"] == []


@each_place
def test_what_was_answered_can_be_sent_again(admin, place, service):
    admin.patch(place, json={"calendar_exceptions": [NAMED, CLOSED]})
    before, asked = admin.get(place), asked_again(service)
    again = admin.patch(
        place,
        json={"calendar_exceptions": before.json()["calendar_exceptions"]},
        headers={"If-Match": before.headers["ETag"]},
    )
    assert again.json() == before.json()
    assert asked_again(service) == asked, "nothing has changed, so nothing is reassessed"


@each_place
@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ([{"working": True}], "/calendar_exceptions/0"),
        ([OPEN, CLOSED | NAMED], "/calendar_exceptions/1"),
        ([OPEN, NAMED | {"date": None}], "/calendar_exceptions/1/date"),
        ([CLOSED | {"name": None}], "/calendar_exceptions/0/name"),
        ([{"date": "2026-12-28"}], "/calendar_exceptions/0/working"),
        ([{"name": "Good Friday", "working": False}], "/calendar_exceptions/0/working"),
        ([{"date": "2026-12-28", "working": "yes"}], "/calendar_exceptions/0/working"),
        ([{"date": "28/12/2026", "working": True}], "/calendar_exceptions/0/date"),
        ([{"date": "2026-02-30", "working": True}], "/calendar_exceptions/0/date"),
        ([{"name": " ", "working": True}], "/calendar_exceptions/0/name"),
        ([OPEN | {"why": "stocktaking"}], "/calendar_exceptions/0/why"),
        ([CLOSED, OPEN, CLOSED | {"working": True}], "/calendar_exceptions/2/date"),
        ([NAMED, CLOSED, NAMED], "/calendar_exceptions/2/name"),
        ([CLOSED, NEVER], "/calendar_exceptions/1/name"),
        ([{"name": "good friday", "working": True}], "/calendar_exceptions/0/name"),
        ([{"date": f"{year}-01-02", "working": True} for year in range(1970, 2171)], "/calendar_exceptions"),
        ("none", "/calendar_exceptions"),
    ],
)
def test_what_is_not_right_is_refused_with_its_place(operator, admin, place, given, pointer):
    body = {"calendar_exceptions": given}
    making = (
        operator.post("/v1/agencies", json={"name": "Bay", **SYDNEY, **body})
        if place == AGENCY
        else admin.post(ORGANISATIONS, json={"name": "Bolt", **body})
    )
    for answer in (making, admin.patch(place, json=body)):
        assert answer.status_code == 422, answer.text
        assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert exceptions(admin, place) == []


def test_two_hundred_are_taken(admin):
    many = [{"date": f"{year}-01-02", "working": True} for year in range(1970, 2170)]
    assert admin.patch(AGENCY, json={"calendar_exceptions": many}).json()["calendar_exceptions"] == many


def test_a_refused_name_lists_those_that_are_known(admin):
    problem = admin.patch(AGENCY, json={"calendar_exceptions": [NEVER]}).json()
    assert problem["detail"] == problem["errors"][0]["detail"]
    assert "AU-NSW has no holiday of this name" in problem["detail"]
    for name in ("Good Friday", "Australia Day", "Labor Day", "Labour Day"):
        assert name in problem["detail"]


def test_a_name_is_known_from_last_year_to_five_years_ahead(service: Service, admin: Client):
    body = {"calendar_exceptions": [{"name": "National Day of Mourning for Queen Elizabeth II", "working": True}]}
    assert admin.patch(AGENCY, json=body).status_code == 422, "it was in 2022"
    service.clock.now = service.clock.now.replace(year=2023)
    assert admin.patch(AGENCY, json=body).status_code == 200
    service.clock.now = service.clock.now.replace(year=2026)
    assert admin.patch(AGENCY, json=body | {"name": "Bay"}).status_code == 200, "what was there already stays"


def test_the_names_of_an_organisation_are_those_of_its_own_region_or_the_agencys(admin, organisation):
    path = f"{ORGANISATIONS}/{organisation['id']}"
    body = {"calendar_exceptions": [NEVER]}
    assert "AU-NSW has no holiday" in admin.patch(path, json=body).json()["detail"]
    assert admin.patch(path, json=body | {"holiday_region": "US-NY"}).json()["calendar_exceptions"] == [NEVER]
    assert admin.post(ORGANISATIONS, json={"name": "Bolt", "holiday_region": "US-NY"} | body).status_code == 201
    for region in ("AU-VIC", None):
        answer = admin.patch(path, json={"holiday_region": region})
        assert answer.status_code == 422
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/calendar_exceptions/0/name"]
    assert admin.patch(path, json={"holiday_region": None, "calendar_exceptions": []}).status_code == 200


def test_a_new_region_of_the_agency_must_know_the_names_that_stand(operator):
    admin = agency_of(operator, calendar_exceptions=[CLOSED, NAMED])
    answer = admin.patch(AGENCY, json={"holiday_region": "US-NY"})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/calendar_exceptions/1/name"]
    assert admin.get(AGENCY).json()["holiday_region"] == "AU-NSW"
    changed = admin.patch(AGENCY, json={"holiday_region": "US-NY", "calendar_exceptions": [NEVER]}).json()
    assert (changed["holiday_region"], changed["calendar_exceptions"]) == ("US-NY", [NEVER])


def test_an_organisation_keeps_its_names_when_the_agency_moves_to_another_region(admin, organisation):
    path = f"{ORGANISATIONS}/{organisation['id']}"
    admin.patch(path, json={"calendar_exceptions": [NAMED]})
    assert admin.patch(AGENCY, json={"holiday_region": "US-NY"}).status_code == 200
    assert admin.patch(path, json={"name": "Acme Holdings"}).json()["calendar_exceptions"] == [NAMED]


@each_place
def test_a_new_list_has_applications_reassessed(service, admin, organisation, place):
    for _ in range(2):
        assert admin.patch(place, json={"calendar_exceptions": [CLOSED]}).status_code == 200
    assert asked_again(service) == [("agency", None) if place == AGENCY else ("organisation", organisation["id"])]


def test_a_put_by_reference_sets_the_list_and_leaves_it_where_it_does_not_name_it(admin):
    path = f"{ORGANISATIONS}/by-ref/jobadder/4711"
    assert admin.put(path, json={"name": "Acme", "calendar_exceptions": [CLOSED]}).status_code == 201
    assert admin.put(path, json={"name": "Acme and Sons"}).json()["calendar_exceptions"] == [CLOSED]
    assert admin.put(path, json={"name": "Acme", "calendar_exceptions": [OPEN]}).json()["calendar_exceptions"] == [OPEN]
    assert admin.put(path, json={"name": "Acme", "calendar_exceptions": [NEVER]}).status_code == 422
