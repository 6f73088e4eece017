"""The bridge out: an assessment becomes rows, flags, actions and events, in the transaction of whatever caused it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.access.work import AHEAD, Work
from app.applications.history import Key, Loaded, load
from app.applications.models import action, application, flag
from app.applications.urgency import answered_flags, hidden_until, is_snoozed, urgency
from app.candidates.erased import candidate_erased
from app.kit import metrics
from app.kit.dialects import write_rows
from app.rules.assess import RULES_VERSION, Assessment
from app.rules.flags import Flag, FlagKind
from app.rules.stages import ENDED, stage_history
from app.webhooks.models import event
from app.webhooks.outbox import create_deliveries, event_row


class Writes:
    """The rows that one reassessment, or a batch of them, will write."""

    def __init__(self) -> None:
        self.applications: list[dict[str, Any]] = []
        self.new_flags: list[dict[str, Any]] = []
        self.changed_flags: list[dict[str, Any]] = []
        self.new_actions: list[dict[str, Any]] = []
        self.changed_actions: list[dict[str, Any]] = []
        self.gone_actions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []

    def carry_out(self, work: Work) -> None:
        """Write them all."""
        write_rows(
            work.conn,
            [
                ("update", application, self.applications),
                ("update", flag, self.changed_flags),
                ("insert", flag, self.new_flags),
                ("delete", action, self.gone_actions),
                ("update", action, self.changed_actions),
                ("insert", action, self.new_actions),
                ("insert", event, self.events),
            ],
        )
        create_deliveries(work, self.events)


_BROKEN: Mapping[str, str] = {
    FlagKind.FOLLOW_UP_OVERDUE: "follow_up.missed",
    FlagKind.TIMELINE_OVERDUE: "timeline.overdue",
    FlagKind.COMMITMENT_OVERDUE: "commitment.overdue",
}
"""What was due and did not happen is an event by itself, for those who listen to nothing else."""
STAGE_CHANGED = "application.stage_changed"
News = Sequence[tuple[str, dict[str, Any]]]
"""Events that a use-case has to tell itself: type and data."""


def reassess(work: Work, ids: Collection[UUID], news: News = ()) -> dict[UUID, Assessment]:
    """Assess applications of the caller's agency now and keep what was found, after telling `news` of them.

    Their rows must be locked already. Whatever is told of an application ends here: of one whose candidate was erased
    nothing is, 409.
    """
    loaded = load(work.conn, [(work.agency_id, id) for id in ids])
    if any(one.erased_at is not None for one in loaded.values()):
        raise candidate_erased()
    return {id: assessment for (_, id), assessment in _settled(work, loaded, news).items()}


def reassess_all(work: Work, keys: Collection[Key]) -> dict[Key, Assessment]:
    """The same over agencies, for the sweep, which tells nothing."""
    return _settled(work, load(work.conn, keys))


def _settled(work: Work, applications: Mapping[Key, Loaded], news: News = ()) -> dict[Key, Assessment]:
    writes, assessments = Writes(), {}
    for key, loaded in applications.items():
        in_turn = _in_turn(work, loaded)
        assessments[key] = loaded.assessed(in_turn.now)
        one = _One(in_turn, loaded, assessments[key], writes)
        one.settle(news)
    writes.carry_out(work)
    return assessments


def _in_turn(work: Work, loaded: Loaded) -> Work:
    """The work at an instant not before the last assessment's.

    Whoever waited for the application's lock may have looked at the clock before the one who held it: by its own time
    the other's fact would lie ahead, and the stage would go back and forth again, with an event each way. A clock that
    was farther ahead than clocks differ is not followed.
    """
    last = loaded.row["assessed_at"]
    return replace(work, now=last) if last is not None and work.now < last <= work.now + AHEAD else work


class _One:
    """One application's assessment, set against what its rows say."""

    def __init__(self, work: Work, loaded: Loaded, assessment: Assessment, writes: Writes) -> None:
        self.work, self.loaded, self.assessment, self.writes = work, loaded, assessment, writes
        self.agency_id, self.application_id = loaded.key
        self.sequence: int = loaded.row["event_sequence"]

    def settle(self, news: News) -> None:
        """Tell the news of the use-case, then settle stage, flags and actions."""
        for type, data in news:
            self.emit(type, data)
        self._stage(told=any(type == STAGE_CHANGED and data["to"] == self.assessment.stage for type, data in news))
        standing = self._flags()
        self._actions(standing)
        found = self.assessment
        again = [found.next_change_at, self.loaded.history.next_fact_after(self.work.now)]
        # A flag whose snooze ends makes its actions more urgent.
        again += [row["snoozed_until"] for row in standing if is_snoozed(row, self.work.now)]
        if self.loaded.row["stage"] in ENDED and found.stage not in ENDED:
            # What was spread to the applications in progress meanwhile left this one out: the sweep looks once more.
            again.append(self.work.now)
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
                "assessed_at": self.work.now,
                "next_change_at": found.next_change_at,
                "event_sequence": self.sequence,
                "due_at": min((at for at in again if at is not None), default=None),
                "claim": None,
                "attempts": 0,
            }
        )

    def _key(self, id: UUID) -> dict[str, Any]:
        return {"key_agency_id": self.agency_id, "key_id": id}

    def emit(self, type: str, data: dict[str, Any]) -> None:
        self.sequence += 1
        row = event_row(self.work, self.agency_id, type, data, self.application_id, self.sequence)
        self.writes.events.append(row)

    def _stage(self, *, told: bool) -> None:
        before, after = self.loaded.row["stage"], self.assessment.stage
        if before != after and not told:
            # `stage_since` is the effective stage's: an interview that has ended since would date the move too late.
            moved = stage_history(self.loaded.history, self.work.now)[-1]
            self.emit(STAGE_CHANGED, {"from": before, "to": after, "at": moved.at.isoformat()})

    def _flags(self) -> list[dict[str, Any]]:
        """Raise, step and clear; the flags that stand afterwards."""
        before = {row["kind"]: row for row in self.loaded.flags}
        standing = []
        for found in self.assessment.flags:
            row = before.pop(found.kind, None)
            standing.append(self._raise(found) if row is None else self._keep(row, found))
        for row in before.values():
            self.writes.changed_flags.append(self._flag_change(row, {"cleared_at": self.work.now}))
            self._tell("cleared", row)
        return standing

    def _raise(self, found: Flag) -> dict[str, Any]:
        # The clock alone does not bring a dismissed flag back: it needs a fact that was not there to be dismissed.
        # One that rested on no fact at all, such as a long silence, is dismissed as long as it does.
        dismissed = self.loaded.dismissals.get(found.kind)
        still_dismissed = dismissed is not None and set(found.evidence) <= dismissed
        row = {
            "agency_id": self.agency_id,
            "id": self.work.new_id("flag"),
            "application_id": self.application_id,
            "kind": str(found.kind),
            "severity": str(found.severity),
            "since": found.since,
            "evidence": list(found.evidence),
            "detail": dict(found.detail),
            "raised_at": self.work.now,
            "changed_at": self.work.now,
            "steps": [self._step(found)],
            "state": "dismissed" if still_dismissed else "open",
            "dismissed_evidence": sorted(dismissed) if dismissed is not None and still_dismissed else None,
        }
        self.writes.new_flags.append(row)
        self._tell("raised", row)
        return row | {"snoozed_until": None}

    def _keep(self, row: dict[str, Any], found: Flag) -> dict[str, Any]:
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
            self.writes.changed_flags.append(self._flag_change(row, after | {"changed_at": self.work.now}))
        if stepped or row["state"] != after["state"]:
            self._tell("changed", row | after)
        return row | after

    def _step(self, found: Flag) -> dict[str, str]:
        return {"at": self.work.now.isoformat(), "severity": str(found.severity)}

    def _flag_change(self, row: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        same = {name: row[name] for name in ("severity", "since", "evidence", "detail", "state", "steps")}
        blank = {"cleared_at": None, "changed_at": self.work.now}
        return self._key(row["id"]) | blank | same | values

    def _tell(self, what: str, row: dict[str, Any]) -> None:
        metrics.FLAG_CHANGES.labels(row["kind"], what).inc()
        data = {
            "flag_id": str(row["id"]),
            "kind": row["kind"],
            "severity": row["severity"],
            "state": row["state"],
            "since": row["since"].isoformat(),
        }
        self.emit(f"flag.{what}", data)
        if what == "raised" and (broken := _BROKEN.get(row["kind"])):
            promise = {name: data[name] for name in ("flag_id", "severity", "since")}
            self.emit(broken, promise | {"evidence": [str(id) for id in row["evidence"]]})

    def _actions(self, standing: list[dict[str, Any]]) -> None:
        before = {(row["kind"], row["subject"]): row for row in self.loaded.actions}
        for found in self.assessment.actions:
            row = before.pop((str(found.kind), found.subject), None)
            flags = answered_flags(found, standing)
            values = {
                "opens_at": found.opens_at,
                "due_at": found.due_at,
                "detail": dict(found.detail),
                "hidden_until": hidden_until(flags, self.work.now),
                "recruiter_id": self.loaded.row["recruiter_id"],
                "interview_id": UUID(found.interview_id) if found.interview_id else None,
                "urgency": urgency(flags, self.work.now),
            }
            if row is None:
                self.writes.new_actions.append(
                    {
                        "agency_id": self.agency_id,
                        "id": self.work.new_id("action"),
                        "application_id": self.application_id,
                        "kind": str(found.kind),
                        "subject": found.subject,
                    }
                    | values
                )
            elif any(row[name] != value for name, value in values.items()):
                self.writes.changed_actions.append(self._key(row["id"]) | values)
        self.writes.gone_actions.extend(self._key(row["id"]) for row in before.values())
