"""Projection of an assessment into rows: the application, its flags and actions, and an event for each change."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.applications.assessment_context import AssessmentContext
from app.applications.history_loader import LoadedApplication
from app.applications.models import action, application, flag
from app.applications.urgency import answered_flags, hidden_until, is_snoozed, urgency
from app.kit import metrics
from app.kit.dialects import write_rows
from app.rules.assess import RULES_VERSION, Assessment
from app.rules.flags import Flag, FlagKind
from app.rules.stages import ENDED, stage_history
from app.webhooks.events import (
    CommitmentOverdue,
    FlagChanged,
    FlagCleared,
    FlagEvent,
    FlagRaised,
    FollowUpMissed,
    Missed,
    Payload,
    StageChanged,
    TimelineOverdue,
)
from app.webhooks.models import event
from app.webhooks.outbox import create_deliveries, event_row

_FLAG_EVENTS: Mapping[str, type[FlagEvent]] = {"raised": FlagRaised, "changed": FlagChanged, "cleared": FlagCleared}
_MISSED_DUTY_EVENTS: Mapping[str, type[Missed]] = {
    FlagKind.FOLLOW_UP_OVERDUE: FollowUpMissed,
    FlagKind.TIMELINE_OVERDUE: TimelineOverdue,
    FlagKind.COMMITMENT_OVERDUE: CommitmentOverdue,
}
"""Additional events, by the kind of flag that is raised, for subscribers that want missed duties only."""


class PendingWrites:
    """Rows that one reassessment, of one or many applications, has yet to insert, update or delete."""

    def __init__(self) -> None:
        self.applications: list[dict[str, Any]] = []
        self.new_flags: list[dict[str, Any]] = []
        self.changed_flags: list[dict[str, Any]] = []
        self.new_actions: list[dict[str, Any]] = []
        self.changed_actions: list[dict[str, Any]] = []
        self.removed_actions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def write(self, context: AssessmentContext) -> None:
        """Write all pending rows, then create the deliveries of the pending events."""
        write_rows(
            context.conn,
            [
                ("update", application, self.applications),
                ("update", flag, self.changed_flags),
                ("insert", flag, self.new_flags),
                ("delete", action, self.removed_actions),
                ("update", action, self.changed_actions),
                ("insert", action, self.new_actions),
                ("insert", event, self.events),
            ],
        )
        create_deliveries(context, self.events)


class Projection:
    """The difference between an application's new assessment and its stored rows, added to the pending writes."""

    def __init__(
        self, context: AssessmentContext, loaded: LoadedApplication, assessment: Assessment, writes: PendingWrites
    ) -> None:
        self.context, self.loaded, self.assessment, self.writes = context, loaded, assessment, writes
        self.agency_id, self.application_id = loaded.key
        self.sequence: int = loaded.row["event_sequence"]

    def apply(self, events: Sequence[Payload]) -> None:
        """Add the events of the use-case to the pending writes, then the changes of stage, flags and actions."""
        for payload in events:
            self._add_event(payload)
        moves = {payload.to for payload in events if isinstance(payload, StageChanged)}
        self._project_stage(already_emitted=self.assessment.stage in moves)
        active = self._project_flags()
        self._project_actions(active)
        found = self.assessment
        recheck_at = [found.next_change_at, self.loaded.history.next_fact_after(self.context.now)]
        # A flag whose snooze ends makes its actions more urgent.
        recheck_at += [row["snoozed_until"] for row in active if is_snoozed(row, self.context.now)]
        if self.loaded.row["stage"] in ENDED and found.stage not in ENDED:
            # While it was ended, reassessment requests skipped it: make it due once.
            recheck_at.append(self.context.now)
        self.writes.applications.append(
            self._key(self.application_id)
            | {
                "stage": found.stage,
                "effective_stage": found.effective_stage,
                "stage_since": found.stage_since,
                "in_progress": found.stage not in ENDED,
                "court": found.court.party,
                "court_since": found.court.since,
                "policy_version": self.loaded.policy_version,
                "rules_version": RULES_VERSION,
                "assessed_at": self.context.now,
                "next_change_at": found.next_change_at,
                "event_sequence": self.sequence,
                "due_at": min((at for at in recheck_at if at is not None), default=None),
                "claim": None,
                "attempts": 0,
            }
        )

    def _key(self, id: UUID) -> dict[str, Any]:
        return {"key_agency_id": self.agency_id, "key_id": id}

    def _add_event(self, payload: Payload) -> None:
        self.sequence += 1
        row = event_row(self.context, self.agency_id, payload, self.application_id, self.sequence)
        self.writes.events.append(row)

    def _project_stage(self, *, already_emitted: bool) -> None:
        before, after = self.loaded.row["stage"], self.assessment.stage
        if before != after and not already_emitted:
            # `stage_since` belongs to the effective stage, which may have changed after the move.
            moved = stage_history(self.loaded.history, self.context.now)[-1]
            self._add_event(StageChanged(from_=before, to=after, at=moved.at))

    def _project_flags(self) -> list[dict[str, Any]]:
        """Add the writes for raised, changed and cleared flags. Return the rows of the active flags."""
        before = {row["kind"]: row for row in self.loaded.flags}
        active = []
        for found in self.assessment.flags:
            row = before.pop(found.kind, None)
            active.append(self._raise_flag(found) if row is None else self._update_flag(row, found))
        for row in before.values():
            self.writes.changed_flags.append(self._flag_change(row, {"cleared_at": self.context.now}))
            self._emit_flag_event("cleared", row)
        return active

    def _raise_flag(self, found: Flag) -> dict[str, Any]:
        # A dismissed flag is raised as open only with new evidence. Without any evidence, as for a long silence, it
        # stays dismissed.
        dismissed = self.loaded.dismissals.get(found.kind)
        still_dismissed = dismissed is not None and set(found.evidence) <= dismissed
        row = {
            "agency_id": self.agency_id,
            "id": self.context.new_id("flag"),
            "application_id": self.application_id,
            "kind": str(found.kind),
            "severity": str(found.severity),
            "since": found.since,
            "evidence": list(found.evidence),
            "detail": dict(found.detail),
            "raised_at": self.context.now,
            "changed_at": self.context.now,
            "steps": [self._step(found)],
            "state": "dismissed" if still_dismissed else "open",
            "dismissed_evidence": sorted(dismissed) if dismissed is not None and still_dismissed else None,
        }
        self.writes.new_flags.append(row)
        self._emit_flag_event("raised", row)
        return row | {"snoozed_until": None}

    def _update_flag(self, row: dict[str, Any], found: Flag) -> dict[str, Any]:
        after = {
            "severity": str(found.severity),
            "since": found.since,
            "evidence": list(found.evidence),
            "detail": dict(found.detail),
            "state": row["state"],
            "steps": row["steps"],
        }
        if row["state"] == "dismissed" and not set(found.evidence) <= set(row["dismissed_evidence"]):
            after["state"] = "open"
        stepped = row["severity"] != after["severity"]
        if stepped:
            after["steps"] = [*row["steps"], self._step(found)]
        if any(row[name] != value for name, value in after.items()):
            self.writes.changed_flags.append(self._flag_change(row, after | {"changed_at": self.context.now}))
        if stepped or row["state"] != after["state"]:
            self._emit_flag_event("changed", row | after)
        return row | after

    def _step(self, found: Flag) -> dict[str, str]:
        return {"at": self.context.now.isoformat(), "severity": str(found.severity)}

    def _flag_change(self, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        same = {name: row[name] for name in ("severity", "since", "evidence", "detail", "state", "steps")}
        blank = {"cleared_at": None, "changed_at": self.context.now}
        return self._key(row["id"]) | blank | same | values

    def _emit_flag_event(self, what: str, row: dict[str, Any]) -> None:
        metrics.FLAG_CHANGES.labels(row["kind"], what).inc()
        data = {"flag_id": row["id"]} | {name: row[name] for name in ("severity", "since")}
        self._add_event(_FLAG_EVENTS[what](**data, kind=row["kind"], state=row["state"]))
        if what == "raised" and (missed := _MISSED_DUTY_EVENTS.get(row["kind"])):
            self._add_event(missed(**data, evidence=row["evidence"]))

    def _project_actions(self, active: list[dict[str, Any]]) -> None:
        before = {(row["kind"], row["subject"]): row for row in self.loaded.actions}
        for found in self.assessment.actions:
            row = before.pop((str(found.kind), found.subject), None)
            flags = answered_flags(found, active)
            values = {
                "opens_at": found.opens_at,
                "due_at": found.due_at,
                "detail": dict(found.detail),
                "hidden_until": hidden_until(flags, self.context.now),
                "recruiter_id": self.loaded.row["recruiter_id"],
                "interview_id": UUID(found.interview_id) if found.interview_id else None,
                "urgency": urgency(flags, self.context.now),
            }
            if row is None:
                self.writes.new_actions.append(
                    {
                        "agency_id": self.agency_id,
                        "id": self.context.new_id("action"),
                        "application_id": self.application_id,
                        "kind": str(found.kind),
                        "subject": found.subject,
                    }
                    | values
                )
            elif any(row[name] != value for name, value in values.items()):
                self.writes.changed_actions.append(self._key(row["id"]) | values)
        self.writes.removed_actions.extend(self._key(row["id"]) for row in before.values())
