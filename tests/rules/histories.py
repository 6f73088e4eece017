"""Random histories of one application, for property tests: odd zones, odd regions, and facts that fall together.

Instants come from a small pool around moments at which something may tip (local midnights, clock changes, the edges of
the reply window and of an episode), so that ties and exact edges come up all the time instead of never. A history is
made from one seed, which is what a strategy draws: that makes thousands of them a minute.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from app.rules.calendar import Calendar, calendar
from app.rules.calendar_exceptions import CalendarException, Exceptions
from app.rules.history import (
    Commitment,
    ContactStyle,
    History,
    Interaction,
    Interview,
    Revision,
    Transition,
    Waiver,
    Word,
)
from app.rules.policy import DEFAULTS, Policy, overlay, values
from app.rules.stages import ACTIVE, STAGES

Question = tuple[History, Policy, datetime]
"""What `assess` takes."""

THOROUGH = "KEEPWARM_LAW_EXAMPLES"
"""The environment variable with the number of histories for each law; 2,000 and more before a release."""

LAW = settings(
    max_examples=int(os.environ.get(THOROUGH, "200")),
    deadline=None,
    database=None,
    derandomize=THOROUGH not in os.environ,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)

ZONES = (
    "Australia/Sydney",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/St_Johns",
    "Europe/London",
    "UTC",
)
REGIONS = ("AU-NSW", "EG", "BR-SP", "IN", "CN", "CA-NL", "GB-ENG")

TURNS = (
    datetime(2018, 2, 18, 2, tzinfo=UTC),  # São Paulo: midnight comes, and goes back to the day before
    datetime(2018, 11, 4, 3, tzinfo=UTC),  # São Paulo: no midnight
    datetime(2011, 12, 30, 10, tzinfo=UTC),  # Apia: no 30 December at all
    datetime(2010, 11, 7, 2, tzinfo=UTC),  # St. John's: back to yesterday at one minute past midnight
    datetime(2011, 3, 13, 4, tzinfo=UTC),  # St. John's: an hour lost at one minute past midnight
    datetime(2024, 4, 25, 22, tzinfo=UTC),  # Cairo: no midnight on a Friday, which is a weekend there
    datetime(2024, 10, 31, 21, tzinfo=UTC),  # Cairo: midnight goes back
    datetime(2025, 3, 29, 22, tzinfo=UTC),  # Beirut: no midnight
    datetime(2026, 4, 4, 15, tzinfo=UTC),  # Lord Howe: half an hour back, in the Easter weekend
    datetime(2026, 3, 4, 23, tzinfo=UTC),  # an ordinary week
    datetime(2025, 12, 23, 13, tzinfo=UTC),  # Christmas
    datetime(2026, 9, 28, 1, tzinfo=UTC),  # China works on a Sunday and rests for a week
)

_AROUND = tuple(sorted({turn.date() + timedelta(days=n) for turn in TURNS for n in range(-3, 10)}))
EXCEPTIONS: tuple[Exceptions, ...] = (
    (),
    (),
    tuple(CalendarException(day, working=False) for day in _AROUND[::3]),
    tuple(CalendarException(day, working=day.weekday() >= 5) for day in _AROUND[::2]),
    (CalendarException("Christmas Day", working=True), CalendarException("Good Friday", working=True)),
)

_EDGES = (0, 0, 0, 0, 1, -1, 60, 3600, 3601, 3599, 7200, 10 * 3600, 24 * 3600, 48 * 3600, 48 * 3600 + 1, 47 * 3600)
_PARTIES = ("candidate", "recruiter", "client")
_SAID = (
    ("candidate", "recruiter", ("chase", "chase", "question", "unspecified", "feedback_request", "answer", "debrief")),
    ("candidate", "client", ("chase", "thank_you", "feedback_request", "unspecified", "information", "scheduling")),
    ("recruiter", "candidate", ("check_in", "question", "information", "coaching", "offer", "debrief", "scheduling")),
    ("recruiter", "client", ("interview_follow_up", "interview_follow_up", "chase", "question", "unspecified")),
    ("client", "recruiter", ("answer", "information", "interview_follow_up", "question", "unspecified")),
    ("client", "candidate", ("scheduling", "question", "information", "offer")),
)
_CHANNELS = ("phone", "email", "email", "email", "linkedin", "facebook", "other_social", "whatsapp", "in_person")


def histories() -> st.SearchStrategy[History]:
    """Histories, half of them lifelike (one stage after another, a chatty candidate), half of them anything at all."""
    return st.integers(0, 2**48).map(lambda seed: _Maker(seed).history())


def questions() -> st.SearchStrategy[Question]:
    """A history, a policy and an instant at a fact, at its edge, between, long before or long after."""
    return st.integers(0, 2**48).map(lambda seed: _Maker(seed).question())


class _Maker:
    """One seed's choices."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pick = self.random.choice
        self.lifelike = self.odds(2)
        self.agency = self._calendar()
        self.client = self.agency if self.odds(2) else self._calendar()
        self.candidate = self.agency if self.odds(2) else self._calendar()
        self.pool = self._pool()

    def odds(self, n: int) -> bool:
        """True once in n times."""
        return self.random.randrange(n) == 0

    def question(self) -> Question:
        history = self.history()
        return history, self.policy(), self.asked_at()

    def history(self) -> History:
        interviews = tuple(self._interview(number) for number in range(self.pick((0, 1, 1, 2, 3))))
        stages = ("interview_scheduled",) if self.lifelike else (*STAGES, *ACTIVE)
        return History(
            opened_at=min(self.pool) - timedelta(days=3) if self.lifelike or self.odds(2) else self._moment(),
            opening_stage=self.pick(stages),
            agency=self.agency,
            client=self.client,
            candidate=self.candidate,
            away=tuple(self._away() for _ in range(self.pick((0, 0, 1, 2)))),
            style=ContactStyle(
                self.pick(("welcome", "via_recruiter")),
                self.pick(("discouraged", "welcome")),
                self.pick(("direct", "via_recruiter", "unwelcome")),
            ),
            interactions=tuple(self._interaction(number, interviews) for number in range(self.random.randrange(14))),
            interviews=interviews,
            revisions=tuple(self._revision(number) for number in range(self.pick((0, 0, 1, 2, 3)))),
            commitments=tuple(self._commitment(number) for number in range(self.pick((0, 0, 0, 1, 2)))),
            transitions=tuple(self._transition(number) for number in range(self.pick((0, 0, 1, 2, 3)))),
            waivers=tuple(Waiver(f"w{x.id}", x.id, self._moment()) for x in interviews if self.odds(5)),
            heard_elsewhere=tuple(Word(f"e{number}", self._moment()) for number in range(self.pick((0, 0, 0, 1)))),
        )

    def policy(self) -> Policy:
        """The defaults, or a policy with sections of its own: small numbers, late interviews, rules switched off."""
        if self.odds(2):
            return DEFAULTS
        overrides: dict[str, Any] = {}
        for name, section in values(DEFAULTS).items():
            if not isinstance(section, dict):
                if self.odds(4):
                    overrides[name] = self.random.randint(1, 72)
            elif self.odds(3):
                overrides[name] = self._section(section)
        return overlay(overrides)

    def asked_at(self) -> datetime:
        at = self._moment() + timedelta(hours=self.pick((0, 0, 0, 5, 24, 30, 100, 240, 24 * 45)))
        if self.odds(5):
            place = self._place()
            at = place.sod(place.day(at)) + timedelta(microseconds=self.random.randint(-1, 1))
        if self.odds(40):
            at = self.pick((datetime(1990, 1, 1, tzinfo=UTC), datetime(2150, 6, 1, tzinfo=UTC)))
        return at

    def _calendar(self) -> Calendar:
        return calendar(self.pick(ZONES), self.pick(REGIONS), self.pick(EXCEPTIONS))

    def _place(self) -> Calendar:
        return self.pick((self.agency, self.client, self.candidate))

    def _pool(self) -> list[datetime]:
        around = self.pick(TURNS)
        half_hours = self.pick((96, 300, 900))
        pool = [around]
        for _ in range(self.random.randint(3, 9)):
            at = around + timedelta(minutes=30 * self.random.randint(-half_hours // 2, half_hours))
            if self.odds(2):
                place = self._place()
                at = place.sod(place.day(at))
            pool.append(at)
        return pool

    def _moment(self) -> datetime:
        return self.pick(self.pool) + timedelta(seconds=self.pick(_EDGES))

    def _day(self) -> date:
        return self.client.day(self.pick(self.pool)) + timedelta(days=self.pick((0, 0, 1, 3, -2, 10)))

    def _away(self) -> tuple[date, date]:
        first = self._day()
        return first, first + timedelta(days=self.random.randint(-1, 9))

    def _interview(self, number: int) -> Interview:
        ends_at = min(self.pool) if self.lifelike and number == 0 else self._moment()
        starts_at = ends_at - timedelta(hours=1)
        booked_at = min(starts_at, self._moment())
        status = "scheduled" if self.odds(2) else self.pick(("completed", "cancelled", "no_show", "scheduled"))
        status_at = max(booked_at, self._moment()) if status != "scheduled" and self.odds(2) else None
        return Interview(f"i{number}", booked_at, starts_at, ends_at, self.random.randint(1, 2), status, status_at)

    def _interaction(self, number: int, interviews: tuple[Interview, ...]) -> Interaction:
        said = self.pick(_SAID[:2] if self.lifelike and self.odds(2) else _SAID)
        oddity = self.random.randrange(20)
        return Interaction(
            id=f"x{number:02}",
            at=self._moment(),
            sender=said[0],
            receiver=said[1],
            channel=self.pick(_CHANNELS),
            purpose=self.pick(said[2]),
            two_way=self.odds(4),
            automatic=oddity == 0,
            in_reply_to="x-earlier" if oddity == 1 else None,
            expects_reply={2: True, 3: False}.get(oddity),
            interview_id=self.pick((None, None, None, "i-gone", *(interview.id for interview in interviews))),
        )

    def _revision(self, number: int) -> Revision:
        return Revision(
            id=f"r{number}",
            stated_at=self._moment(),
            stated_by=self.pick(("client", "client", "recruiter", "candidate")),
            decision_by=self._day() if self.odds(2) else None,
            contact_from=self._day() if self.odds(3) else None,
            told=f"{number}",
        )

    def _commitment(self, number: int) -> Commitment:
        return Commitment(
            id=f"c{number}",
            owed_by=self.pick(_PARTIES),
            made_at=self._moment(),
            due_on=self._day(),
            fulfilled_at=self._moment() if self.odds(4) else None,
            cancelled_at=self._moment() if self.odds(6) else None,
        )

    def _transition(self, number: int) -> Transition:
        to = self.pick((*ACTIVE, "interviewed", "awaiting_decision") if self.lifelike else STAGES)
        return Transition(f"t{number}", to, self._moment(), f"{number}", "a reason")

    def _section(self, section: dict[str, Any]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        steps = sorted(self.random.randint(1, 9) for _ in range(3))
        for name, value in section.items():
            if isinstance(value, bool):
                made[name] = not self.odds(5)
            elif name in ("watch", "warning", "critical"):
                made[name] = steps[("watch", "warning", "critical").index(name)]
            elif isinstance(value, int):
                made[name] = self.random.randint(1, 12)
            elif isinstance(value, dict):
                made[name] = self._section(value)
            else:
                made[name] = self.pick(("00:00", "09:30", "12:00", "17:00", "23:59"))
        return made
