"""Joining receptions and kills: a repeated reception was in progress when its very worker was killed."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

from app.webhooks.sending.schedule import JITTER, RETRY_DELAYS
from tests.crash.joining import Findings
from tests.crash.killing import Kill
from tests.crash.receiver import Receipt

SLACK = 1.0
"""The receiver may read a request a moment after its sender was seen dead: by so many seconds at most."""
STAMP = 1.0
"""A timestamp counts whole seconds, so that an attempt began up to so many seconds after it."""
CLAIMING = 10.0
"""A lease runs from before its claim is committed; its attempt is stamped so many seconds later at most."""
SOONEST_RETRY = RETRY_DELAYS[1].total_seconds() * (1 - JITTER)
"""The second attempt comes no sooner after a failed first; an attempt that died unsettled comes far later."""


def join_repeats(
    name: str, ledger: Mapping[str, Sequence[Receipt]], kills: Sequence[Kill], lease: float, concurrency: int,
    findings: Findings,
) -> None:  # fmt: skip
    """No acceptance twice but after a kill: one of an event for each kill, and no more than are under way at once.

    A kill explains a repeat where it ended the worker of the attempt before, and the repeat waited for the lease to
    end. It came after that attempt was received and while its lease ran.
    """
    died = {kill.process: kill.at for kill in kills if kill.kind == "worker"}
    deaths = sorted(died.values())
    spent: Counter[str] = Counter()
    unexplained, hasty, since_kill, since_lease, retries, through = [], [], [], [], [], 0
    for came in ledger.values():
        for before, after in pairwise(came):
            waited = after.at - before.at
            if not before.accepted:
                retries.append(waited)
                at = bisect_left(deaths, before.at)
                through += at < len(deaths) and deaths[at] < after.at
                continue
            death, lease_ends = died.get(before.process), before.began + lease
            if death is None or not before.at - SLACK <= death < min(after.at, lease_ends + STAMP):
                unexplained.append(f"{waited:.2f} s after the first, by {before.process}, which died at {death}")
            elif after.at < lease_ends - CLAIMING:
                hasty.append(f"{waited:.2f} s after the first, under a lease of {lease:.0f} s")
            else:
                spent[before.process] += 1
                since_kill.append(after.at - death)
                since_lease.append(after.at - lease_ends)
    findings.count(f"{name}: accepted again, each by a kill of its own", spent.total())
    findings.count(f"{name}: most after one kill, of different events", max(spent.values(), default=0))
    findings.spread(f"{name}: accepted again after the kill", since_kill)
    findings.spread(f"{name}: accepted again after the lease", since_lease)
    findings.count(f"{name}: retries after a 500", len(retries))
    findings.count(f"{name}: retries that waited through a kill", through)
    findings.none(f"{name}: accepted again without a kill", unexplained)
    findings.none(f"{name}: accepted again before the lease ended", hasty)
    findings.none(f"{name}: accepted again beyond {concurrency} a kill", (n for n in spent.values() if n > concurrency))
    findings.none(f"{name}: retries too soon", (waited for waited in retries if waited < SOONEST_RETRY))
