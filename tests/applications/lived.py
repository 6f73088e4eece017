"""A history recorded through the API, and its stored assessment compared with the rules' own answer."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from app.applications.history_loader import load
from app.applications.models import action, application, flag
from app.rules.assess import assess
from app.rules.stages import ENDED
from app.webhooks.models import event
from tests.applications.agency_client import AgencyClient, wire
from tests.applications.lives import Life
from tests.applications.order import Fact
from tests.service import Client, Service

PATHS = {
    "says": "interactions",
    "elsewhere": "interactions",
    "interview": "interviews",
    "commitment": "commitments",
    "check": "checks",
    "milestone": "milestones",
    "keep": "keep-warm-marks",
    "transition": "transitions",
    "revision": "timeline-revisions",
    "waiver": "follow-up-waivers",
}
REFERENCES = {"in_reply_to", "interview_id"}
OWN = {
    "says",
    "interview",
    "commitment",
    "check",
    "milestone",
    "check step",
    "keep",
    "keep end",
    "transition",
    "waiver",
    "follow-ups",
    "debriefs",
    "status",
    "move",
    "patch",
    "correct",
}
"""Facts of the application itself: its stored rows are right in the answer, before any sweep."""


class Lived(AgencyClient):
    """One telling of a life, at an agency of its own."""

    def __init__(self, service: Service, operator: Client, life: Life) -> None:
        service.clock.now = life.opened_at
        self._life = life
        super().__init__(service, operator, **life.agency)
        self.patch(f"organisations/{self.organisation['id']}", **life.organisation)
        self.patch(f"candidates/{self.candidate['id']}", **life.candidate)
        self.other: str = self.open_elsewhere(opened_at=life.opened_at)["id"]
        self.ids: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.agency_id = UUID(self.get("agency")["id"])

    def open(self, **body: Any) -> dict[str, Any]:
        """Open the application of the life, and another one."""
        first = {} if hasattr(self, "id") else {"stage": self._life.stage}
        return super().open(**({"opened_at": self._life.opened_at} | first | body))

    # --- Telling ---

    def tell(self, fact: Fact) -> bool:
        """Tell one fact; whether it was accepted. What depends on what is known may be refused with 409 or 422."""
        method, path, body = self._call(fact)
        answer = self.admin.request(method, f"/v1/{path}", json=wire(body))
        if answer.status_code in {409, 422}:
            return False
        assert answer.status_code in {200, 201}, (fact, answer.text)
        self._remember(fact, answer.json())
        return True

    def _call(self, fact: Fact) -> tuple[str, str, dict[str, Any]]:
        body = {
            name: self.ids.get(value, value) if isinstance(value, str) else value for name, value in fact.body.items()
        }
        about = self.ids.get(fact.about or "", "")
        match fact.kind:
            case "says":
                return "PUT", f"interactions/by-ref/life/{fact.label}", body | {"application_id": self.id}
            case "correct":
                body = {"application_id": self.id, **self._bodies[fact.about or ""], **body}
                return "PUT", f"interactions/by-ref/life/{fact.about}", body
            case "elsewhere":
                return "POST", f"applications/{self.other}/interactions", body
            case "interview" | "commitment" | "transition" | "check" | "milestone" | "keep":
                return "POST", f"applications/{self.id}/{PATHS[fact.kind]}", body
            case "follow-ups" | "debriefs":
                return "POST", f"interviews/{about}/{fact.kind}", body
            case "revision":
                return "POST", f"jobs/{self.job['id']}/timeline-revisions", body
            case "waiver":
                return "POST", f"interviews/{about}/follow-up-waiver", body
            case "status" | "move":
                return "PATCH", f"interviews/{about}", body
            case "patch":
                return "PATCH", f"commitments/{about}", body
            case "check step":
                return "PATCH", f"checks/{about}", body
            case "keep end":
                return "PATCH", f"keep-warm-marks/{about}", body
            case "void":
                return "POST", f"{PATHS[self.kinds[fact.about or '']]}/{about}/void", body
        return "PATCH", self._settings[fact.about or ""], body

    @property
    def _bodies(self) -> dict[str, dict[str, Any]]:
        return {
            fact.label: {name: fact.body[name] for name in ("from_party", "to_party")}
            for fact in self._life.facts
            if fact.kind == "says"
        }

    @property
    def _settings(self) -> dict[str, str]:
        organisation, job = f"organisations/{self.organisation['id']}", f"jobs/{self.job['id']}"
        return {
            "policy": "policy",
            "job": job,
            "job policy": f"{job}/policy",
            "organisation policy": f"{organisation}/policy",
            "organisation": organisation,
            "candidate": f"candidates/{self.candidate['id']}",
            "agency": "agency",
        }

    def _remember(self, fact: Fact, answer: dict[str, Any]) -> None:
        if fact.kind in {"follow-ups", "debriefs"}:
            self.ids[fact.label] = answer["interaction"]["id"]
            if answer.get("timeline_revision"):
                self.ids[f"{fact.label} timeline"] = answer["timeline_revision"]["id"]
            for promise in answer["commitments"]:
                self.ids[f"{fact.label} promise"] = promise["id"]
        elif fact.kind in PATHS:
            self.ids[fact.label], self.kinds[fact.label] = answer["id"], fact.kind

    def is_own(self, fact: Fact) -> bool:
        """Return whether a fact belongs to the application itself, or voids one."""
        return fact.kind in OWN or (fact.kind == "void" and self.kinds[fact.about or ""] in OWN)

    # --- What stands ---

    def stored(self, id: str) -> dict[str, Any]:
        """Return the stored state of an application, with labels for ids."""
        mine = [application.c.agency_id == self.agency_id, application.c.id == UUID(id)]
        (row,) = self.rows(application, *mine)
        flags = self.rows(flag, flag.c.application_id == UUID(id), flag.c.cleared_at.is_(None))
        actions = self.rows(action, action.c.application_id == UUID(id))
        return {
            **{name: row[name] for name in ("stage", "effective_stage", "stage_since", "in_progress")},
            "court": (row["court"], row["court_since"]),
            "flags": self._flags(flags),
            "actions": self._actions(actions),
        }

    def judged(self, id: str) -> dict[str, Any]:
        """Return the assessment of the whole history, loaded again."""
        key, database = (self.agency_id, UUID(id)), self.service.app.state.shared.database
        loaded = self.service.run(database.across_agencies().read, lambda conn: load(conn, [key]))[key]
        found = assess(loaded.history, loaded.policy, self.clock.now)
        return {
            "stage": found.stage,
            "effective_stage": found.effective_stage,
            "stage_since": found.stage_since,
            "in_progress": found.stage not in ENDED,
            "court": (found.court.party, found.court.since),
            "flags": self._flags(_columns(one, "kind severity since evidence detail") for one in found.flags),
            "actions": self._actions(_columns(one, "kind subject opens_at due_at detail") for one in found.actions),
        }

    def _flags(self, rows: Any) -> dict[str, Any]:
        return {
            str(row["kind"]): (
                str(row["severity"]),
                row["since"],
                sorted(self._label(id) for id in row["evidence"]),
                _plain(row["detail"]),
            )
            for row in rows
        }

    def _actions(self, rows: Any) -> list[tuple[str, str, datetime, datetime, str]]:
        return sorted(
            (str(row["kind"]), self._label(row["subject"]), row["opens_at"], row["due_at"], _plain(row["detail"]))
            for row in rows
        )

    def _label(self, id: str) -> str:
        return next((label for label, known in self.ids.items() if known == id), id)

    def agrees(self) -> None:
        """Assert that the stored state of both applications equals a new assessment."""
        for id in (self.id, self.other):
            assert self.stored(id) == self.judged(id), f"life {self._life.seed} at {self.clock.now}"

    def counts_without_gaps(self) -> None:
        """Assert that the events of each application are numbered from one, without gaps."""
        for id in (self.id, self.other):
            numbers = sorted(row["sequence"] for row in self.rows(event, event.c.application_id == UUID(id)))
            assert numbers == list(range(1, len(numbers) + 1))


def _columns(thing: Any, names: str) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in names.split()}


def _plain(detail: dict[str, Any]) -> str:
    """Return a detail as text. Promises are sorted by their ids, which depend on the order of recording."""
    if "promises" in detail:
        detail = detail | {"promises": sorted(_plain(promise) for promise in detail["promises"])}
    return json.dumps(detail, sort_keys=True)
