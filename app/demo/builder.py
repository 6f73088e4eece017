"""The builder of a demo application and its facts. Each method adds entries to the recorder, to be replayed later."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.applications.facts.check_schemas import CheckChange, CheckIn
from app.applications.facts.checks import ask_for_check, change_check
from app.applications.facts.commitments import change_commitment, make_commitment
from app.applications.facts.follow_up_calls import log_debrief, log_follow_up
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
from app.demo.fact_recorder import Recorder, ref
from app.demo.flag_actions import FlagActions
from app.jobs.schemas import JobChange, TimelineRevisionIn
from app.jobs.service import change_job, state_timeline

_TWO_WAY = {"call": "phone", "video call": "video", "meeting": "in_person"}
"""The channels on which both sides speak, by the words of the stories. All other channels go one way."""


@dataclass(frozen=True, slots=True)
class BookedInterview:
    """An interview that the builder booked: its id, start and end."""

    id: UUID
    starts_at: datetime
    ends_at: datetime


class ApplicationBuilder(FlagActions):
    """Builds the application of a candidate for a job.

    Times are relative dates such as "-3 10:15" (three working days ago). A working day is one for the agency and the
    client.
    """

    def __init__(
        self, recorder: Recorder, opened: str, candidate: str, job: str, by: UUID = fixture_ids.RECRUITER
    ) -> None:
        self._job = recorder.jobs[job]
        self.recorder, self.by, self.dates = recorder, by, recorder.dates.also_in(self._job.days)
        self.id = recorder.demo_ids.next_recorded("application")
        body = ApplicationIn(
            candidate_id=recorder.candidates[candidate],
            job_id=self._job.id,
            recruiter_id=by,
            external_ref=ref("application", self.id),
        )
        self._record(opened, lambda work: open_application(work, body), application=self.id)

    def _record(self, when: str | datetime, step: Any, **ids: UUID) -> None:
        at = self.dates.at(when) if isinstance(when, str) else when
        self.recorder.record(at, step, by=self.by, **ids)

    # --- Interviews ---

    def interview(
        self,
        starts: str,
        minutes: int = 60,
        *,
        booked: str,
        kind: str = "in_person",
        interviewers: tuple[str, ...] = (),
    ) -> BookedInterview:
        """Book an interview."""
        id = self.recorder.demo_ids.next_recorded("interview")
        starts_at = self.dates.at(starts)
        round = BookedInterview(id, starts_at, starts_at + timedelta(minutes=minutes))
        people = [self.recorder.contacts[name] for name in interviewers] or [self._job.hiring_manager_id]
        body = InterviewIn.model_validate(
            {
                "starts_at": round.starts_at,
                "ends_at": round.ends_at,
                "kind": kind,
                "interviewer_ids": people,
                "external_ref": ref("interview", id),
            }
        )
        self._record(booked, lambda work: book_interview(work, self.id, body), interview=id)
        return round

    def complete(self, round: BookedInterview) -> None:
        """Set the status of an interview to completed, a quarter of an hour after its end, as a CRM does."""
        self.set_status(round, "completed", round.ends_at + timedelta(minutes=15))

    def set_status(self, round: BookedInterview, status: str, when: str | datetime) -> None:
        """Set the status of an interview."""
        body = InterviewChange.model_validate({"status": status})
        self._record(when, lambda work: change_interview(work, round.id, body))

    def add_round(self, day: int, verdict: str, dates_given: str, decision_by: int | None = None) -> None:
        """Add a completed interview with a follow-up on the day and a debrief the next morning."""
        round = self.interview(f"{day} 12:30", 60, booked=f"{day - 4} 14:40")
        self.complete(round)
        self.follow_up(round, f"{day} 16:35", verdict, enthusiasm_conveyed=True, decision_by=decision_by)
        self.debrief(round, f"{day + 1} 11:50", dates_given, interest=5)

    def waive(self, round: BookedInterview, when: str, reason: str) -> None:
        """Waive the follow-up of an interview, with a reason."""
        id = self.recorder.demo_ids.next_recorded("waiver")
        self._record(when, lambda work: waive_follow_up(work, round.id, WaiverIn(reason=reason)), waiver=id)

    # --- After the interview ---

    def follow_up(
        self,
        round: BookedInterview,
        when: str,
        summary: str,
        *,
        how: str = "call",
        decision_by: int | None = None,
        contact_from: int | None = None,
        next_step: str | None = None,
        **details: Any,
    ) -> None:
        """Log the follow-up with the hiring manager. `decision_by` and `contact_from` are working days from today."""
        timeline = self._timeline_fields("client", decision_by, contact_from, next_step)
        body = {"summary": summary, "next_step": next_step, **_channel_fields(how), **details}
        self._call(round, when, FollowUpIn, log_follow_up, body, timeline)

    def debrief(self, round: BookedInterview, when: str, summary: str, *, how: str = "call", **details: Any) -> None:
        """Log the debrief with the candidate after an interview."""
        self._call(round, when, DebriefIn, log_debrief, {"summary": summary, **_channel_fields(how), **details})

    def _call(
        self, round: BookedInterview, when: str, shape: Any, use_case: Any, values: dict[str, Any], timeline: Any = None
    ) -> None:
        ids = {"interaction": self.recorder.demo_ids.next_recorded("interaction")}
        if timeline is not None:
            ids["timeline_revision"] = self.recorder.demo_ids.next_recorded("timeline_revision")
            values["timeline"] = timeline
        if shape is FollowUpIn:
            values["client_contact_id"] = self._job.hiring_manager_id
        body = shape.model_validate(values | {"external_ref": ref("interaction", ids["interaction"])})
        self._record(when, lambda work: use_case(work, round.id, body), **ids)

    def timeline(
        self,
        when: str,
        stated_by: str,
        decision_by: int | None = None,
        contact_from: int | None = None,
        next_step: str | None = None,
        **more: Any,
    ) -> None:
        """Revise the job's hiring timeline. `decision_by` and `contact_from` are working days from today."""
        id = self.recorder.demo_ids.next_recorded("timeline_revision")
        values = self._timeline_fields(stated_by, decision_by, contact_from, next_step) or {"stated_by": stated_by}
        body = TimelineRevisionIn.model_validate(values | more | {"external_ref": ref("timeline_revision", id)})
        self._record(when, lambda work: state_timeline(work, self._job.id, body), timeline_revision=id)

    def _timeline_fields(
        self, stated_by: str, decision_by: int | None, contact_from: int | None, next_step: str | None
    ) -> dict[str, Any] | None:
        days = {"decision_by": decision_by, "contact_from": contact_from}
        dates_given: dict[str, Any] = {name: self.dates.day(n) for name, n in days.items() if n is not None}
        if next_step is not None:
            dates_given["next_step"] = next_step
        return {"stated_by": stated_by, **dates_given} if dates_given else None

    # --- Interactions ---

    def to_client(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """Log an interaction from the recruiter to the hiring manager."""
        return self._interaction(when, "recruiter", "client", purpose, how, summary, more)

    def from_client(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """Log an interaction from the hiring manager to the recruiter."""
        return self._interaction(when, "client", "recruiter", purpose, how, summary, more)

    def to_candidate(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """Log an interaction from the recruiter to the candidate."""
        return self._interaction(when, "recruiter", "candidate", purpose, how, summary, more)

    def from_candidate(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """Log an interaction from the candidate to the recruiter."""
        return self._interaction(when, "candidate", "recruiter", purpose, how, summary, more)

    def candidate_to_client(self, when: str, purpose: str, how: str, summary: str, **more: Any) -> UUID:
        """Log an interaction from the candidate to the hiring manager. Return its id.

        `flag` is the id to give to the flag that the interaction raises.
        """
        return self._interaction(when, "candidate", "client", purpose, how, summary, more)

    def _interaction(
        self, when: str, sender: str, receiver: str, purpose: str, how: str, summary: str, more: Mapping[str, Any]
    ) -> UUID:
        fields = _channel_fields(how)
        values = {
            "from_party": sender,
            "to_party": receiver,
            "purpose": purpose,
            "channel": fields["channel"],
            "two_way": fields["reached"],
            "summary": summary,
            **{name: value for name, value in more.items() if name != "flag"},
        }
        if "client" in (sender, receiver):
            values["client_contact_id"] = self._job.hiring_manager_id
        ids = {"interaction": self.recorder.demo_ids.next_recorded("interaction")}
        body = InteractionIn.model_validate(values | {"external_ref": ref("interaction", ids["interaction"])})
        if "flag" in more:
            ids["flag"] = more["flag"]
        self._record(when, lambda work: log_interaction(work, self.id, body), **ids)
        return ids["interaction"]

    def void(self, when: str, interaction: UUID, reason: str) -> None:
        """Void an interaction."""
        self._record(when, lambda work: void_interaction(work, interaction, VoidIn(reason=reason)))

    # --- Commitments and stages ---

    def add_commitment(self, when: str, owed_by: str, description: str, due: int) -> UUID:
        """Record a commitment and return its id. `due` counts working days from today."""
        id = self.recorder.demo_ids.next_recorded("commitment")
        values = {"owed_by": owed_by, "description": description, "due_on": self.dates.day(due)}
        body = CommitmentIn.model_validate(values | {"external_ref": ref("commitment", id)})
        self._record(when, lambda work: make_commitment(work, self.id, body), commitment=id)
        return id

    def fulfil(self, commit: UUID, when: str) -> None:
        """Fulfil a commitment."""
        self._record(when, lambda work: change_commitment(work, commit, CommitmentChange(fulfilled_at=work.now)))

    def cancel(self, commit: UUID, when: str) -> None:
        """Cancel a commitment."""
        self._record(when, lambda work: change_commitment(work, commit, CommitmentChange(cancelled_at=work.now)))

    # --- Checks and milestones ---

    def check(self, when: str, kind: str, label: str | None = None, **times: str | int) -> UUID:
        """Record a check, such as a reference, and return its id.

        A text sets the instant of a step, as in `asked_at="-8 09:30"`. A number sets a day in working days, as in
        `result_by=3`.
        """
        id = self.recorder.demo_ids.next_recorded("check")
        steps = {
            name: self.dates.at(time) if isinstance(time, str) else self.dates.day(time) for name, time in times.items()
        }
        body = CheckIn.model_validate({"kind": kind, "label": label, **steps, "external_ref": ref("check", id)})
        self._record(when, lambda work: ask_for_check(work, self.id, body), check=id)
        return id

    def update_check(self, when: str, check: UUID, *steps: str) -> None:
        """Set steps of a check to the time `when`. Steps are `prepared_at`, `ready_at` and `done_at`."""
        body = CheckChange.model_validate(dict.fromkeys(steps, self.dates.at(when)))
        self._record(when, lambda work: change_check(work, check, body))

    def milestone(self, when: str, kind: str, on: int | None = None) -> None:
        """Record a milestone after an offer. `on` is the first day at work, in working days from today."""
        id = self.recorder.demo_ids.next_recorded("milestone")
        first_day = {} if on is None else {"on": self.dates.day(on)}
        body = MilestoneIn.model_validate({"kind": kind, **first_day, "external_ref": ref("milestone", id)})
        self._record(when, lambda work: record_milestone(work, self.id, body), milestone=id)

    def keep_warm(self, when: str, note: str) -> None:
        """Add a keep-warm mark to an ended application, with a note."""
        id = self.recorder.demo_ids.next_recorded("keep_warm_mark")
        body = KeepWarmMarkIn(note=note, external_ref=ref("keep_warm_mark", id))
        self._record(when, lambda work: mark_keep_warm(work, self.id, body), keep_warm_mark=id)

    def move(self, when: str, to: str, reason: str | None = None) -> None:
        """Move the application to another stage."""
        id = self.recorder.demo_ids.next_recorded("transition")
        values = {"to": to, "reason": reason, "external_ref": ref("transition", id)}
        body = TransitionIn.model_validate(values)
        self._record(when, lambda work: move_to_stage(work, self.id, body), transition=id)

    def set_job_status(self, when: str, status: str) -> None:
        """Set the status of the application's job."""
        body = JobChange.model_validate({"status": status})
        self._record(when, lambda work: change_job(work, self._job.id, body))


def _channel_fields(how: str) -> dict[str, Any]:
    return {"channel": _TWO_WAY.get(how, how), "reached": how in _TWO_WAY}
