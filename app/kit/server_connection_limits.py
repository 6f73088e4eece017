"""Limits on connections: their number, the size and time of requests, and which idle one is closed for a new one."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Protocol

from uvicorn.server import ServerState


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one process on its HTTP clients' connections. Times are in seconds."""

    head_bytes: int = 64 * 1024
    """Request line and headers together; trailers likewise."""
    headers: int = 256
    """Headers of one request, and trailers of one body: each costs memory beyond its bytes."""
    head_seconds: float = 10
    """From the connection, or the first byte of a later request, to the end of the headers."""
    body_seconds: float = 30
    """The time without a byte of the body, while the service waits for it."""
    body_total_seconds: float = 600
    """For a whole body."""
    rest_seconds: float = 10
    """The time for the unread rest of a body after the response.

    The rest is read and dropped, so that the client receives the response.
    """
    rest_bytes: int = 2 * 1024 * 1024
    """The most that is read and dropped."""
    keep_alive_seconds: float = 20
    """The time between a response and the next request."""
    write_seconds: float = 60
    """The time in which the client reads no byte of a waiting response."""
    connections: int = 1000
    """Open at a time in one process."""
    per_address: int = 200
    """Open at a time from one address; 0 for no limit."""
    proxies: str = ""
    """Addresses and networks of reverse proxies, separated by commas: they have no limit per address."""


def source_of(host: str) -> str:
    """Return the unit that counts as one address: an IPv6 client chooses freely within its /64."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((address, 64), strict=False))
    return str(address)


def is_listed(host: str, listed: str) -> bool:
    """Return whether an address is listed, or in a listed network; `*` lists all."""
    for entry in (part.strip() for part in listed.split(",")):
        if entry in {"*", host}:
            return True
        try:
            if entry and ip_address(host) in ip_network(entry, strict=False):
                return True
        except ValueError:
            continue
    return False


class Connection(Protocol):
    """Protocol of an HTTP connection that the limits can end."""

    source: str

    @property
    def busy(self) -> bool:
        """True while a request is being answered."""

    def end(self, reason: str) -> None:
        """Close the connection without a response."""

    def end_if_overdue(self, now: float) -> None:
        """Close the connection if its client took longer than the limits allow."""


class State(ServerState):
    """The connections of one process. Each order begins with the connection that has been idle longest."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self._order: dict[Connection, None] = {}
        self._by_source: dict[str, dict[Connection, None]] = {}

    def enter(self, connection: Connection) -> bool:
        """Count a new connection; return False if there is no room.

        If there are too many, the connection that was silent longest is closed. There is no room if all of them are
        busy.
        """
        here, limits = self._by_source.get(connection.source, {}), self.limits
        limited = limits.per_address and not is_listed(connection.source, limits.proxies)
        if limited and len(here) >= limits.per_address and not self._make_room(here, "too_many_per_address"):
            return False
        if len(self._order) >= limits.connections and not self._make_room(self._order, "too_many"):
            return False
        self.touch(connection)
        return True

    def _make_room(self, order: dict[Connection, None], reason: str) -> bool:
        silent = next((connection for connection in order if not connection.busy), None)
        if silent is None:
            return False
        self.leave(silent)
        silent.end(reason)
        return True

    def touch(self, connection: Connection) -> None:
        """Count a connection as active just now."""
        for order in (self._order, self._by_source.setdefault(connection.source, {})):
            order.pop(connection, None)
            order[connection] = None

    def leave(self, connection: Connection) -> None:
        """Stop counting a connection."""
        self._order.pop(connection, None)
        here = self._by_source.get(connection.source, {})
        here.pop(connection, None)
        if not here:
            self._by_source.pop(connection.source, None)

    def end_overdue(self, now: float) -> None:
        """Close the connections whose clients took longer than the limits allow."""
        for connection in list(self._order):
            connection.end_if_overdue(now)
