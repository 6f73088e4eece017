"""The cost of one assessment, beside one look at each of its facts: the local day it fell on."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.rules.assess import assess
from app.rules.calendar import calendar
from app.rules.history import History, Interaction, Interview, Revision
from app.rules.policy import DEFAULTS
from tests.bench.timing import ratio, show, title

OPENED = datetime(2026, 3, 1, 22, tzinfo=UTC)
_SAID = (
    ("candidate", "recruiter", "debrief"),
    ("recruiter", "client", "interview_follow_up"),
    ("candidate", "client", "thank_you"),
    ("recruiter", "candidate", "check_in"),
    ("candidate", "recruiter", "chase"),
    ("recruiter", "candidate", "information"),
    ("recruiter", "client", "chase"),
    ("client", "recruiter", "answer"),
)


def history() -> History:
    """An application of four weeks over three time zones: 30 interactions, 3 interviews, 2 revisions."""
    hours = [OPENED + timedelta(hours=48 + 19 * number) for number in range(30)]
    said = [
        Interaction(f"said{number:02}", at, *_SAID[number % 8][:2], "email", _SAID[number % 8][2], number % 7 == 0)
        for number, at in enumerate(hours)
    ]
    held = [hours[0] - timedelta(hours=20), hours[10], hours[22]]
    return History(
        OPENED,
        "interview_scheduled",
        calendar("Australia/Sydney", "AU-NSW"),
        calendar("Australia/Perth", "AU-WA"),
        calendar("Australia/Brisbane", "AU-QLD"),
        interactions=tuple(said),
        interviews=tuple(
            Interview(f"held{round}", at - timedelta(hours=40), at, at + timedelta(hours=1), round)
            for round, at in enumerate(held, 1)
        ),
        revisions=(
            Revision("revision1", hours[1], "client", decision_by=date(2026, 3, 10)),
            Revision("revision2", hours[15], "client", decision_by=date(2026, 3, 25)),
        ),
    )


def run(runs: int, times: int = 2000) -> None:
    """Print the microseconds of CPU of one assessment, `times` of them a run."""
    whole = history()
    now = OPENED + timedelta(days=28)
    days = [whole.opened_at, *(said.at for said in whole.interactions)]
    ours, baselines = [], []
    for _ in range(runs):
        # Each is assessed once, as the service does: nothing may be remembered on it.
        fresh = [replace(whole) for _ in range(times)]
        ours.append(_microseconds(lambda one: assess(one, DEFAULTS, now), fresh))
        baselines.append(_microseconds(lambda one: [one.agency.day(at) for at in days], fresh))
    title("assess: 30 interactions, 3 interviews, 2 revisions")
    show("one assessment, µs of CPU (good ≤ 150, ≤ 60)", ours)
    show("the local day of each fact alone, µs", baselines)
    ratio("times that baseline", ours, baselines, "no target")


def _microseconds(work: Callable[[History], Any], over: list[History]) -> float:
    started = time.process_time()
    for one in over:
        work(one)
    return (time.process_time() - started) / len(over) * 1e6
