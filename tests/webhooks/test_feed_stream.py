"""An open stream sends new events. It ends in time, with its key, and when there are too many."""

from collections.abc import Callable, Iterator

import pytest

from app.kit.errors import Problem
from app.webhooks.feed import queries, stream
from tests.agencies import made
from tests.service import Client, Service
from tests.webhooks.sender_driver import ENDPOINTS, SenderDriver
from tests.webhooks.stream_client import Listener

LASTS = 600
HELLO = "retry: 2000\n\n"


class Steady:
    """The monotonic clock of the stream."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> Steady:
    """Make streams poll often, and let the test set the monotonic clock."""
    monkeypatch.setattr(stream, "_POLL_SECONDS", 0.005)
    clock = Steady()
    monkeypatch.setattr(stream, "monotonic", clock)
    return clock


@pytest.fixture
def listen(start_service: Callable[..., Service], admin: Client, steady: Steady) -> Iterator[Callable[..., Listener]]:
    """Open streams with a key, by default a viewer's, and close them at the end."""
    service = start_service(stream_seconds=LASTS)
    viewer = key(admin)
    listening: list[Listener] = []

    def open_stream(with_key: str = viewer, **how: str) -> Listener:
        listening.append(Listener(service, with_key, **how))
        return listening[-1]

    yield open_stream
    for listener in listening:
        listener.leave()
    assert not service.app.state.shared.streams, "every place is given back"


def key(admin: Client, **body: object) -> str:
    """The key of a new viewer."""
    return str(made(admin, "/v1/api-keys", {"name": "dashboard", "role": "viewer", **body})["api_key"])


def idle(listener: Listener, steady: Steady) -> str:
    """Wait until the stream has polled without a result, then return what it sends."""
    steady.at += stream._HEARTBEAT_SECONDS
    said = listener.next()
    assert said is not None
    assert said.startswith(": still here\n"), said
    return said


def test_a_stream_tells_what_happens_while_it_is_open_and_ends_in_its_time(
    listen: Callable[..., Listener], admin: Client, post: SenderDriver, steady: Steady
):
    listener = listen()
    assert listener.next() == HELLO
    idle(listener, steady)
    for place in ("1", "2"):
        (happened,) = post.emit(admin)
        post.sequence()
        assert listener.next_event() == (place, happened)
        idle(listener, steady)
    steady.at += LASTS
    assert listener.rest() in ([], [": still here\nid: 2\n\n"])


def test_a_stream_of_rare_events_says_how_far_it_has_come(
    listen: Callable[..., Listener], admin: Client, post: SenderDriver, steady: Steady
):
    listener = listen(type="flag.cleared")
    assert listener.next() == HELLO
    post.emit(admin, 3)
    post.sequence()
    assert idle(listener, steady) in (": still here\nid: 0\n\n", ": still here\nid: 3\n\n")
    assert idle(listener, steady) == ": still here\nid: 3\n\n"
    rare = post.emit(admin, 1, "flag.cleared")
    post.sequence()
    assert listener.next_event() == ("4", rare[0])


def revoked(admin: Client) -> tuple[str, Callable[[], object]]:
    its = key(admin, name="leaving")
    (id,) = [item["id"] for item in admin.get("/v1/api-keys").json()["items"] if item["name"] == "leaving"]
    return its, lambda: admin.delete(f"/v1/api-keys/{id}")


def recruiter_left(admin: Client) -> tuple[str, Callable[[], object]]:
    id = made(admin, "/v1/recruiters", {"name": "Robin"})["id"]
    return key(admin, recruiter_id=id), lambda: admin.patch(f"/v1/recruiters/{id}", {"active": False})


@pytest.mark.parametrize("ending", [revoked, recruiter_left])
def test_a_stream_ends_with_its_key_and_tells_nothing_that_happens_afterwards(
    listen: Callable[..., Listener],
    admin: Client,
    post: SenderDriver,
    steady: Steady,
    ending: Callable[[Client], tuple[str, Callable[[], object]]],
):
    opened_with, end = ending(admin)
    mine, other = listen(opened_with), listen()
    assert (mine.next(), other.next()) == (HELLO, HELLO)
    idle(mine, steady)
    end()
    ids = post.emit(admin)
    post.sequence()
    assert [said for said in mine.rest() if "data" in said] == []
    assert other.next_event() == ("1", ids[0])
    assert listen(opened_with).status == 401


def test_a_stream_ends_where_the_database_cannot_be_asked(
    listen: Callable[..., Listener], steady: Steady, monkeypatch: pytest.MonkeyPatch
):
    listener = listen()
    assert listener.next() == HELLO
    idle(listener, steady)

    def away(*_: object, **__: object) -> None:
        raise Problem(503, "database_unavailable", "Away")

    monkeypatch.setattr(queries, "read_page", away)
    assert listener.rest() == []


def test_an_agency_holds_so_many_streams_and_one_that_ends_makes_place_for_another(
    listen: Callable[..., Listener], admin: Client, stranger: Client, steady: Steady
):
    open_streams = [listen() for _ in range(stream.MAX_STREAMS)]
    assert {listener.status for listener in open_streams} == {200}
    refused = listen()
    assert (refused.status, refused.headers["retry-after"]) == (429, "30")
    assert refused.headers["content-type"] == "application/problem+json"
    assert '"code": "too_many_streams"' in (refused.next() or "")
    assert listen(key(stranger)).status == 200, "another agency has places of its own"

    open_streams[0].leave()
    assert listen().status == 200, "a client that went gives its place back"
    assert listen().status == 429
    steady.at += LASTS
    for listener in open_streams[1:]:
        listener.rest()
    assert listen().status == 200, "a stream whose time is over gives its place back"


def test_a_test_event_goes_to_its_endpoint_and_to_no_other(
    listen: Callable[..., Listener], admin: Client, post: SenderDriver, steady: Steady
):
    listener = listen()
    id = post.endpoint(admin, post.receiver())["id"]
    assert admin.post(f"{ENDPOINTS}/{id}/test").status_code == 201
    ids = post.emit(admin)
    post.sequence()
    assert listener.next_event()[1] == ids[0]
    page = admin.get("/v1/events").json()
    assert [item["id"] for item in page["items"]] == ids
    assert admin.get("/v1/events", params={"limit": 1}).json()["items"] == page["items"]
