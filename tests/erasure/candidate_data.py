"""A candidate with a canary in every text field; each canary occurs nowhere else.

Another candidate of the same name on the same job has data too, and must lose nothing.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.connectors.models import stage_move
from app.webhooks.models import attempt, delivery, event, webhook_delivery
from tests.agencies import made
from tests.connectors.connected import Sender, Workers
from tests.service import Client, Service
from tests.spreadsheets.files import imported, outcomes

FIRST, LAST = "Zephyrine", "Quillfeather"
NAME = f"{FIRST} {LAST}"


class Life:
    """Records all data about one candidate, and remembers the canaries."""

    def __init__(self, crm: Sender, workers: Workers) -> None:
        self.crm, self.workers, self.admin = crm, workers, crm.admin
        self.service: Service = crm.service
        self.canaries: list[str] = []
        self.ids: dict[str, str] = {}

    def canary(self) -> str:
        """Return a new canary."""
        self.canaries.append(f"canary{len(self.canaries):03}bird")
        return self.canaries[-1]

    def tell(self) -> None:
        """Record all data and apply every event that can be applied."""
        self._receiver()
        self._by_the_crm()
        self._calls()
        self._facts()
        self._by_file()
        self._handled()
        self._written_back()
        self._neighbour()
        self.admin.service.clock.advance(minutes=1)

    def made(self, path: str, name: str = "", /, **body: Any) -> dict[str, Any]:
        """Return the record that a POST makes."""
        thing = made(self.admin, path, body)
        if name:
            self.ids[name] = thing["id"]
        return thing

    def done(self, path: str, **body: Any) -> dict[str, Any]:
        """Return the response of a POST that changes a record."""
        answer = self.admin.post(path, json=body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def erased(self, client: Client | None = None) -> Any:
        """Erase the candidate and return the response."""
        return (client or self.admin).post(f"/v1/candidates/{self.ids['candidate_id']}/erasure")

    def write(self, step: Any) -> Any:
        """Run statements on the database directly."""
        return self.service.write(step)

    # --- Data from the CRM ---

    def _by_the_crm(self) -> None:
        person = {"id": "c1", "name": NAME, "email": f"{self.canary()}@mail.example", "phone": self.canary()}
        job = {"id": "j1", "title": "Chef", "organisation": {"id": "o1", "name": "Acme Foods"}}
        now = self.service.clock.now
        status = {"value": "Interview", "reason": self.canary(), "at": (now - timedelta(days=9)).isoformat()}
        data = {"id": "a1", "candidate": person, "job": job, "status": status}
        self.crm.send("application.updated", data)
        note = {"type": "note", "occurred_at": (now - timedelta(days=8)).isoformat(), "application_id": "a1"}
        self.crm.send("activity.created", note | {"id": "n1", "text": self.canary()})
        self.crm.send("activity.created", note | {"id": "n2", "type": "meeting", "text": self.canary()})
        waiting = {"id": "a9", "candidate_id": "c1", "job_id": "never", "status": {"value": "Interview"}}
        self.crm.send("application.updated", waiting | {"status": {"value": "Interview", "reason": self.canary()}})
        self.crm.send("assessment.created", {"id": "x1", "first": FIRST, "last": LAST, "text": self.canary()})
        self.workers.process()
        found = self.admin.get("/v1/applications/by-ref/standard/a1").json()
        self.ids |= {"application_id": found["id"], "candidate_id": found["candidate_id"], "job_id": found["job_id"]}
        self.ids |= {"organisation_id": found["organisation_id"], "connection_id": self.crm.id}
        self.ids["event_id"] = self.crm.events()[0]["id"]
        away = [{"from": "2026-06-01", "to": "2026-06-05"}]
        body = {"time_zone": "Pacific/Auckland", "holiday_region": "NZ", "away": away}
        assert self.admin.patch(f"/v1/candidates/{self.ids['candidate_id']}", json=body).status_code == 200

    # --- Data from recruiters ---

    def _calls(self) -> None:
        now, at = self.service.clock.now, f"/v1/applications/{self.ids['application_id']}"
        times = {"starts_at": now - timedelta(days=6, hours=1), "ends_at": now - timedelta(days=6)}
        booked = {name: when.isoformat() for name, when in times.items()}
        booked["booked_at"] = (now - timedelta(days=7)).isoformat()
        self.made(f"{at}/interviews", "interview_id", **booked)
        interview = f"/v1/interviews/{self.ids['interview_id']}"
        promise = {"owed_by": "client", "due_on": "2026-05-20"}
        said = {"decision_by": "2026-05-18", "stated_by": "client"}
        follow_up = self.made(
            f"{interview}/follow-ups",
            summary=self.canary(),
            feedback=self.canary(),
            next_step=self.canary(),
            enthusiasm_conveyed=True,
            commitments=[promise | {"description": self.canary()}],
            timeline=said | {"next_step": self.canary(), "note": self.canary()},
        )
        self.ids |= {name: follow_up[part]["id"] for name, part in
                     (("interaction_id", "interaction"), ("timeline_revision_id", "timeline_revision"))}  # fmt: skip
        self.made(
            f"{interview}/debriefs",
            summary=self.canary(),
            went_well=self.canary(),
            struggled_with=[{"question": self.canary(), "why": self.canary()}],
            interviewer_reactions=self.canary(),
            learned=self.canary(),
            concerns=self.canary(),
            interest=4,
            commitments=[promise | {"description": self.canary()}],
        )
        self.made(f"{interview}/follow-up-waiver", "waiver_id", reason=self.canary())
        self.done(f"/v1/follow-up-waivers/{self.ids['waiver_id']}/void", reason=self.canary())

    def _facts(self) -> None:
        at = f"/v1/applications/{self.ids['application_id']}"
        spoke = {"from_party": "candidate", "to_party": "recruiter", "channel": "email"}
        said = self.made(f"{at}/interactions", **spoke, summary=self.canary())
        self.done(f"/v1/interactions/{said['id']}/void", reason=self.canary())
        keyed = {"Idempotency-Key": "once"}
        answer = self.admin.post(f"{at}/interactions", json=spoke | {"summary": self.canary()}, headers=keyed)
        assert answer.status_code == 201, answer.text
        promise = {"owed_by": "recruiter", "due_on": "2026-05-02"}
        self.made(f"{at}/commitments", "commitment_id", **promise, description=self.canary())
        void = self.made(f"{at}/commitments", **promise, description=self.canary())
        self.done(f"/v1/commitments/{void['id']}/void", reason=self.canary())
        for path, name, body, word in (
            ("checks", "check_id", {"kind": "medical"}, "label"),
            ("milestones", "milestone_id", {"kind": "written_offer"}, "note"),
        ):
            self.made(f"{at}/{path}", name, **body, **{word: self.canary()})
            void = self.made(f"{at}/{path}", **body, **{word: self.canary()})
            self.done(f"/v1/{path}/{void['id']}/void", reason=self.canary())
        moved = self.made(f"{at}/transitions", "transition_id", to="rejected", reason=self.canary())
        void = self.made(f"{at}/keep-warm-marks", note=self.canary())
        self.done(f"/v1/keep-warm-marks/{void['id']}/void", reason=self.canary())
        self.made(f"{at}/keep-warm-marks", "keep_warm_mark_id", note=self.canary())
        self.done(f"/v1/transitions/{moved['id']}/void", reason=self.canary())
        revisions = f"/v1/jobs/{self.ids['job_id']}/timeline-revisions"
        by_name = f"{LAST.upper()}, {FIRST}: {self.canary()}"
        named = self.made(revisions, stated_by="client", decision_by="2026-05-22", note=by_name)
        self.done(f"/v1/timeline-revisions/{named['id']}/void", reason=self.canary())

    def _by_file(self) -> None:
        header = "id,application,from_party,to_party,occurred_at,summary"
        note = f"{header}\nf1,a1,client,recruiter,2026-05-01T09:00:00Z,{self.canary()}\n"
        report = imported(self.admin, "interactions", note, system="standard")
        assert outcomes(report) == (1, 0, 0, 0)
        self.ids["import_id"] = report["id"]

    def _handled(self) -> None:
        self.service.clock.advance(days=20)
        self.workers.sweep()
        flags = self.admin.get("/v1/flags", params={"application": self.ids["application_id"]}).json()["items"]
        assert len(flags) > 1, "there is something to say about several flags"
        self.ids["flag_id"] = flags[0]["id"]
        self.done(f"/v1/flags/{flags[0]['id']}/acknowledge", reason=self.canary())
        self.done(f"/v1/flags/{flags[1]['id']}/dismiss", reason=self.canary())

    # --- Responses of receivers and CRMs ---

    def _receiver(self) -> None:
        url = "https://hooks.example.com/keepwarm"
        self.ids["endpoint_id"] = made(self.admin, "/v1/webhook-endpoints", {"url": url})["endpoint"]["id"]

    def _written_back(self) -> None:
        """Write responses where the senders store them, since the tests reach no receiver."""
        answered, outcome, failure = self.canary(), self.canary(), self.canary()
        ids = {name: UUID(id) for name, id in self.ids.items()}

        def step(conn: sa.Connection) -> None:
            of = sa.select(event.c.id).where(event.c.application_id == ids["application_id"])
            sent = conn.execute(sa.select(webhook_delivery).where(webhook_delivery.c.event_id.in_(of))).mappings()
            first = next(iter(sent))
            self.ids["delivery_id"] = str(first["id"])
            agency_id, now = first["agency_id"], self.service.clock.now
            sealed = self.service.app.state.shared.seal.lock(agency_id, answered.encode())
            new = {"agency_id": agency_id, "id": UUID(int=7), "delivery_id": first["id"], "at": now, "number": 1}
            more = {"endpoint_id": first["endpoint_id"], "milliseconds": 3, "status": 500, "sealed_answer": sealed}
            conn.execute(sa.insert(attempt).values(new | more))
            written = {"agency_id": agency_id, "id": UUID(int=9), "event_id": first["event_id"], "attempts": 0}
            subscriber = {"subscriber_id": ids["connection_id"], "state": "failed", "outcome": outcome}
            conn.execute(sa.insert(delivery).values(written | subscriber))
            move = {"agency_id": agency_id, "id": UUID(int=8), "connection_id": ids["connection_id"]}
            where = {"application_id": ids["application_id"], "external_id": "a1", "stage": "offer", "status": "Offer"}
            rest = {"state": "approved", "proposed_at": now, "failure": failure, "attempts": 1, "due_at": now}
            conn.execute(sa.insert(stage_move).values(move | where | rest))

        self.write(step)
        self.ids["move_id"] = str(UUID(int=8))

    # --- Another candidate of the same name ---

    def _neighbour(self) -> None:
        person = {"id": "c2", "name": NAME, "email": "somebody.else@mail.example"}
        data = {"id": "a2", "candidate": person, "job_id": "j1", "status": {"value": "Interview"}}
        self.crm.send("application.updated", data)
        self.workers.process()
        late = {"id": "a3", "candidate": person, "job_id": "later", "status": {"value": "Interview"}}
        self.crm.send("application.updated", late)
        self.workers.process()
        found = self.admin.get("/v1/applications/by-ref/standard/a2").json()
        said = {"from_party": "candidate", "to_party": "recruiter", "summary": "The neighbour's own words."}
        self.made(f"/v1/applications/{found['id']}/interactions", **said)
        self.ids |= {"neighbour_id": found["candidate_id"], "neighbours_application": found["id"]}
