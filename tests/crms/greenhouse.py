"""A stand-in for Greenhouse: Harvest v3, whose cursor goes alone and tokens end, and webhooks signed with escapes."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.crms.standin import START, Delivery, StandIn

_KINDS = (
    "applications",
    "application_stages",
    "candidates",
    "interviews",
    "job_interview_stages",
    "jobs",
    "notes",
    "offers",
    "rejection_reasons",
    "users",
)
_FILTERS = {"ids": "id", "application_ids": "application_id", "candidate_ids": "candidate_id", "job_ids": "job_id"}


class GreenhouseServer(StandIn):
    """Its records lie in `records[kind][id]`, as Harvest v3 writes them; webhooks write them in their own way."""

    def __init__(self, *, secret: str = "secret", page_size: int = 2, now: datetime = START) -> None:
        self.secret, self.page_size = secret, page_size
        self.records: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in _KINDS}
        self._tokens: set[str] = set()
        self._last = 1000
        super().__init__(now)

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a connection to it."""
        return {"base_url": f"{self.url}/v3", "auth_url": f"{self.url}/token", "user_id": "77"}

    @property
    def credentials(self) -> dict[str, str]:
        """The credentials that it accepts."""
        return {"client_id": "client", "client_secret": "hush"}

    def accepts(self, status: int) -> bool:
        """Anything but 200 is a failure there."""
        return status == 200

    def expire_tokens(self) -> None:
        """From now on every token that was given out is refused."""
        self._tokens.clear()

    # --- What people do in it ---

    def ping(self) -> None:
        """Save a web hook."""
        self._tell("ping", None)

    def add_job(self, name: str = "Platform Engineer", stages: tuple[str, ...] = ("Review", "Onsite", "Offer")) -> int:
        """A job with its interview plan; answers its id. Its stages' ids follow it, one by one."""
        id = self._add("jobs", name=name, status="open")
        for order, stage in enumerate(stages):
            self._add("job_interview_stages", job_id=id, name=stage, sort_order=order, active=True)
        return id

    def apply(self, job: int, name: str = "Elena Kovač", email: str = "elena@example.com") -> int:
        """A new candidate on a job, in its first stage; answers the application's id."""
        first, _, last = name.partition(" ")
        emails = [{"value": email, "type": "personal"}]
        candidate = self._add(
            "candidates", first_name=first, last_name=last, email_addresses=emails, phone_numbers=[], can_email=True
        )
        stage = min(id for id, each in self.records["job_interview_stages"].items() if each["job_id"] == job)
        id = self._add(
            "applications",
            candidate_id=candidate,
            job_id=job,
            status="in_process",
            prospect=False,
            rejected_at=None,
            rejection_reason_id=None,
            job_interview_stage_id=stage,
            stage_name=self.records["job_interview_stages"][stage]["name"],
            last_activity_at=self._time(),
        )
        self._enter(id, stage)
        self._tell_application("new_candidate_application", id)
        return id

    def move(self, application: int, stage: int) -> None:
        """Move an application to a stage of its job."""
        name = self.records["job_interview_stages"][stage]["name"]
        self._change(application, job_interview_stage_id=stage, stage_name=name)
        self._enter(application, stage)
        self._tell_application("candidate_stage_change", application)

    def book(self, application: int, starts: datetime, ends: datetime, status: str = "scheduled") -> int:
        """An interview, of which no webhook tells; answers its id."""
        times = {"starts_at": _written(starts), "ends_at": _written(ends), "scheduled_at": self._time()}
        return self._add("interviews", application_id=application, status=status, **times)

    def change_interview(self, id: int, **changes: Any) -> None:
        """Edit an interview, of which no webhook tells either."""
        self.records["interviews"][id] |= {**changes, "updated_at": self._time()}

    def note(self, candidate: int, body: str, type: str = "NOTE", application: int | None = None) -> int:
        """A note; answers its id."""
        return self._add(
            "notes", candidate_id=candidate, application_id=application, body=body, type=type, subject=None
        )

    def reject(self, application: int, reason: str, theirs: bool = False) -> None:
        """Reject an application, or withdraw it (`theirs`)."""
        key, name = ("THEY_REJECTED_US", "They rejected us") if theirs else ("WE_REJECTED_THEM", "We rejected them")
        id = self._add("rejection_reasons", name=reason, type={"id": 1, "key": key, "name": name})
        self._change(application, status="rejected", rejected_at=self._time(), rejection_reason_id=id)
        self._tell_application("reject_candidate", application)

    def unreject(self, application: int) -> None:
        """Take a rejection back: the last activity stays the rejection, as in the published sample."""
        before = self.records["applications"][application]["last_activity_at"]
        self._change(application, status="in_process", rejected_at=None, rejection_reason_id=None)
        self.records["applications"][application]["last_activity_at"] = before
        self._tell_application("unreject_candidate", application)

    def transfer(self, application: int, job: int, stage: int) -> None:
        """Move an application to a stage of another job, under its own id."""
        self._change(application, job_id=job)
        self.move(application, stage)

    def hire(self, application: int) -> None:
        """Hire a candidate; the payload of that has no time and no stage."""
        self._change(application, status="hired")
        payload = self._payload(application)
        for absent in ("status", "last_activity_at", "rejected_at", "applied_at", "current_stage", "prospect"):
            payload.pop(absent)
        self._tell("hire_candidate", {"application": payload})

    def offer(self, application: int, **fields: Any) -> int:
        """Make an offer, which replaces the current one; answers its id. `starts_on` and `sent_on` are its days."""
        for each in self.records["offers"].values():
            if each["application_id"] == application and each["current"]:
                self._change_offer(each["id"], status="deprecated", current=False)
        values = {"status": "unresolved", "sent_on": None, "resolved_at": None, "starts_on": None, **fields}
        id = self._add("offers", application_id=application, current=True, **values)
        self._tell("offer_created", self._offer_payload(id))
        return id

    def change_offer(self, id: int, **changes: Any) -> None:
        """Edit or answer an offer without making a new version of it."""
        self._change_offer(id, **changes)

    def delete_offer(self, id: int) -> None:
        """Delete an offer."""
        payload = self._offer_payload(id)
        self.records["offers"].pop(id)
        self._tell("offer_deleted", {"offer": payload})

    def merge(self, candidate: int, into: int) -> None:
        """Merge a candidate into another, whose the applications and notes are from then on."""
        self.records["candidates"].pop(candidate)
        for kind in ("applications", "notes"):
            for each in self.records[kind].values():
                if each["candidate_id"] == candidate:
                    each["candidate_id"] = into
        self._tell("merge_candidate", {"person": {"id": candidate, "new_candidate_id": into}})

    def delete_candidate(self, candidate: int) -> None:
        """Delete a candidate with all that is theirs."""
        self.records["candidates"].pop(candidate)
        theirs = [id for id, each in self.records["applications"].items() if each["candidate_id"] == candidate]
        for kind in ("applications", "interviews", "notes"):
            for id, each in list(self.records[kind].items()):
                if each.get("candidate_id") == candidate or each.get("application_id") in theirs:
                    self.records[kind].pop(id)
        self._tell("delete_candidate", {"person": {"id": candidate, "deleted_application_ids": theirs}})

    # --- Harvest v3 ---

    def routes(self) -> list[Route]:
        """Signing in, lists, notes and moves."""
        return [
            Route("/token", self._token, methods=["POST"]),
            Route("/v3/notes", self._write, methods=["POST"]),
            Route("/v3/applications/{id:int}/move", self._move, methods=["POST"]),
            Route("/v3/{kind}", self._list),
        ]

    async def _token(self, request: Request) -> Response:
        pair = base64.b64encode(b"client:hush").decode()
        form = parse_qs((await request.body()).decode())
        if request.headers.get("authorization") != f"Basic {pair}" or form.get("grant_type") != ["client_credentials"]:
            return JSONResponse({"error": "invalid_client"}, 401)
        token = f"token-{self._next()}"
        self._tokens.add(token)
        return JSONResponse({"access_token": token, "token_type": "Bearer", "expires_in": 3600})

    async def _list(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        query, kind = dict(request.query_params), request.path_params["kind"]
        if kind not in self.records:
            return JSONResponse({"message": "Not found"}, 404)
        start = 0
        if "cursor" in query:
            if len(query) > 1:
                return JSONResponse({"message": "cursor must be the only parameter"}, 422)
            query = json.loads(base64.urlsafe_b64decode(query["cursor"]))
            start = query.pop("start")
        found = [each for each in self.records[kind].values() if _fits(each, query)]
        # Asked for by their ids, records come on one page; everything else comes few at a time.
        size = int(query.get("per_page", 100)) if "ids" in query else self.page_size
        headers = {}
        if len(found) > start + size:
            state = json.dumps({**query, "start": start + size}).encode()
            following = f"{self.url}/v3/{kind}?cursor={base64.urlsafe_b64encode(state).decode()}"
            headers["Link"] = f'<{following}>; rel="next"'
        return JSONResponse(found[start : start + size], headers=headers)

    async def _write(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        body = await request.json()
        if body.get("visibility") not in ("admin_only", "private", "public") or not body.get("user_id"):
            return JSONResponse({"message": "invalid"}, 422)
        id = self.note(body["candidate_id"], body["body"], body["note_type"])
        return JSONResponse(self.records["notes"][id], 201)

    async def _move(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        body, id = await request.json(), request.path_params["id"]
        if self.records["applications"][id]["job_interview_stage_id"] != body.get("from_stage_id"):
            return JSONResponse({"message": "the application is in another stage"}, 422)
        self.move(id, body["to_stage_id"])
        return JSONResponse({}, 200)

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization", "").removeprefix("Bearer ") in self._tokens:
            return None
        return JSONResponse({"message": "Invalid token"}, 401)

    # --- Inside ---

    def _add(self, kind: str, **fields: Any) -> int:
        id = self._next()
        self.records[kind][id] = {"id": id, "created_at": self._time(), "updated_at": self._time(), **fields}
        return id

    def _change(self, application: int, **changes: Any) -> None:
        self.records["applications"][application] |= {
            **changes,
            "updated_at": self._time(),
            "last_activity_at": self._time(),
        }

    def _change_offer(self, id: int, **changes: Any) -> None:
        self.records["offers"][id] |= {**changes, "updated_at": self._time()}
        self._tell("offer_updated", self._offer_payload(id))

    def _offer_payload(self, id: int) -> dict[str, Any]:
        """An offer as webhooks write it: days as Americans write them, and no time of its change."""
        offer = self.records["offers"][id]
        starts = offer["starts_on"]
        status = "Created" if offer["status"] == "unresolved" else str(offer["status"]).title()
        kept = {name: offer[name] for name in ("id", "application_id", "sent_on", "resolved_at")}
        return {**kept, "start_date": starts and f"{starts[5:7]}/{starts[8:]}/{starts[:4]}", "offer_status": status}

    def _enter(self, application: int, stage: int) -> None:
        for each in self.records["application_stages"].values():
            if each["application_id"] == application:
                each["current"] = False
        fields = {"application_id": application, "job_interview_stage_id": stage, "entered_at": self._time()}
        self._add("application_stages", current=True, **fields)

    def _payload(self, application: int) -> dict[str, Any]:
        """An application as webhooks write it, with the candidate, the jobs and the steps of its stage."""
        record = self.records["applications"][application]
        booked = [each for each in self.records["interviews"].values() if each["application_id"] == application]
        steps = [{"id": 1, "name": "Panel <on site>", "status": each["status"]} for each in booked]
        stage = {"id": record["job_interview_stage_id"], "name": record["stage_name"], "interviews": steps}
        return {
            "id": application,
            "status": "active" if record["status"] == "in_process" else record["status"],
            "prospect": False,
            "applied_at": record["created_at"],
            "rejected_at": record["rejected_at"],
            "last_activity_at": record["last_activity_at"],
            "rejection_reason": self.records["rejection_reasons"].get(record["rejection_reason_id"] or 0),
            "current_stage": stage,
            "candidate": self.records["candidates"][record["candidate_id"]],
            "jobs": [self.records["jobs"][record["job_id"]]],
        }

    def _tell_application(self, action: str, application: int) -> None:
        self._tell(action, {"application": self._payload(application)})

    def _tell(self, action: str, payload: Any) -> None:
        text = json.dumps({"action": action, **({"payload": payload} if payload else {})})
        body = text.replace("<", "\\u003c").replace(">", "\\u003e").encode()
        signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"signature": f"sha256 {signature}", "greenhouse-event-id": str(self._next())}
        self.deliveries.append(Delivery(action, body, headers))

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _time(self) -> str:
        return _written(self.now)


def _fits(record: dict[str, Any], query: dict[str, str]) -> bool:
    for name, field in _FILTERS.items():
        if name in query and str(record.get(field)) not in query[name].split(","):
            return False
    if "true" in (query.get("current"), query.get("current_only")) and not record.get("current"):
        return False
    bound = query.get("updated_at", "")
    return not bound.startswith("gte|") or bool(record["updated_at"] >= bound.removeprefix("gte|"))


def _written(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
