"""Places of a process are shared out so that nobody waits for a receiver that is not theirs."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.webhooks.sending.sharing import Places

AGENCIES = [UUID(int=number) for number in range(1, 13)]


def endpoint(agency: int, number: int) -> tuple[UUID, UUID]:
    return AGENCIES[agency], UUID(int=1000 * (agency + 1) + number)


def served(places: Places, *wanted: tuple[tuple[UUID, UUID], int]) -> list[int]:
    places.queue(key for key, _ in wanted)
    given = []
    for key, most in wanted:
        given.append(min(most, places.left_for(key)))
        places.take(key, given[-1])
    return given


def test_a_single_endpoint_takes_what_it_may_be_sent_at_once():
    assert served(Places(200, {}), (endpoint(0, 0), 50)) == [50]


def test_four_endpoints_that_hang_leave_places_for_a_fifth_and_for_other_agencies():
    held: dict[tuple[UUID, UUID], int] = {}
    for _ in range(10):
        places = Places(200 - sum(held.values()), held)
        for number, more in enumerate(served(places, *((endpoint(0, number), 50) for number in range(4)))):
            held[endpoint(0, number)] = held.get(endpoint(0, number), 0) + more
    assert 80 <= sum(held.values()) <= 100
    assert served(Places(200 - sum(held.values()), held), (endpoint(0, 5), 50)) >= [1]
    assert served(Places(200 - sum(held.values()), held), (endpoint(1, 0), 50)) >= [25]


def test_those_who_wait_together_get_about_the_same():
    given = served(Places(100, {}), *((endpoint(agency, 0), 50) for agency in range(5)))
    assert max(given) < 2 * min(given)


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9), st.integers(0, 60)), max_size=60))
def test_no_more_is_taken_than_there_is_and_who_holds_none_gets_one_while_there_is(asked: list[tuple[int, int, int]]):
    places, taken, free = Places(200, {}), 0, 200
    places.queue(endpoint(agency, number) for agency, number, _ in asked)
    seen: set[int] = set()
    for agency, number, most in asked:
        left = places.left_for(endpoint(agency, number))
        assert 0 <= left <= free
        assert left or agency in seen or not free
        seen.add(agency)
        taken = min(left, most)
        free -= taken
        places.take(endpoint(agency, number), taken)
