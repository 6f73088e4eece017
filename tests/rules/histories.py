"""Random histories of one application, for property tests: odd zones, odd regions, and simultaneous facts.

Instants come from a small pool around moments at which something changes: local midnights, clock changes, and the edges
of time windows. So ties and exact edges are frequent. A history is made from one seed, which a strategy draws:
thousands of them take a minute.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from app.rules.calendar import Calendar, calendar
from app.rules.calendar_exceptions import CalendarException, Exceptions
from app.rules.history import (
    Check,
    Commitment,
    ContactStyle,
    History,
    Interaction,
    Interview,
    KeepWarmMark,
    Milestone,
    OtherContact,
    Revision,
    Transition,
    Waiver,
)
from app.rules.policy import DEFAULTS, Policy, overlay, values
from app.rules.stages import ACTIVE
from tests.rules import phases
from tests.rules.literal import Literal
from tests.rules.phases import ANYTHING, ASKING, CHANNELS, CHASING, CHECK_KINDS, ENDED, PARTIES, PHASES

T = TypeVar("T")

Question = tuple[History, Policy, datetime]
"""The arguments of `assess`."""

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

_HOUR, _DAY = 3600, 24 * 3600
_EDGES = (
    *(0, 0, 0, 0, 1, -1, 60, -_HOUR, -_HOUR - 1, _HOUR - 1, _HOUR, _HOUR + 1, 2 * _HOUR, 10 * _HOUR),
    *(_DAY, 2 * _DAY - _HOUR, 2 * _DAY, 2 * _DAY + 1),
)


def histories() -> st.SearchStrategy[History]:
    """Return histories, most of them lifelike: a wait, an offer accepted, an end; the others anything at all."""
    return st.integers(0, 2**48).map(lambda seed: question(seed)[0])


def questions() -> st.SearchStrategy[Question]:
    """Return a history, a policy and an instant at a fact, at its edge, between, long before or long after."""
    return st.integers(0, 2**48).map(question)


def question(seed: int) -> Question:
    """Return the question of one seed."""
    return _Maker(seed).question()


class _Maker:
    """One seed's choices."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.pick = self.random.choice
        self.phase: phases.Phase = self.pick(PHASES)
        self.lifelike = self.phase is not ANYTHING
        self.agency = self._calendar()
        self.client = self.agency if self.odds(2) else self._calendar()
        self.candidate = self.agency if self.odds(2) else self._calendar()
        self.pool = self._pool()

    def odds(self, n: int) -> bool:
        """Return True once in n times."""
        return self.random.randrange(n) == 0

    def question(self) -> Question:
        history, policy, now = self.history(), self.policy(), self.asked_at()
        if self.odds(4):
            now = self._edge(history, policy, now)
        return history, policy, now

    def _edge(self, history: History, policy: Policy, now: datetime) -> datetime:
        """Return an instant at or beside one at which something opens, is due or began."""
        literal = Literal(history, policy, now)
        edges = [at for action in literal.actions for at in (action.opens_at, action.due_at)]
        edges.extend(literal.since.values())
        return self.pick(edges) + timedelta(microseconds=self.pick((-1, 0, 0, 0, 1))) if edges else now

    def history(self) -> History:
        interviews = tuple(
            self._interview(number)
            for number in range(self.pick((1, 1, 1, 2) if self.phase.calls_at_once else (0, 1, 1, 2, 3)))
        )
        phase, transitions = self.phase, self._transitions()
        milestones, revisions = self._milestones(transitions), self._some(self._revision, *phase.revisions)
        job_status = self.pick(("open", "open", "open", "on_hold", "filled", "closed"))
        return History(
            opened_at=min(self.pool) - timedelta(days=3) if self.lifelike or self.odds(2) else self._moment(),
            opening_stage=self.pick(phase.opens_in),
            agency=self.agency,
            client=self.client,
            candidate=self.candidate,
            away=self._some(self._away, 0, 0, 1, 2),
            style=ContactStyle(
                self.pick(("welcome", "via_recruiter")),
                self.pick(("discouraged", "welcome")),
                self.pick(("direct", "via_recruiter", "unwelcome")),
            ),
            interactions=(
                *self._interactions(interviews),
                *self._news(milestones),
                *self._informed(revisions),
                *self._last_words(transitions),
            ),
            interviews=interviews,
            revisions=revisions,
            commitments=self._some(self._commitment, 0, 0, 0, 1, 2),
            transitions=transitions,
            waivers=tuple(Waiver(f"w{x.id}", x.id, self._moment()) for x in interviews if self.odds(5)),
            checks=self._some(self._check, *phase.checks),
            milestones=milestones,
            keep_warm=self._marks(),
            heard_elsewhere=self._some(lambda number: OtherContact(f"e{number}", self._moment()), 0, 0, 0, 1),
            contacts_elsewhere=self._some(lambda number: OtherContact(f"o{number}", self._moment()), 0, 0, 1, 2),
            job_status="open" if self.phase.calls_at_once or self.odds(3) else job_status,
            job_status_at=None if self.odds(4) else self._moment(),
        )

    def _some(self, make: Callable[[int], T], *lengths: int) -> tuple[T, ...]:
        """Return a few facts, their number one of the lengths."""
        return tuple(make(number) for number in range(self.pick(lengths)))

    def policy(self) -> Policy:
        """Return the defaults, or a policy with small numbers, late interviews and switched-off rules."""
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
        at = max(self._moment(), self._moment()) if self.lifelike else self._moment()
        at += timedelta(hours=self.pick((0, 0, 0, 5, 24, 30, 72, 72, 100, 100, 150, 240, 24 * 45)))
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
        half_hours = 240 if self.phase in (CHASING, ASKING) else self.pick((96, 300, 900))
        pool = [around]
        for _ in range(self.random.randint(7 if self.phase in (CHASING, ASKING) else 3, 9)):
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

    def _away(self, _number: int) -> tuple[date, date]:
        first = self._day()
        return first, first + timedelta(days=self.random.randint(-1, 9))

    def _interview(self, number: int) -> Interview:
        ends_at = min(self.pool) if self.lifelike and number == 0 else self._moment()
        starts_at = ends_at - timedelta(hours=1)
        booked_at = min(starts_at, self._moment())
        status = "scheduled" if self.odds(2) else self.pick(("completed", "cancelled", "no_show", "scheduled"))
        status_at = max(booked_at, self._moment()) if status != "scheduled" and self.odds(2) else None
        return Interview(f"i{number}", booked_at, starts_at, ends_at, self.random.randint(1, 2), status, status_at)

    def _interactions(self, interviews: tuple[Interview, ...]) -> tuple[Interaction, ...]:
        found = [self._interaction(number, interviews) for number in range(self.random.randint(*self.phase.length))]
        if self.phase.calls_at_once and interviews and not self.odds(6):
            at = max(x.ends_at for x in interviews) + timedelta(minutes=self.pick((0, 60, 240)))
            said = self.pick((("recruiter", "client"), ("recruiter", "client"), ("client", "recruiter")))
            found.append(Interaction("x-rung", at, *said, "phone", "interview_follow_up", not self.odds(4)))
            found.append(Interaction("x-heard", at, "candidate", "recruiter", "phone", "debrief", not self.odds(3)))
        return tuple(found)

    def _interaction(self, number: int, interviews: tuple[Interview, ...]) -> Interaction:
        said = self.pick(self.phase.lines)
        oddity = self.random.randrange(20)
        return Interaction(
            id=f"x{number:02}",
            at=self._moment(),
            sender=said[0],
            receiver=said[1],
            channel=self.pick(CHANNELS),
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
            decision_by=self._day() + timedelta(days=self.pick((0, 0, 0, 14, 30))) if self.odds(2) else None,
            contact_from=self._day() if self.odds(1 if self.phase in (CHASING, ASKING) else 3) else None,
            recorded=f"{number}",
        )

    def _commitment(self, number: int) -> Commitment:
        return Commitment(
            id=f"c{number}",
            owed_by=self.pick(PARTIES),
            made_at=self._moment(),
            due_on=self._day(),
            fulfilled_at=self._moment() if self.odds(4) else None,
            cancelled_at=self._moment() if self.odds(6) else None,
        )

    def _transitions(self) -> tuple[Transition, ...]:
        stages = [self.pick(self.phase.moves_to) for _ in range(self.pick(self.phase.moves))]
        if self.phase is ENDED and self.odds(3):
            stages[1:] = [self.pick(ACTIVE), *stages[1:]]
        moments = [self._moment() for _ in stages]
        if self.lifelike:
            moments.sort()
        return tuple(
            Transition(f"t{number}", to, at, f"{number}", "a reason")
            for number, (to, at) in enumerate(zip(stages, moments, strict=True))
        )

    def _check(self, number: int) -> Check:
        kind, asked_at = self.pick(CHECK_KINDS), self._moment()
        return Check(
            id=f"q{number}",
            kind=kind,
            result_from=self.pick(("recruiter", "client")),
            asked_at=asked_at,
            booked_for=self._moment() + timedelta(days=self.pick((0, 0, 2, 9))) if self.odds(3) else None,
            prepared_at=self._from(asked_at) if self.odds(4) else None,
            ready_at=self._from(asked_at) if self.odds(2) else None,
            result_by=self._day() if self.odds(3) else None,
            done_at=self._from(asked_at) if self.odds(4) else None,
            cancelled_at=self._from(asked_at) if self.odds(6) else None,
        )

    def _milestones(self, transitions: tuple[Transition, ...]) -> tuple[Milestone, ...]:
        """Return a few milestones, sometimes two of one instant, and a start at the instant of a transition."""
        found = list(self._some(self._milestone, *self.phase.milestones))
        if found and self.odds(3):
            twin = self.pick(found)
            at = twin.at + timedelta(seconds=self.pick((0, 0, 1, -1)))
            kind = "counter_offer_declined" if twin.kind == "counter_offer" and not self.odds(3) else twin.kind
            on = twin.on + timedelta(days=self.pick((-9, 3, 9))) if twin.on else None
            found.append(Milestone("m-twin", kind, at, on, self.pick(("", "9"))))
        if transitions and self.odds(12):
            found.append(Milestone("m-start", "started", self.pick(transitions).at, None, "8"))
        return tuple(found)

    def _news(self, milestones: tuple[Milestone, ...]) -> tuple[Interaction, ...]:
        """Return the talk that brought the news of a milestone, at its instant or beside it."""
        if not milestones or not self.odds(4):
            return ()
        at = self.pick(milestones).at + timedelta(seconds=self.pick((0, 0, -1, 3600)))
        said = self.pick((("candidate", "recruiter"), ("recruiter", "candidate")))
        return (Interaction("x-news", at, *said, "phone", "information", two_way=True),)

    def _informed(self, revisions: tuple[Revision, ...]) -> tuple[Interaction, ...]:
        """Return the word that lets the candidate know of a date, as it is stated or later."""
        if not revisions or not self.odds(3):
            return ()
        at = self.pick(revisions).stated_at + timedelta(seconds=self.pick((0, -1, 60, 24 * 3600)))
        return (Interaction("x-informed", at, "recruiter", "candidate", "phone", "information", self.odds(2)),)

    def _last_words(self, transitions: tuple[Transition, ...]) -> tuple[Interaction, ...]:
        """Return a word to the candidate shortly before an end."""
        if self.phase is not ENDED or not transitions or not self.odds(3):
            return ()
        at = transitions[0].at - timedelta(seconds=self.pick((0, 1, 3600, 6 * 3600)))
        purpose = self.pick(("answer", "information", "unspecified", "offer"))
        return (Interaction("x-last", at, "recruiter", "candidate", "email", purpose, self.odds(4)),)

    def _milestone(self, number: int) -> Milestone:
        kind = self.pick(self.phase.steps)
        on = self._day() + timedelta(days=self.pick((0, 0, 7, 30))) if kind == "start_agreed" else None
        return Milestone(f"m{number}", kind, self._moment(), on, f"{number}")

    def _marks(self) -> tuple[KeepWarmMark, ...]:
        """Return a few marks, sometimes two of one instant."""
        found = self._some(self._mark, *self.phase.marks)
        if found and self.odds(3):
            until = found[0].until + timedelta(days=self.pick((-20, 20)))
            found = (*found, KeepWarmMark("k-twin", found[0].at, until, None, self.pick(("", "9"))))
        return found

    def _mark(self, number: int) -> KeepWarmMark:
        at = self._moment()
        until = self.agency.day(at) + timedelta(days=self.pick((1, 30, 46, 60, 365, 365)))
        return KeepWarmMark(f"k{number}", at, until, self._from(at) if self.odds(5) else None, f"{number}")

    def _from(self, earliest: datetime) -> datetime:
        """Return a moment that is not before another."""
        return max(earliest, self._moment())

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
