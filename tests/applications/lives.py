"""Random lives of one application, as facts for the API.

The instants are near moments at which something changes, as in tests/rules/histories.py. A life is made from one seed,
so that a failure can be repeated.
"""

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from app.rules.calendar import calendar
from app.rules.stages import ENDED
from tests.applications.order import CHANGES, Fact
from tests.rules.histories import REGIONS, TURNS, ZONES

EDGES = tuple(timedelta(seconds=s) for s in (0, 0, 0, 1, -1, 3600, 3599, 10 * 3600, 48 * 3600, 48 * 3600 + 1))
PURPOSES = (
    *("thank_you", "debrief", "interview_follow_up", "chase", "chase", "feedback_request", "question", "question"),
    *("answer", "information", "scheduling", "check_in", "coaching", "offer", "unspecified", "unspecified"),
)
CHANNELS = ("phone", "email", "email", "linkedin", "facebook", "whatsapp", "in_person")
PARTIES = ("candidate", "recruiter", "client")
STAGES = (
    *("interview_scheduled", "interviewed", "awaiting_decision", "reference_check", "screening", "offer", "offer"),
    *("accepted", "on_hold", "placed", "rejected", "withdrawn", "offer_declined", "cancelled"),
)
MILESTONES = (
    *("written_offer", "resigned", "nothing_to_resign", "counter_offer", "counter_offer_declined", "start_agreed"),
    "started",
)


