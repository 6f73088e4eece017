"""The console's page loads everything from the service itself."""

import re

import pytest

from app.console.routes import _FILES
from tests.service import Client

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}
PROGRAMS = [
    "application/json",
    "*/*",
    "",
    "application/problem+json",
    "application/json, text/html;q=0.5",
    "text/html;q=x",
]


@pytest.mark.parametrize("accept", PROGRAMS)
def test_the_front_door_leads_a_program_to_the_console(accept: str, client: Client):
    answer = client.get("/", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["location"], answer.headers["vary"]) == (307, "/docs", "Accept")


def test_the_front_door_is_a_page_for_a_browser(client: Client):
    answer = client.get("/", headers=BROWSER)
    assert (answer.status_code, answer.headers["vary"]) == (200, "Accept")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert 'href="/docs"' in answer.text
    assert "script-src 'self'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("address", ["/nothing/here", "/docs/nothing", "/v1/nothing", "/docs/"])
def test_an_unknown_address_is_a_page_for_a_browser_and_a_problem_for_everybody_else(address: str, client: Client):
    page = client.get(address, headers=BROWSER)
    assert (page.status_code, page.headers["vary"]) == (404, "Accept")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'href="/docs"' in page.text
    for accept in PROGRAMS:
        problem = client.get(address, headers={"Accept": accept})
        assert (problem.status_code, problem.json()["code"]) == (404, "no_such_route")
        assert problem.headers["content-type"] == "application/problem+json"
    assert client.post(address, json={}, headers=BROWSER).headers["content-type"] == "application/problem+json"


def test_a_browser_gets_the_same_answer_for_a_missing_record_as_before(client: Client):
    answer = client.get("/v1/agency", headers=BROWSER)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


def test_there_is_an_icon_where_browsers_look_for_one(client: Client):
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/vnd.microsoft.icon")
    assert answer.content[:4] == b"\0\0\1\0"


@pytest.mark.parametrize("address", ["/", "/nothing/here"])
def test_the_other_pages_refer_only_to_addresses_that_are_there(address: str, client: Client):
    page = client.get(address, headers=BROWSER).text
    for found in re.findall(r'(?:src|href)="([^"]*)"', page):
        assert found.startswith("/")
        assert client.get(found).status_code in (200, 503), found  # # a worker that is behind is not an unknown page
    assert re.findall(r"<script|<style|\bon\w+=", page) == []


def test_the_page_refers_only_to_the_services_own_addresses(client: Client):
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert set(addresses) == {f"/docs/{name}" for name in _FILES} | {"/openapi.json"}
    for address in addresses:
        assert client.get(address).status_code == 200
    assert re.findall(r"<script>|<style|\bon\w+=", page.text) == []


def test_the_browser_must_load_nothing_from_elsewhere(client: Client):
    policy = client.get("/docs").headers["content-security-policy"]
    sources = {word for part in policy.split(";") for word in part.split()[1:]}
    assert "default-src 'none'" in policy
    assert sources == {"'none'", "'self'", "data:"}


@pytest.mark.parametrize("name", _FILES)
def test_a_file_of_the_page_is_served_as_what_it_is(name: str, client: Client):
    answer = client.get(f"/docs/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == TYPES[name.rpartition(".")[2]]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("name", [name for name in _FILES if not name.startswith("swagger")])
def test_our_own_files_name_no_other_machine(name: str, client: Client):
    text = client.get(f"/docs/{name}").text.replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"(?:https?:)?//[\w.-]+\.\w+|@import|url\(", text) == []


@pytest.mark.parametrize("name", ["nothing.js", "..%2froutes.py", "index.html"])
def test_no_other_file_is_served(name: str, client: Client):
    answer = client.get(f"/docs/{name}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
