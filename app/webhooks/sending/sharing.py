"""Sharing out the places of one process: nobody holds so many that others wait for a receiver that is not theirs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from uuid import UUID

from app.kit.due import Key


class Places:
    """The places that are free, and who holds the others: agencies, and the endpoints of each."""

    def __init__(self, free: int, held: Mapping[Key, int]) -> None:
        self._free = free
        self._of_endpoint = Counter(held)
        self._of_agency: Counter[UUID] = Counter()
        for (agency_id, _), number in held.items():
            self._of_agency[agency_id] += number
        self._waiting: Counter[UUID] = Counter()

    def queue(self, endpoints: Iterable[Key]) -> None:
        """These wait for places now: what is free is divided among them."""
        self._waiting = Counter(agency_id for agency_id, _ in endpoints)

    def left_for(self, endpoint: Key) -> int:
        """How many more an endpoint may take: it leaves as many to the others of its agency as it holds itself, and
        its agency as many to other agencies; nor more than its share among those who wait. Who holds none may take one
        as long as one is free."""
        agency_id = endpoint[0]
        of_agency = _share(self._free, self._of_agency[agency_id], len(self._waiting))
        return _share(of_agency, self._of_endpoint[endpoint], self._waiting[agency_id])

    def take(self, endpoint: Key, number: int) -> None:
        """It takes so many, and waits no longer."""
        self._waiting = +(self._waiting - Counter([endpoint[0]]))
        self._free -= number
        self._of_agency[endpoint[0]] += number
        self._of_endpoint[endpoint] += number


def _share(left: int, held: int, waiting: int) -> int:
    if held == 0 and left > 0:
        return max(1, min(left // 2, left // max(1, waiting)))
    return max(0, min((left - held) // 2, left // max(1, waiting)))
