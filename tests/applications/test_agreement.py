"""Agreement of request, sweep and backfill: the stored state is the assessment, in any order of recording and sweeping.

A random life is recorded twice through the API. The first time is in the order in which it happened. The second time is
shuffled, as far as the API allows, late, and with sweeps in between. KEEPWARM_LIVES is the number of lives.
"""

import os
from datetime import timedelta
from random import Random

import pytest

from tests.applications.lived import Lived
from tests.applications.lives import Life
from tests.applications.order import Fact, bind
from tests.service import Client, Service

LIVES = int(os.environ.get("KEEPWARM_LIVES", "15"))
FIRST = int(os.environ.get("KEEPWARM_FIRST_LIFE", "0"))
MAX_AHEAD = timedelta(minutes=5)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + LIVES))
def test_a_life_told_in_any_order_leaves_what_the_rules_say_of_it(service: Service, operator: Client, seed: int):
    life = Life(seed)
    plain = Lived(service, operator, life)
    accepted = told_as_it_happened(plain, life)
    bind(accepted)
    shuffled = Lived(service, operator, life)
    told_in_any_order(shuffled, life, accepted)
    for one in (plain, shuffled):
        service.clock.now = life.end
        one.sweep()
        one.agrees()
        one.counts_without_gaps()
    for id, other in ((plain.id, shuffled.id), (plain.other, shuffled.other)):
        assert shuffled.stored(other) == plain.stored(id)


def told_as_it_happened(desk: Lived, life: Life) -> list[Fact]:
    """Record everything as it happens. Returns the accepted facts; facts that depend on a refused one are left out."""
    accepted: list[Fact] = []
    for fact in life.facts:
        desk.clock.now = max(desk.clock.now, fact.at)
        if fact.needs <= {one.label for one in accepted} and desk.tell(fact):
            accepted.append(fact)
    desk.clock.now = life.end
    return accepted


def told_in_any_order(desk: Lived, life: Life, accepted: list[Fact]) -> None:
    """Record the same facts in random order and time, with sweeps now and then while the clock moves on."""
    random, pending, told = Random(life.seed), list(accepted), set[str]()
    while pending:
        possible = [one for one in pending if one.at <= desk.clock.now + MAX_AHEAD and one.needs <= told]
        what = random.random()
        if possible and (what < 0.55 or desk.clock.now >= life.end):
            random.shuffle(possible)
            fact = next((one for one in possible if desk.tell(one)), None)
            if fact is not None:
                pending.remove(fact)
                told.add(fact.label)
                if desk.is_own(fact):
                    assert desk.stored(desk.id) == desk.judged(desk.id), (life.seed, fact)
            else:
                assert desk.clock.now < life.end, f"life {life.seed}: {possible} cannot be told"
        elif what < 0.8:
            hours = random.choice((0.01, 0.1, 1, 5, 24, 60, 300))
            desk.clock.now = min(life.end, desk.clock.now + timedelta(hours=hours))
        else:
            desk.sweep()
            desk.agrees()
