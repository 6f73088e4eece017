"""`?q=` on every list of named things: who is found, in which order, page by page, and who is not found any more."""

from typing import Any

import pytest

from app.kit.search import search_word
from tests.agencies import made, rows
from tests.service import Client

PEOPLE = (
    "Ngaio Marsh", "Ngaire O'Brien", "Søren Ångström", "Łukasz Żółć", "Anna Andersson", "Strauß, Æthel",
    "Kim Ng", "Ng Kim Lien",
)  # fmt: skip


def names(client: Client, path: str, q: str, **params: Any) -> list[str]:
    """The names found, over pages of two."""
    found: list[str] = []
    cursor = None
    while True:
        asked = {"q": q, "limit": 2, **params} | ({} if cursor is None else {"cursor": cursor})
        answer = client.get(path, params=asked)
        assert answer.status_code == 200, answer.text
        found += [item.get("name") or item["title"] for item in answer.json()["items"]]
        if (cursor := answer.json()["next_cursor"]) is None:
            return found


@pytest.fixture
def people(admin):
    return {name: made(admin, "/v1/candidates", {"name": name}) for name in PEOPLE}


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("ngaio", ["Ngaio Marsh"]),
        ("NG", ["Kim Ng", "Ng Kim Lien", "Ngaio Marsh", "Ngaire O'Brien"]),
        ("ng kim", ["Kim Ng", "Ng Kim Lien"]),
        ("lien k", ["Ng Kim Lien"]),
        ("an", ["Søren Ångström", "Anna Andersson"]),
        ("andersson anna", ["Anna Andersson"]),
        ("soren", ["Søren Ångström"]),
        ("SÖREN", ["Søren Ångström"]),
        ("angstro\u0308m", ["Søren Ångström"]),
        ("zolc luk", ["Łukasz Żółć"]),
        ("strauss", ["Strauß, Æthel"]),
        ("aeth", ["Strauß, Æthel"]),
        ("obri", ["Ngaire O'Brien"]),
        ("o'brien", ["Ngaire O'Brien"]),
        ("brien", ["Ngaire O'Brien"]),
        ("gaio", []),
        ("ngaio obrien", []),
        ("%", None),
        ("ng%", ["Kim Ng", "Ng Kim Lien", "Ngaio Marsh", "Ngaire O'Brien"]),
    ],
)
def test_candidates_are_found_by_the_beginning_of_any_word(admin, people, q, found):
    if found is None:
        answer = admin.get("/v1/candidates", params={"q": q})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/q")
        return
    assert sorted(names(admin, "/v1/candidates", q)) == sorted(found)
    assert names(admin, "/v1/candidates", q, limit=50) == names(admin, "/v1/candidates", q)


def test_a_nearer_word_comes_first(admin, people):
    assert names(admin, "/v1/candidates", "ng") == ["Kim Ng", "Ng Kim Lien", "Ngaio Marsh", "Ngaire O'Brien"]


@pytest.mark.parametrize("q", ["", "  ", "\u200b", "a b c d e f g h i j k", "x" * 201])
def test_a_query_that_cannot_be_searched_for_is_refused(admin, q):
    answer = admin.get("/v1/candidates", params={"q": q})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query/q"), answer.text


def test_a_cursor_belongs_to_its_query(admin, people):
    cursor = admin.get("/v1/candidates", params={"q": "ng", "limit": 1}).json()["next_cursor"]
    for other in ({"q": "nga"}, {}):
        assert admin.get("/v1/candidates", params={**other, "cursor": cursor}).json()["code"] == "bad_cursor"


def record_of(admin: Client, kind: str, organisation: str, name: str) -> tuple[str, str]:
    """A record of each kind that has a name: where it is listed, and where it stands."""
    lists = {
        "candidates": ("/v1/candidates", {"name": name}),
        "organisations": ("/v1/organisations", {"name": name}),
        "jobs": ("/v1/jobs", {"title": name, "organisation_id": organisation}),
        "client-contacts": (f"/v1/organisations/{organisation}/client-contacts", {"name": name, "role": "hr"}),
    }
    path, body = lists[kind]
    return f"/v1/{kind}", f"{path}/{made(admin, path, body)['id']}"


def body_by_ref(kind: str, organisation: str, name: str) -> dict[str, Any]:
    more = {
        "jobs": {"title": name, "organisation_id": organisation},
        "client-contacts": {"name": name, "role": "hr", "organisation_id": organisation},
    }
    return more.get(kind, {"name": name})


KINDS = ("candidates", "organisations", "jobs", "client-contacts")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_found_as_it_is_called_now(admin, stranger, organisation, kind):
    where, it = record_of(admin, kind, organisation["id"], "Ngaio")
    field = "title" if kind == "jobs" else "name"
    assert names(admin, where, "ngai") == ["Ngaio"]
    assert names(stranger, where, "ngai") == []
    assert admin.patch(it, json={field: "Zoë"}).status_code == 200
    assert (names(admin, where, "ngai"), names(admin, where, "zoe")) == ([], ["Zoë"])
    path = f"/v1/{kind}/by-ref/crm/1"
    assert admin.put(path, json=body_by_ref(kind, organisation["id"], "Ilse")).status_code == 201
    assert names(admin, where, "ils") == ["Ilse"]
    assert admin.put(path, json=body_by_ref(kind, organisation["id"], "Zoltan")).status_code == 200
    assert (names(admin, where, "ils"), names(admin, where, "zo")) == ([], ["Zoë", "Zoltan"])


def test_a_kind_is_looked_for_in_its_own_list(admin, organisation):
    for kind in KINDS:
        record_of(admin, kind, organisation["id"], f"Ngaio of {kind}")
    for kind in KINDS:
        assert names(admin, f"/v1/{kind}", "ngaio") == [f"Ngaio of {kind}"]


def test_a_search_is_narrowed_by_the_other_filters(admin, organisation):
    elsewhere = made(admin, "/v1/organisations", {"name": "Elsewhere"})["id"]
    for place in (organisation["id"], elsewhere):
        for kind in ("jobs", "client-contacts"):
            record_of(admin, kind, place, f"Ngaio {place}")
    for path in ("/v1/jobs", "/v1/client-contacts"):
        assert names(admin, path, "ngaio", organisation_id=elsewhere) == [f"Ngaio {elsewhere}"]
    assert names(admin, f"/v1/organisations/{elsewhere}/client-contacts", "ngaio") == [f"Ngaio {elsewhere}"]
    assert names(admin, "/v1/jobs", "ngaio", status="closed") == []


def test_a_table_brought_in_is_found(admin):
    content = b"id,name\n1,Ngaio Marsh\n"
    answer = admin.post("/v1/imports/candidates", headers={"Content-Type": "text/csv"}, content=content)
    assert answer.json()["applied"]["created"] == 1, answer.text
    assert names(admin, "/v1/candidates", "ngai") == ["Ngaio Marsh"]


def test_an_erased_candidate_is_not_found_and_leaves_no_word(admin, people):
    gone = people["Ngaio Marsh"]["id"]
    assert admin.post(f"/v1/candidates/{gone}/erasure").status_code == 200
    assert names(admin, "/v1/candidates", "ngai") == ["Ngaire O'Brien"]
    assert names(admin, "/v1/candidates", "erased") == []
    assert not [row for row in rows(admin.service, search_word) if str(row.record_id) == gone]
