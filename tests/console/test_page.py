"""The console's page: everything on it comes from the service itself."""

import re

import pytest

from app.console.routes import _FILES
from tests.service import Client

TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def test_the_front_door_leads_to_the_console(client: Client):
    answer = client.get("/")
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_the_page_refers_only_to_the_services_own_addresses(client: Client):
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page.text)
    assert set(addresses) == {f"/docs/{name}" for name in _FILES} | {"/openapi.json"}
    for address in addresses:
        assert client.get(address).status_code == 200
    assert re.findall(r"<script>|<style|\bon\w+=", page.text) == []


def test_the_browser_is_told_to_take_nothing_from_elsewhere(client: Client):
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
