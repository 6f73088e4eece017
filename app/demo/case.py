"""One application as its recruiter lives it: small verbs that each write a line or two into the diary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.applications.facts.calls import log_debrief, log_follow_up
from app.applications.facts.check_schemas import CheckChange, CheckIn
from app.applications.facts.checks import ask_for_check, change_check
from app.applications.facts.commitments import change_commitment, make_commitment
from app.applications.facts.interactions import log_interaction, void_interaction
from app.applications.facts.interviews import book_interview, change_interview, waive_follow_up
from app.applications.facts.milestone_schemas import MilestoneIn
from app.applications.facts.milestones import record_milestone
from app.applications.facts.schemas import (
    CommitmentChange,
    CommitmentIn,
    DebriefIn,
    FollowUpIn,
    InteractionIn,
    InterviewChange,
    InterviewIn,
    TransitionIn,
    VoidIn,
    WaiverIn,
)
from app.applications.facts.stages import move_to_stage
from app.applications.keep_warm.marks import mark_keep_warm
from app.applications.keep_warm.schemas import KeepWarmMarkIn
from app.applications.schemas import ApplicationIn
from app.applications.service import open_application
from app.console import fixture_ids
from app.demo.diary import Diary, ref
from app.demo.flags import Handling
from app.jobs.schemas import JobChange, TimelineRevisionIn
from app.jobs.service import change_job, state_timeline

_SPOKEN = {"call": "phone", "video call": "video", "meeting": "in_person"}
"""How two sides speak with each other; every other channel goes one way."""


@dataclass(frozen=True, slots=True)
class Booked:
    """An interview as its case speaks of it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