class Life:
    """A candidate on a job from one seed: where everybody is, the policy, and what happens."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random = Random(seed)
        self.agency = self._place()
        self.organisation = self._place() if random.random() < 0.6 else {}
        self.candidate = self._place() if random.random() < 0.6 else {}
        self.places = [calendar(**self._calendar(place)) for place in (self.organisation, self.candidate, {})]
        around = random.choice(TURNS)
        self.pool = [around, *(around + timedelta(minutes=30 * random.randint(-900, 1400)) for _ in range(8))]
        self.pool += [place.sod(place.day(random.choice(self.pool))) for place in self.places]
        self.opened_at = min(self.pool) - timedelta(days=random.randint(0, 3))
        self.stage = random.choice(("interview_scheduled", "interview_scheduled", "interview_scheduled", *STAGES))
        self.facts: list[Fact] = []
        self._used: set[datetime] = set()
        for number in range(random.randint(8, 28)):
            self._happens(number)
        self.end = max(fact.at for fact in self.facts) + timedelta(hours=random.choice((0, 1, 30, 100, 300, 900)))
        self.facts.sort(key=lambda fact: fact.at)

    def _place(self) -> dict[str, str]:
        return {"time_zone": self.random.choice(ZONES), "holiday_region": self.random.choice(REGIONS)}

    def _calendar(self, place: dict[str, str]) -> dict[str, str]:
        full = self.agency | place
        return {"zone": full["time_zone"], "region": full["holiday_region"]}

    def _moment(self, since: datetime | None = None) -> datetime:
        """Return an unused instant. At one instant the order of recording counts."""
        at = self.random.choice(self.pool) + self.random.choice(EDGES)
        if since is not None and at < since:
            at = since + timedelta(minutes=30 * self.random.randint(0, 300))
        while at in self._used:
            at += timedelta(seconds=1)
        self._used.add(at)
        return at

    def _day(self) -> date:
        return self.places[0].day(self.random.choice(self.pool)) + timedelta(days=self.random.choice((0, 0, 1, 3, 10)))

    def _labels(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.kind in kinds]

    def _happens(self, number: int) -> None:
        kinds = ("says", "says", "says", "says", "elsewhere", "interview", "interview", "call", "call", "revision")
        rarer = (
            "check",
            "check",
            "milestone",
            "milestone",
            "keep",
            "commitment",
            "transition",
            "transition",
            "transition",
            "waiver",
            "change",
            "change",
            "change",
            "settings",
            "pester",
        )
        kind = self.random.choice((*kinds, *rarer))
        getattr(self, f"_{kind}")(f"{kind}{number}")

    def _add(self, label: str, kind: str, at: datetime, body: dict[str, Any], about: str | None = None) -> None:
        self.facts.append(Fact(label, kind, at, body, {about} if about else set(), about))

    def _says(self, label: str, kind: str = "says") -> None:
        random = self.random
        who, whom = random.sample(PARTIES, 2)
        body: dict[str, Any] = {"from_party": who, "to_party": whom, "purpose": random.choice(PURPOSES)}
        body |= {"channel": random.choice(CHANNELS), "two_way": random.random() < 0.25}
        oddity, since, needs = random.randint(0, 14), None, set()
        if oddity == 0:
            body["automatic"] = True
        elif oddity in {1, 2}:
            body["expects_reply"] = oddity == 1
        elif oddity == 3 and (asked := self._labels(kind)):
            question = random.choice(asked)
            body["in_reply_to"], since = question.label, question.at
            needs.add(question.label)
        if kind == "says" and random.random() < 0.3 and (booked := self._labels("interview")):
            body["interview_id"] = random.choice(booked).label
            needs.add(body["interview_id"])
        at = self._moment(since)
        self._add(label, kind, at, body | {"occurred_at": at})
        self.facts[-1].needs |= needs

    def _pester(self, label: str) -> None:
        """Have the candidate ask repeatedly after an interview."""
        if not (booked := self._labels("interview")):
            return
        since = self.random.choice(booked).body["ends_at"]
        for number in range(self.random.randint(1, 4)):
            at = self._moment(since)
            whom, purpose = self.random.choice(("client", "recruiter")), self.random.choice(("chase", "unspecified"))
            body = {"from_party": "candidate", "to_party": whom, "purpose": purpose, "occurred_at": at}
            self._add(f"{label} {number}", "says", at, body | {"channel": self.random.choice(CHANNELS)})

    def _elsewhere(self, label: str) -> None:
        self._says(label, "elsewhere")

    def _interview(self, label: str) -> None:
        ends_at = self._moment()
        starts_at = ends_at - timedelta(hours=self.random.choice((1, 1, 2)))
        at = min(starts_at, self._moment())
        number = len(self._labels("interview")) + 1  # no two alike: of two that end together the higher is the last
        body = {"booked_at": at, "starts_at": starts_at, "ends_at": ends_at, "round": number}
        self._add(label, "interview", at, body)

    def _call(self, label: str) -> None:
        if not (booked := self._labels("interview")):
            return
        interview, random = self.random.choice(booked), self.random
        at = self._moment(interview.body["starts_at"])
        body: dict[str, Any] = {"occurred_at": at, "reached": random.random() < 0.6}
        if random.random() < 0.3:
            body["commitments"] = [
                {"owed_by": random.choice(PARTIES), "description": "A promise", "due_on": self._day()}
            ]
        kind = random.choice(("follow-ups", "debriefs"))
        if kind == "follow-ups" and random.random() < 0.5:
            body["timeline"] = self._timeline()
        self._add(label, kind, at, body, interview.label)

    def _timeline(self) -> dict[str, Any]:
        said = {"stated_by": self.random.choice(("client", "client", "recruiter", "candidate")), "note": "So they said"}
        dates = {name: self._day() for name in ("decision_by", "contact_from") if self.random.random() < 0.6}
        return said | dates

    def _revision(self, label: str) -> None:
        at = self._moment()
        self._add(label, "revision", at, self._timeline() | {"stated_at": at})

    def _commitment(self, label: str) -> None:
        at = self._moment()
        body = {
            "owed_by": self.random.choice(PARTIES),
            "description": "A promise",
            "due_on": self._day(),
            "made_at": at,
        }
        self._add(label, "commitment", at, body)

    def _check(self, label: str) -> None:
        random, at = self.random, self._moment()
        kind = random.choice(("reference", "reference", "medical", "background", "licence", "other"))
        body: dict[str, Any] = {"kind": kind, "asked_at": at}
        if random.random() < 0.3:
            body |= {"booked_for": random.choice(self.pool) + random.choice(EDGES)}
        if random.random() < 0.3:
            body |= {"result_by": self._day(), "result_from": random.choice(("recruiter", "client"))}
        self._add(label, "check", at, body)

    def _milestone(self, label: str) -> None:
        at = self._moment()
        kind = self.random.choice(MILESTONES)
        body: dict[str, Any] = {"kind": kind, "at": at}
        if kind == "start_agreed":
            body["on"] = self._day()
        self._add(label, "milestone", at, body)

    def _keep(self, label: str) -> None:
        """Add a mark to the application after one of its ends."""
        ends = [fact for fact in self._labels("transition") if fact.body["to"] in ENDED]
        if not ends:
            return
        at = self._moment(self.random.choice(ends).at)
        body: dict[str, Any] = {"at": at}
        if self.random.random() < 0.5:
            body["until"] = at.date() + timedelta(days=self.random.randint(2, 90))
        self._add(label, "keep", at, body)

    def _waiver(self, label: str) -> None:
        if booked := self._labels("interview"):
            interview, at = self.random.choice(booked), self._moment()
            at = max(at, interview.at)
            self._add(label, "waiver", at, {"waived_at": at, "reason": "They rang us"}, interview.label)

    def _transition(self, label: str) -> None:
        at = self._moment(self.opened_at) if self.random.random() < 0.8 else max(self.opened_at, self._shared())
        self._add(label, "transition", at, {"to": self.random.choice(STAGES), "at": at, "reason": "So", "reopen": True})

    def _shared(self) -> datetime:
        """Return the instant of another fact: a recorded transition wins over a derived move at one instant."""
        return self.random.choice(self.facts).at if self.facts else self.opened_at

    def _change(self, label: str) -> None:
        facts = ("says", "elsewhere", "interview", "revision", "commitment", "transition", "waiver")
        targets = self._labels(*facts, "check", "milestone", "keep")
        if not targets:
            return
        target, random = self.random.choice(targets), self.random
        at = self._moment(target.at)
        match target.kind:
            case "interview" if any(fact.about == target.label and fact.kind in CHANGES for fact in self.facts):
                return
            case "interview" if random.random() < 0.5:
                body = {"status": random.choice(("completed", "cancelled", "no_show")), "status_at": at}
                self._add(label, "status", at, body, target.label)
            case "interview":
                ends_at = self._moment(target.at)
                self._add(label, "move", at, {"starts_at": ends_at, "ends_at": ends_at}, target.label)
            case "commitment" if random.random() < 0.7:
                ending = random.choice(("fulfilled_at", "cancelled_at", "due_on"))
                changed: dict[str, Any] = {ending: self._day() if ending == "due_on" else at}
                self._add(label, "patch", at, changed, target.label)
            case "check" if random.random() < 0.8:
                step = random.choice(("prepared_at", "ready_at", "ready_at", "done_at", "cancelled_at"))
                self._add(label, "check step", at, {step: at}, target.label)
            case "keep" if random.random() < 0.7:
                self._add(label, "keep end", at, {"ended_at": at}, target.label)
            case "says" if random.random() < 0.5:
                self._add(label, "correct", at, {"purpose": random.choice(PURPOSES)}, target.label)
            case _:
                self._add(label, "void", at, {"reason": "Told wrongly"}, target.label)

    def _settings(self, label: str) -> None:
        at = self._moment()
        about, body = self.random.choice(self._possible_settings(at))
        self._add(label, "settings", at, body)
        self.facts[-1].about = about

    def _possible_settings(self, at: datetime) -> list[tuple[str, dict[str, Any]]]:
        random = self.random
        number, first = random.randint(1, 9), self._day()
        style = {
            "direct_contact": random.choice(("welcome", "via_recruiter")),
            "social": "welcome",
            "thank_you": "unwelcome",
        }
        rules = (
            "going_quiet",
            "follow_up_overdue",
            "over_contacting",
            "timeline_missing",
            "reply_owed",
            "nothing_booked",
            "update_owed",
            "check_overdue",
            "start_unsettled",
        )
        closed = {"status": random.choice(("filled", "closed", "on_hold", "open")), "status_at": at}
        exceptions = [{"date": self._day(), "working": random.random() < 0.5}]
        return [
            ("job", closed),
            ("job", closed),
            ("agency", {"calendar_exceptions": exceptions}),
            ("organisation", {"calendar_exceptions": exceptions}),
            ("policy", {random.choice(rules): {"enabled": random.random() < 0.5}}),
            (
                "policy",
                {"going_quiet": {"max_silence": number}, "chase_spacing_days": number, "reply_window_hours": number},
            ),
            ("job policy", {"follow_up_overdue": {"late_after": random.choice(("00:00", "12:00", "17:00"))}}),
            (
                "organisation policy",
                {"over_contacting": {"window_days": number}, "thank_you": {"expires_hours": number}},
            ),
            ("organisation", self._place()),
            ("organisation", {"contact_style": style}),
            ("candidate", self._place()),
            ("candidate", {"away": [{"from": first, "to": first + timedelta(days=number)}]}),
            ("agency", self._place()),
        ]
