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
def test_facts_in_any_order_leave_what_the_rules_say(service: Service, operator: Client, seed: int):
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


def told_as_it_happened(agency: Lived, life: Life) -> list[Fact]:
    """Record everything as it happens. Returns the accepted facts; facts that depend on a refused one are left out."""
    accepted: list[Fact] = []
    for fact in life.facts:
        agency.clock.now = max(agency.clock.now, fact.at)
        if fact.needs <= {one.label for one in accepted} and agency.tell(fact):
            accepted.append(fact)
    agency.clock.now = life.end
    return accepted


def told_in_any_order(agency: Lived, life: Life, accepted: list[Fact]) -> None:
    """Record the same facts in random order and time, with sweeps now and then while the clock moves on."""
    random, pending, sent = Random(life.seed), list(accepted), set[str]()
    while pending:
        possible = [one for one in pending if one.at <= agency.clock.now + MAX_AHEAD and one.needs <= sent]
        what = random.random()
        if possible and (what < 0.55 or agency.clock.now >= life.end):
            random.shuffle(possible)
            fact = next((one for one in possible if agency.tell(one)), None)
            if fact is not None:
                pending.remove(fact)
                sent.add(fact.label)
                if agency.is_own(fact):
                    assert agency.stored(agency.id) == agency.judged(agency.id), (life.seed, fact)
            else:
                assert agency.clock.now < life.end, f"life {life.seed}: {possible} cannot be recorded"
        elif what < 0.8:
            hours = random.choice((0.01, 0.1, 1, 5, 24, 60, 300))
            agency.clock.now = min(life.end, agency.clock.now + timedelta(hours=hours))
        else:
            agency.sweep()
            agency.agrees()