class Case(Handling):
    """One candidate on one job. Times are the almanac's ("-3 10:15"), on days that the client works too."""

    def __init__(self, diary: Diary, opened: str, candidate: str, job: str, by: UUID = fixture_ids.RECRUITER) -> None:
        self._job = diary.jobs[job]
        self.diary, self.by, self.almanac = diary, by, diary.almanac.with_(self._job.days)
        self.id = diary.numbers.write_down("application")
        body = ApplicationIn(
            candidate_id=diary.candidates[candidate],
            job_id=self._job.id,
            recruiter_id=by,
            external_ref=ref("application", self.id),
        )
        self._write(opened, lambda work: open_application(work, body), application=self.id)

    def _write(self, when: str | datetime, tell: Any, **ids: UUID) -> None:
        at = self.almanac.at(when) if isinstance(when, str) else when
        self.diary.write(at, tell, by=self.by, **ids)

    # --- Interviews ---

    def interview(
        self, starts: str, minutes: int = 60, *, booked: str, kind: str = "in_person", with_: tuple[str, ...] = ()
    ) -> Booked:
        """A round is agreed with the client."""
        id = self.diary.numbers.write_down("interview")
        starts_at = self.almanac.at(starts)
        round = Booked(id, starts_at, starts_at + timedelta(minutes=minutes))
        people = [self.diary.contacts[name] for name in with_] or [self._job.hiring_manager_id]
        body = InterviewIn.model_validate(
            {
                "starts_at": round.starts_at,
                "ends_at": round.ends_at,
                "kind": kind,
                "interviewer_ids": people,
                "external_ref": ref("interview", id),
            }
        )
        self._write(booked, lambda work: book_interview(work, self.id, body), interview=id)
        return round

    def took_place(self, round: Booked) -> None:
        """The CRM marks the interview as held, a quarter of an hour after its end."""
        self.becomes(round, "completed", round.ends_at + timedelta(minutes=15))

    def becomes(self, round: Booked, status: str, when: str | datetime) -> None:
        """It took place, was called off or missed."""
        body = InterviewChange.model_validate({"status": status})
        self._write(when, lambda work: change_interview(work, round.id, body))

    def one_round(self, day: int, verdict: str, said: str, decision_by: int | None = None) -> None:
        """An hour at half past twelve, with its follow-up on the day and its debrief the next morning."""
        round = self.interview(f"{day} 12:30", 60, booked=f"{day - 4} 14:40")
        self.took_place(round)
        self.follow_up(round, f"{day} 16:35", verdict, enthusiasm_conveyed=True, decision_by=decision_by)
        self.debrief(round, f"{day + 1} 11:50", said, interest=5)

    def waive(self, round: Booked, when: str, reason: str) -> None:
        """This interview needs no follow-up."""
        id = self.diary.numbers.write_down("waiver")
        self._write(when, lambda work: waive_follow_up(work, round.id, WaiverIn(reason=reason)), waiver=id)

    # --- After the interview ---

    def follow_up(
        self,
        round: Booked,
        when: str,
        summary: str,
        *,
        how: str = "call",
        decision_by: int | None = None,
        contact_from: int | None = None,
        next_step: str | None = None,
        **details: Any,
    ) -> None:
        """The follow-up with the hiring manager. Days are working days from today."""
        timeline = self._said_of_time("client", decision_by, contact_from, next_step)
        body = {"summary": summary, "next_step": next_step, **_manner(how), **details}
        self._call(round, when, FollowUpIn, log_follow_up, body, timeline)

    def debrief(self, round: Booked, when: str, summary: str, *, how: str = "call", **details: Any) -> None:
        """How the candidate saw it."""
        self._call(round, when, DebriefIn, log_debrief, {"summary": summary, **_manner(how), **details})

    def _call(
        self, round: Booked, when: str, shape: Any, use_case: Any, told: dict[str, Any], timeline: Any = None
    ) -> None:
        ids = {"interaction": self.diary.numbers.write_down("interaction")}
        if timeline is not None:
            ids["timeline_revision"] = self.diary.numbers.write_down("timeline_revision")
            told["timeline"] = timeline
        if shape is FollowUpIn:
            told["client_contact_id"] = self._job.hiring_manager_id
        body = shape.model_validate(told | {"external_ref": ref("interaction", ids["interaction"])})
        self._write(when, lambda work: use_case(work, round.id, body), **ids)

    def timeline(
        self,
        when: str,
        stated_by: str,
        decision_by: int | None = None,
        contact_from: int | None = None,
        next_step: str | None = None,
        **more: Any,
    ) -> None:
        """What was said about when the job will be decided. Days are working days from today."""
        id = self.diary.numbers.write_down("timeline_revision")
        told = self._said_of_time(stated_by, decision_by, contact_from, next_step) or {"stated_by": stated_by}
        body = TimelineRevisionIn.model_validate(told | more | {"external_ref": ref("timeline_revision", id)})
        self._write(when, lambda work: state_timeline(work, self._job.id, body), timeline_revision=id)

    def _said_of_time(
        self, stated_by: str, decision_by: int | None, contact_from: int | None, next_step: str | None
    ) -> dict[str, Any] | None:
        days = {"decision_by": decision_by, "contact_from": contact_from}
        said: dict[str, Any] = {name: self.almanac.day(n) for name, n in days.items() if n is not None}
        if next_step is not None:
            said["next_step"] = next_step
        return {"stated_by": stated_by, **said} if said else None

    # --- Words ---

    def to_client(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """The recruiter to the hiring manager."""
        return self._word(when, "recruiter", "client", purpose, how, summary, more)

    def from_client(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """The hiring manager to the recruiter."""
        return self._word(when, "client", "recruiter", purpose, how, summary, more)

    def to_candidate(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """The recruiter to the candidate."""
        return self._word(when, "recruiter", "candidate", purpose, how, summary, more)

    def from_candidate(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """The candidate to the recruiter."""
        return self._word(when, "candidate", "recruiter", purpose, how, summary, more)

    def past_us(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """The candidate straight to the hiring manager. `flag` names the id of the flag that this raises."""
        return self._word(when, "candidate", "client", purpose, how, summary, more)

    def _word(
        self, when: str, sender: str, receiver: str, purpose: str, how: str, summary: str, more: Mapping[str, Any]
    ) -> UUID:
        manner = _manner(how)
        told = {
            "from_party": sender,
            "to_party": receiver,
            "purpose": purpose,
            "channel": manner["channel"],
            "two_way": manner["reached"],
            "summary": summary,
            **{name: value for name, value in more.items() if name != "flag"},
        }
        if "client" in (sender, receiver):
            told["client_contact_id"] = self._job.hiring_manager_id
        ids = {"interaction": self.diary.numbers.write_down("interaction")}
        body = InteractionIn.model_validate(told | {"external_ref": ref("interaction", ids["interaction"])})
        if "flag" in more:
            ids["flag"] = more["flag"]
        self._write(when, lambda work: log_interaction(work, self.id, body), **ids)
        return ids["interaction"]

    def take_back(self, when: str, interaction: UUID, reason: str) -> None:
        """What was logged was wrong."""
        self._write(when, lambda work: void_interaction(work, interaction, VoidIn(reason=reason)))

    # --- Promises and moves ---

    def promise(self, when: str, owed_by: str, description: str, due: int) -> UUID:
        """Somebody promises something by a day: working days from today."""
        id = self.diary.numbers.write_down("commitment")
        told = {"owed_by": owed_by, "description": description, "due_on": self.almanac.day(due)}
        body = CommitmentIn.model_validate(told | {"external_ref": ref("commitment", id)})
        self._write(when, lambda work: make_commitment(work, self.id, body), commitment=id)
        return id

    def kept(self, promise: UUID, when: str) -> None:
        """They kept it."""
        self._write(when, lambda work: change_commitment(work, promise, CommitmentChange(fulfilled_at=work.now)))

    def dropped(self, promise: UUID, when: str) -> None:
        """It is not needed any longer."""
        self._write(when, lambda work: change_commitment(work, promise, CommitmentChange(cancelled_at=work.now)))

    # --- Checks, and the way to the first day ---

    def check(self, when: str, kind: str, label: str | None = None, **times: str | int) -> UUID:
        """A check is recorded with the times of its steps: `asked_at="-8 09:30"`, or a day, `result_by=3`."""
        id = self.diary.numbers.write_down("check")
        steps = {
            name: self.almanac.at(time) if isinstance(time, str) else self.almanac.day(time)
            for name, time in times.items()
        }
        body = CheckIn.model_validate({"kind": kind, "label": label, **steps, "external_ref": ref("check", id)})
        self._write(when, lambda work: ask_for_check(work, self.id, body), check=id)
        return id

    def check_is(self, when: str, check: UUID, *steps: str) -> None:
        """The check moves on: `prepared_at`, `ready_at` or `done_at` is now."""
        body = CheckChange.model_validate(dict.fromkeys(steps, self.almanac.at(when)))
        self._write(when, lambda work: change_check(work, check, body))

    def milestone(self, when: str, kind: str, on: int | None = None) -> None:
        """A step on the way to the first day, which is `on` so many working days from today."""
        id = self.diary.numbers.write_down("milestone")
        first_day = {} if on is None else {"on": self.almanac.day(on)}
        body = MilestoneIn.model_validate({"kind": kind, **first_day, "external_ref": ref("milestone", id)})
        self._write(when, lambda work: record_milestone(work, self.id, body), milestone=id)

    def keep_warm(self, when: str, note: str) -> None:
        """The ended application is marked, for a year."""
        id = self.diary.numbers.write_down("keep_warm_mark")
        body = KeepWarmMarkIn(note=note, external_ref=ref("keep_warm_mark", id))
        self._write(when, lambda work: mark_keep_warm(work, self.id, body), keep_warm_mark=id)

    def move(self, when: str, to: str, reason: str | None = None) -> None:
        """Into another stage."""
        id = self.diary.numbers.write_down("transition")
        told = {"to": to, "reason": reason, "external_ref": ref("transition", id)}
        body = TransitionIn.model_validate(told)
        self._write(when, lambda work: move_to_stage(work, self.id, body), transition=id)

    def job_is(self, when: str, status: str) -> None:
        """The vacancy is filled, closed or put on hold."""
        body = JobChange.model_validate({"status": status})
        self._write(when, lambda work: change_job(work, self._job.id, body))


def _manner(how: str) -> dict[str, Any]:
    return {"channel": _SPOKEN.get(how, how), "reached": how in _SPOKEN}
