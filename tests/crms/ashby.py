"""A stand-in for Ashby: one method a path, refusals as 200, several webhooks under one id, no retry after a 401."""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.crms.standin import START, Delivery, StandIn

_NEVER_AGAIN = (401, 403, 404, 405, 410)
_LISTS = {
    "application.list": "applications",
    "candidate.listNotes": "notes",
    "interviewSchedule.list": "schedules",
    "job.list": "jobs",
    "offer.list": "offers",
}


class AshbyServer(StandIn):
    """Its records lie in `records[kind][id]`, as Ashby writes them."""

    def __init__(self, *, secret: str = "secret", page_size: int = 2, now: datetime = START) -> None:
        self.secret, self.page_size = secret, page_size
        kinds = ("applications", "notes", "schedules", "jobs", "offers")
        self.records: dict[str, dict[str, dict[str, Any]]] = {kind: {} for kind in kinds}
        self.notified: list[str] = []
        self.plan = {"stage-review": "Application Review", "stage-onsite": "Onsite", "stage-offer": "Offer"}
        self._last = 0
        super().__init__(now)

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a connection to it."""
        return {"base_url": self.url}

    @property
    def credentials(self) -> dict[str, str]:
        """The credentials that it accepts."""
        return {"api_key": "live"}

    @property
    def undelivered(self) -> list[Delivery]:
        """The retry policy: after some answers Ashby never tries again, and gives up after ten attempts."""
        return [
            each
            for each in super().undelivered
            if len(each.answers) < 10 and not any(answer in _NEVER_AGAIN for answer in each.answers)
        ]

    # --- What people do in it ---

    def ping(self) -> None:
        """See whether an address is live."""
        self._tell({"ping": {"webhookActionType": "ping"}})

    def add_job(self, title: str = "Staff Designer") -> str:
        """A job with a hiring manager and a recruiter; answers its id."""
        team = [
            {
                "userId": "iris",
                "firstName": "Iris",
                "lastName": "Moreau",
                "role": "Hiring Manager",
                "email": "i@o.example",
            },
            {"userId": "sam", "firstName": "Sam", "lastName": "Lee", "role": "Recruiter", "email": "sam@rpo.example"},
        ]
        id = self._add("jobs", title=title, status="Open", hiringTeam=team)
        self._tell({"jobCreate": {"job": self.records["jobs"][id]}})
        return id

    def apply(self, job: str, name: str = "Noor Haddad", email: str = "noor@example.com") -> str:
        """A new candidate on a job; answers the application's id."""
        known = self.records["jobs"][job]
        id = self._add(
            "applications",
            status="Active",
            candidate={"id": self._next("candidate"), "name": name, "primaryEmailAddress": {"value": email}},
            job={"id": job, "title": known["title"]},
            hiringTeam=known["hiringTeam"],
            archiveReason=None,
            archivedAt=None,
            applicationHistory=[],
        )
        self._enter(id, "stage-review", "Application Review")
        self._tell({"applicationSubmit": self._told(id)})
        return id

    def move(self, application: str, stage: str, title: str) -> None:
        """Move an application to a stage: two webhooks under one id."""
        self._enter(application, stage, title)
        self._tell({"candidateStageChange": self._told(application), "applicationUpdate": self._told(application)})

    def archive(self, application: str, reason_type: str, text: str) -> None:
        """End an application."""
        reason = {"id": "r", "text": text, "reasonType": reason_type, "isArchived": False}
        self._change("applications", application, status="Archived", archiveReason=reason, archivedAt=self._time())
        self._tell({"candidateStageChange": self._told(application), "applicationUpdate": self._told(application)})

    def unarchive(self, application: str) -> None:
        """Take an end back: the application goes on in the stage that it was in."""
        self._change("applications", application, status="Active", archiveReason=None, archivedAt=None)
        self._tell({"applicationUpdate": self._told(application)})

    def transfer(self, application: str, job: str) -> None:
        """Move an application to another job, under its own id: an update of it."""
        known = self.records["jobs"][job]
        self._change("applications", application, job={"id": job, "title": known["title"]})
        self._tell({"applicationUpdate": self._told(application)})

    def hire(self, application: str) -> None:
        """Hire a candidate: three webhooks under one id."""
        self._change("applications", application, status="Hired")
        payload = self._told(application)
        self._tell({"candidateHire": payload, "candidateStageChange": payload, "applicationUpdate": payload})

    def offer(
        self,
        application: str,
        acceptance: str = "WaitingOnResponse",
        id: str | None = None,
        starts_on: str | None = None,
    ) -> str:
        """Make an offer, or answer the one of this id or make a new version of it; answers its id."""
        action, id = ("offerUpdate", id) if id else ("offerCreate", self._next("offer"))
        stands = {"Accepted": "CandidateAccepted", "Declined": "CandidateRejected"}
        before = self.records["offers"].get(id, {})
        listed_columns = (before.get("decidedAt") or self._time()) if acceptance in stands else None
        version = {"id": self._next("version"), "startDate": starts_on, "createdAt": self._time()}
        self.records["offers"][id] = {
            "id": id,
            "applicationId": application,
            "acceptanceStatus": acceptance,
            "offerStatus": stands.get(acceptance, "WaitingOnCandidateResponse"),
            "decidedAt": listed_columns,
            "latestVersion": version if starts_on or not before else before["latestVersion"],
        }
        self._tell({action: {"offer": self.records["offers"][id]}})
        return id

    def delete_offer(self, id: str) -> None:
        """Delete an offer."""
        whose = self.records["offers"].pop(id)["applicationId"]
        self._tell({"offerDelete": {"offer": {"id": id, "applicationId": whose}}})

    def signature(self, offer: str, event: str) -> None:
        """Send, complete, cancel or delete the request to sign an offer."""
        version = self.records["offers"][offer]["latestVersion"]["id"]
        payload = {"relatedEntityType": "offer", "offerId": offer, "offerVersionId": version, "eventType": event}
        self._tell({"signatureRequestUpdate": payload})

    def book(self, application: str, *slots: tuple[datetime, datetime]) -> str:
        """A schedule with its events; answers its id."""
        id = self._add(
            "schedules",
            applicationId=application,
            status="Scheduled",
            interviewStageId=self.records["applications"][application]["currentInterviewStage"]["id"],
            interviewEvents=[self._slot(*slot) for slot in slots],
        )
        payload = {"interviewSchedule": self.records["schedules"][id]}
        self._tell({"interviewScheduleCreate": payload, "interviewScheduleUpdate": payload})
        return id

    def reschedule(self, schedule: str, status: str, *slots: tuple[datetime, datetime]) -> None:
        """Change a schedule's status and events."""
        self._change("schedules", schedule, status=status, interviewEvents=[self._slot(*slot) for slot in slots])
        self._tell({"interviewScheduleUpdate": {"interviewSchedule": self.records["schedules"][schedule]}})

    def note(self, candidate: str, content: str, private: bool = False) -> str:
        """A note, of which no webhook tells; answers its id."""
        return self._add("notes", candidateId=candidate, content=content, isPrivate=private)

    def merge(self, candidate: str, into: str) -> None:
        """Merge a candidate into another, whose the applications and notes are from then on."""
        for each in self.records["applications"].values():
            if each["candidate"]["id"] == candidate:
                kept = next(one for one in self.records["applications"].values() if one["candidate"]["id"] == into)
                each["candidate"] = kept["candidate"]
        for each in self.records["notes"].values():
            if each["candidateId"] == candidate:
                each["candidateId"] = into
        self._tell({"candidateMerge": {"deletedCandidate": {"id": candidate}, "mergedCandidate": {"id": into}}})

    def delete(self, candidate: str) -> None:
        """Delete a candidate with all that is theirs."""
        theirs = [id for id, each in self.records["applications"].items() if each["candidate"]["id"] == candidate]
        for kind in ("applications", "schedules", "notes"):
            for id, each in list(self.records[kind].items()):
                if id in theirs or each.get("applicationId") in theirs or each.get("candidateId") == candidate:
                    self.records[kind].pop(id)
        self._tell({"candidateDelete": {"candidate": {"id": candidate}}})

    def candidate_of(self, application: str) -> str:
        """The candidate of an application."""
        return str(self.records["applications"][application]["candidate"]["id"])

    # --- Its API ---

    def routes(self) -> list[Route]:
        """Every method is a POST to a path of its own."""
        return [Route("/{method}", self._call, methods=["POST"])]

    async def _call(self, request: Request) -> Response:
        pair = base64.b64encode(b"live:").decode()
        if request.headers.get("authorization") != f"Basic {pair}":
            return JSONResponse({"success": False, "errors": ["unauthorized"]}, 401)
        method, asked = request.path_params["method"], await request.json()
        if method in _LISTS:
            return self._listed(_LISTS[method], asked)
        application = self.records["applications"].get(asked.get("applicationId", ""))
        match method:
            case "offer.info" if asked.get("offerId") in self.records["offers"]:
                return _results(self.records["offers"][asked["offerId"]])
            case "application.info" if application:
                return _results(application)
            case "application.changeStage" if application and asked.get("interviewStageId") in self.plan:
                self.move(application["id"], asked["interviewStageId"], self.plan[asked["interviewStageId"]])
                return _results(application)
            case "interviewStage.list" if asked.get("interviewPlanId") == "plan":
                return _results([{"id": id, "title": title} for id, title in self.plan.items()])
            case "candidate.createNote" if asked.get("candidateId") and asked.get("note"):
                id = self.note(asked["candidateId"], asked["note"], bool(asked.get("isPrivate")))
                if asked.get("sendNotifications"):
                    self.notified.append(id)
                return _results(self.records["notes"][id])
        return _refused("application_not_found" if method.startswith("application.") else "invalid_input")

    def _listed(self, kind: str, asked: dict[str, Any]) -> Response:
        found = list(self.records[kind].values())
        if kind == "notes":
            found = [each for each in found if each["candidateId"] == asked.get("candidateId")]
        if kind == "offers":
            found = [each for each in found if each["applicationId"] == asked.get("applicationId")]
        if status := asked.get("status"):
            found = [each for each in found if each["status"] == status]
        cursor = str(asked.get("cursor") or "from-0")
        if not cursor.startswith("from-"):
            return _refused("invalid_cursor")
        start = int(cursor.removeprefix("from-"))
        end = start + self.page_size
        more = (
            {"moreDataAvailable": True, "nextCursor": f"from-{end}"}
            if len(found) > end
            else {"moreDataAvailable": False}
        )
        return JSONResponse({"success": True, "results": found[start:end], **more})

    # --- Inside ---

    def _add(self, kind: str, **fields: Any) -> str:
        id = self._next(kind)
        self.records[kind][id] = {"id": id, "createdAt": self._time(), "updatedAt": self._time(), **fields}
        return id

    def _change(self, kind: str, id: str, **changes: Any) -> None:
        self.records[kind][id] |= {**changes, "updatedAt": self._time()}

    def _enter(self, application: str, stage: str, title: str) -> None:
        history = self.records["applications"][application]["applicationHistory"]
        for each in history:
            each["leftStageAt"] = each["leftStageAt"] or self._time()
        history.append({"stageId": stage, "title": title, "enteredStageAt": self._time(), "leftStageAt": None})
        self.plan[stage] = title
        present = {"id": stage, "title": title, "type": "Active", "interviewPlanId": "plan"}
        self._change("applications", application, currentInterviewStage=present)

    def _slot(self, starts: datetime, ends: datetime) -> dict[str, Any]:
        times = {"startTime": _written(starts), "endTime": _written(ends), "createdAt": self._time()}
        return {"id": self._next("event"), **times, "interview": {"title": "Panel", "isDebrief": False}}

    def _told(self, application: str) -> dict[str, Any]:
        """An application as webhooks write it: without its history."""
        record = self.records["applications"][application]
        return {"application": {name: value for name, value in record.items() if name != "applicationHistory"}}

    def _tell(self, webhooks: dict[str, Any]) -> None:
        change = self._next("change")
        for action, data in webhooks.items():
            body = json.dumps({"webhookActionId": change, "action": action, "data": data}).encode()
            signature = hmac.new(self.secret.encode(), body, hashlib.sha256).hexdigest()
            self.deliveries.append(Delivery(action, body, {"ashby-signature": f"sha256={signature}"}))

    def _next(self, kind: str) -> str:
        self._last += 1
        return f"{kind}-{self._last}"

    def _time(self) -> str:
        return _written(self.now)


def _results(found: Any) -> Response:
    return JSONResponse({"success": True, "results": found})


def _refused(code: str) -> Response:
    return JSONResponse({"success": False, "errors": [code], "errorInfo": {"code": code, "message": code}})


def _written(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
