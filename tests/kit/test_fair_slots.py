"""Slots of a process are shared so that nobody waits for a receiver that is not theirs."""

import asyncio
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.kit.concurrency_slots import SlotPool, SlotShares
from app.kit.errors import Problem

AGENCIES = [UUID(int=number) for number in range(1, 13)]


def endpoint(agency: int, number: int) -> tuple[UUID, UUID]:
    return AGENCIES[agency], UUID(int=1000 * (agency + 1) + number)


def served(shares: SlotShares, *wanted: tuple[tuple[UUID, UUID], int]) -> list[int]:
    shares.queue(key for key, _ in wanted)
    given = []
    for key, most in wanted:
        given.append(min(most, shares.left_for(key)))
        shares.take(key, given[-1])
    return given


def test_a_single_endpoint_takes_what_it_may_be_sent_at_once():
    assert served(SlotShares(200, {}), (endpoint(0, 0), 50)) == [50]


def test_four_endpoints_that_hang_leave_places_for_a_fifth_and_for_other_agencies():
    held: dict[tuple[UUID, UUID], int] = {}
    for _ in range(10):
        shares = SlotShares(200 - sum(held.values()), held)
        for number, more in enumerate(served(shares, *((endpoint(0, number), 50) for number in range(4)))):
            held[endpoint(0, number)] = held.get(endpoint(0, number), 0) + more
    assert 80 <= sum(held.values()) <= 100
    assert served(SlotShares(200 - sum(held.values()), held), (endpoint(0, 5), 50)) >= [1]
    assert served(SlotShares(200 - sum(held.values()), held), (endpoint(1, 0), 50)) >= [25]


def test_those_who_wait_together_get_about_the_same():
    given = served(SlotShares(100, {}), *((endpoint(agency, 0), 50) for agency in range(5)))
    assert max(given) < 2 * min(given)


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 9), st.integers(0, 60)), max_size=60))
def test_no_more_is_taken_than_there_is_and_who_holds_none_gets_one_while_there_is(asked: list[tuple[int, int, int]]):
    shares, taken, free = SlotShares(200, {}), 0, 200
    shares.queue(endpoint(agency, number) for agency, number, _ in asked)
    seen: set[int] = set()
    for agency, number, most in asked:
        left = shares.left_for(endpoint(agency, number))
        assert 0 <= left <= free
        assert left or agency in seen or not free
        seen.add(agency)
        taken = min(left, most)
        free -= taken
        shares.take(endpoint(agency, number), taken)


def test_what_ends_one_piece_of_work_leaves_the_others_to_their_end():
    ended: list[str] = []

    async def away() -> None:
        raise Problem(503, "database_unavailable", "The database is away.")

    async def both() -> None:
        pool, gone_away = SlotPool("test", 2), asyncio.Event()

        async def slow() -> None:
            await gone_away.wait()
            ended.append("slow")

        pool.start(endpoint(0, 0), away())
        pool.start(endpoint(0, 1), slow())
        await pool.rest(30)
        assert pool.held == {endpoint(0, 1): 1}
        gone_away.set()
        await pool.wait_until_idle()

    asyncio.run(both())
    assert ended == ["slow"]


def test_a_full_pool_is_waited_for_and_a_free_slot_is_offered_at_once():
    async def fill() -> list[int]:
        pool, gates = SlotPool("test", 2), [asyncio.Event() for _ in range(2)]
        for number, gate in enumerate(gates):
            pool.start(endpoint(0, number), _passing(gate))
        asking = asyncio.create_task(pool.shares())
        done, _ = await asyncio.wait([asking], timeout=0.01)
        assert not done
        gates[1].set()
        free = [(await asking).free]
        await pool.stop()
        return [*free, pool.held.total()]

    assert asyncio.run(fill()) == [1, 0]


async def _passing(gate: asyncio.Event) -> None:
    await gate.wait()
