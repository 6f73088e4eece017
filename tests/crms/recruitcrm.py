"""A stand-in for Recruit CRM: bare records at addresses that name the event, slugs, lists of few a page."""

import json
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.crms.standin import START, Delivery, StandIn

_FOLDERS = ("companies", "contacts", "candidates", "jobs", "meetings", "notes", "call-logs", "tasks")
_MADE = {"notes": "note.created", "tasks": "task.created"}


class RecruitCrmServer(StandIn):
    """Its records lie in `records[folder][slug or id]`, its hiring stages in `stages[candidate, job]`."""

    def __init__(
        self, *, token: str = "live", secret: str = "secret", page_size: int = 2, now: datetime = START
    ) -> None:
        self.token, self.secret, self.page_size = token, secret, page_size
        self.records: dict[str, dict[str, dict[str, Any]]] = {folder: {} for folder in _FOLDERS}
        self.stages: dict[tuple[str, str], dict[str, Any]] = {}
        self.pipeline: dict[int, str] = {}
        self.subscriptions: list[dict[str, Any]] = []
        self._last = 0
        self.placements: dict[int, dict[str, Any]] = {}
        super().__init__(now)

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a connection to it."""
        return {"base_url": self.url}

    @property
    def credentials(self) -> dict[str, str]:
        """The credentials that it accepts."""
        return {"token": self.token}

    # --- What people do in it ---

    def add_company(self, name: str = "Harbour Freight Lines") -> str:
        """A client; answers its slug."""
        return self._add("companies", "company.created", company_name=name)

    def add_contact(self, company: str, name: str = "Dan Okafor") -> str:
        """Add a contact of a client; return the slug."""
        first, _, last = name.partition(" ")
        return self._add("contacts", "contact.created", company_slug=company, first_name=first, last_name=last)

    def add_candidate(self, name: str = "Priya Raman", email: str = "priya@example.com") -> str:
        """A candidate; answers the slug."""
        first, _, last = name.partition(" ")
        return self._add("candidates", "candidate.created", first_name=first, last_name=last, email=email)

    def add_job(self, company: str, contact: str, name: str = "Payroll Manager") -> str:
        """A job; answers its slug."""
        status = {"id": 1, "label": "Open"}
        return self._add(
            "jobs", "job.created", company_slug=company, contact_slug=contact, name=name, job_status=status
        )

    def move(
        self,
        candidate: str,
        job: str,
        status_id: int,
        label: str,
        remark: str | None = None,
        dated: datetime | None = None,
    ) -> None:
        """Set the hiring stage; the first time that assigns the candidate. The stage is the pipeline's from then on.

        `dated`: the date that a recruiter gives the stage, such as an earlier one to correct a mistake.
        """
        self.pipeline[status_id] = label
        self.stages[candidate, job] = {
            "candidate_slug": candidate,
            "job_slug": job,
            "status": {"status_id": status_id, "label": label},
            "remark": remark,
            "stage_date": _written(dated or self.now),
            "updated_on": self._time(),
            "updated_by": 10001,
        }
        self._tell("candidate.hiringstage.updated", self.stages[candidate, job])

    def book(self, candidate: str, job: str, starts: datetime, ends: datetime, type: str = "Interview") -> str:
        """A meeting with a candidate about a job; answers its id."""
        return self._add(
            "meetings",
            "meeting.created",
            meeting_type=[{"id": 1, "label": type}],
            start_date=_written(starts),
            end_date=_written(ends),
            all_day=0,
            **_related(candidate, job),
        )

    def note(self, candidate: str, job: str | None, text: str, type: str | None = None) -> str:
        """A note; answers its id."""
        label = [{"id": 1, "label": type}] if type else []
        return self._add("notes", "note.created", note_type=label, description=text, **_related(candidate, job))

    def call(self, candidate: str, job: str | None, direction: str = "CALL_OUTGOING") -> str:
        """A logged call; answers its id."""
        started = self._time()
        related = _related(candidate, job)
        return self._add("call-logs", "calllog.created", call_type=direction, call_started_on=started, **related)

    def change(self, folder: str, key: str, event: str, **changes: Any) -> None:
        """Edit a record."""
        self.records[folder][key] |= {**changes, "updated_on": self._time()}
        self._tell(event, self.records[folder][key])

    def delete(self, folder: str, key: str, event: str) -> None:
        """Delete a record."""
        self._tell(event, self.records[folder].pop(key))

    def place(self, candidate: str, job: str, starts_on: str | None = None) -> int:
        """Write a placement; answers its id. The first day is the custom field 7."""
        id = self._next()
        self.placements[id] = {"id": id, "candidate_slug": candidate, "job_slug": job, "created_on": self._time()}
        self._tell("placement.created", self._placement(id, starts_on))
        return id

    def change_placement(self, id: int, starts_on: str | None) -> None:
        """Edit the first day of a placement."""
        self._tell("placement.updated", self._placement(id, starts_on))

    def take_back(self, candidate: str, job: str) -> None:
        """Delete a placement, the last of this candidate on this job."""
        whose = {"candidate_slug": candidate, "job_slug": job}
        theirs = [id for id, each in self.placements.items() if whose.items() <= each.items()]
        self._tell("placement.deleted", {"id": theirs[-1] if theirs else self._next(), **whose})

    def _placement(self, id: int, starts_on: str | None) -> dict[str, Any]:
        fields = [{"field_id": 3, "value": "Permanent"}, {"field_id": 7, "value": starts_on}]
        return {**self.placements[id], "custom_fields": fields, "updated_on": self._time()}

    # --- Its API ---

    def routes(self) -> list[Route]:
        """The part of v1 that the connector uses."""
        return [
            Route("/v1/subscriptions", self._subscribe, methods=["POST"]),
            Route("/v1/candidates/{candidate}/hiring-stages", self._stages),
            Route("/v1/candidates/{candidate}/hiring-stages/{job}", self._stage, methods=["GET", "POST"]),
            Route("/v1/hiring-pipelines/0", self._pipeline),
            Route("/v1/jobs/{job}/assigned-candidates", self._assigned),
            Route("/v1/{folder}/search", self._search),
            Route("/v1/{folder}/{key}", self._one),
            Route("/v1/{folder}", self._folder, methods=["GET", "POST"]),
        ]

    async def _subscribe(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        self.subscriptions.append({"id": self._next(), **await request.json()})
        return JSONResponse(self.subscriptions[-1])

    async def _one(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        found = self.records.get(request.path_params["folder"], {}).get(request.path_params["key"])
        return JSONResponse(found) if found else _absent()

    async def _folder(self, request: Request) -> Response:
        folder = request.path_params["folder"]
        if refused := self._refusal(request):
            return refused
        if request.method == "POST":
            body = await request.json()
            if folder not in _MADE or not body.get("description") or not body.get("related_to"):
                return JSONResponse({"error": "The given data was invalid."}, 422)
            related = _related(body["related_to"], body.pop("associated_jobs", None))
            return JSONResponse(self.records[folder][self._add(folder, _MADE[folder], **{**body, **related})])
        return self._paged(request, list(self.records[folder].values()))

    async def _search(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        query = request.query_params
        if not {"related_to", "updated_from", "starting_from"} & set(query):
            return JSONResponse({"error": "Enter at least one additional parameter."}, 422)
        wanted, since, starts = (query.get(name, "") for name in ("related_to", "updated_from", "starting_from"))
        found = [
            each
            for each in self.records[request.path_params["folder"]].values()
            if wanted in ("", each.get("related_to"))
            and each["updated_on"] >= since
            and each.get("start_date", "") >= starts
            and each.get("start_date", "")[:10] <= query.get("starting_to", "9999")
        ]
        return self._paged(request, found)

    async def _stages(self, request: Request) -> Response:
        candidate = request.path_params["candidate"]
        if refused := self._refusal(request):
            return refused
        return JSONResponse([stage for (whose, _), stage in self.stages.items() if whose == candidate])

    async def _stage(self, request: Request) -> Response:
        key = (request.path_params["candidate"], request.path_params["job"])
        if refused := self._refusal(request):
            return refused
        if key not in self.stages:
            return _absent()
        if request.method == "POST":
            body = await request.json()
            status = body["status_id"]
            self.move(*key, status, self.pipeline.get(status, f"Stage {status}"), body.get("remark"))
        return JSONResponse(self.stages[key])

    async def _pipeline(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        return JSONResponse([{"stage_id": id, "label": label} for id, label in self.pipeline.items()])

    async def _assigned(self, request: Request) -> Response:
        if refused := self._refusal(request):
            return refused
        return self._paged(
            request,
            [
                {
                    "candidate": self.records["candidates"][candidate],
                    "stage_date": stage["stage_date"],
                    "status": stage["status"],
                }
                for (candidate, job), stage in self.stages.items()
                if job == request.path_params["job"] and candidate in self.records["candidates"]
            ],
        )

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization") == f"Bearer {self.token}":
            return None
        return JSONResponse({"message": "Unauthenticated."}, 401)

    def _paged(self, request: Request, found: list[dict[str, Any]]) -> Response:
        number = int(request.query_params.get("page", 1))
        size = min(int(request.query_params.get("limit", 25)), self.page_size)
        more = len(found) > number * size
        # A page's own address forgets what was searched for: who goes on must say it again.
        following = f"{self.url}{request.url.path}?page={number + 1}" if more else None
        data = found[(number - 1) * size : number * size]
        return JSONResponse({"current_page": number, "per_page": size, "next_page_url": following, "data": data})

    # --- Inside ---

    def _add(self, folder: str, event: str, **fields: Any) -> str:
        number = self._next()
        slugged = folder in ("companies", "contacts", "candidates", "jobs")
        key = f"slug{number}" if slugged else str(number)
        record = {"id": number, **({"slug": key} if slugged else {}), **fields}
        self.records[folder][key] = {**record, "created_on": self._time(), "updated_on": self._time()}
        self._tell(event, self.records[folder][key])
        return key

    def _tell(self, event: str, record: dict[str, Any]) -> None:
        query = {"event": event, "secret": self.secret}
        self.deliveries.append(Delivery(event, json.dumps(record).encode(), query=query))

    def _next(self) -> int:
        self._last += 1
        return self._last

    def _time(self) -> str:
        return _written(self.now)


def _written(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z")


def _related(candidate: str, job: str | None) -> dict[str, Any]:
    jobs = [job] if job else []
    return {"related_to": candidate, "related_to_type": "candidate", "associated_jobs": jobs}


def _absent() -> Response:
    return JSONResponse({"error": "Record not found."}, 404)
