"""Ids and links from outside never lead a request anywhere but below the account's own address."""

import pytest

from app.connectors.url_paths import path_below, safe_segment

BASE = "https://acme.example/spi/v3"


@pytest.mark.parametrize("id", ["a", "12ce9b3a", 48821, "250d8f03-738a-4bba-a671-8a3d73477145", "x_y", "a" * 100])
def test_an_id_stands_in_a_path_as_it_is(id):
    assert safe_segment(id) == str(id)


@pytest.mark.parametrize(
    "id",
    [
        "",
        ".",
        "..",
        "a/b",
        "a.b",
        "a%2fb",
        "a b",
        "a?b",
        "a#b",
        "-a",
        "_a",
        "é",
        "a" * 101,
        None,
        True,
        1.5,
        [],
        {},
        -1,
    ],
)
def test_what_means_something_in_a_path_is_no_id(id):
    assert safe_segment(id) is None


@pytest.mark.parametrize(
    ("link", "path"),
    [
        (f"{BASE}/candidates", "candidates"),
        (f"{BASE}/candidates?since_id=1&limit=2", "candidates?since_id=1&limit=2"),
        (f"{BASE}/candidates/12/jobs/34", "candidates/12/jobs/34"),
    ],
)
def test_a_link_below_the_address_is_its_path(link, path):
    assert path_below(BASE, link) == path
    assert path_below(BASE + "/", link) == path


@pytest.mark.parametrize(
    "link",
    [
        BASE,
        f"{BASE}/",
        f"{BASE}/../admin",
        f"{BASE}/a/%2e%2e/b",
        f"{BASE}//evil.example",
        f"{BASE}/a\\b",
        f"{BASE}/a#b",
        f"{BASE}/a\nb",
        f"{BASE}/a?b=\tc",
        f"{BASE}evil/a",
        "https://acme.example/other",
        "http://acme.example/spi/v3/a",
        "https://acme.example:444/spi/v3/a",
        "https://acme.example@evil.example/spi/v3/a",
        "https://evil.example/spi/v3/a",
        "//acme.example/spi/v3/a",
        "/spi/v3/a",
        "https://[",
        f"{BASE}/" + "a/" * 1000,
        "",
        None,
        5,
    ],
)
def test_a_link_elsewhere_is_none(link):
    assert path_below(BASE, link) is None
