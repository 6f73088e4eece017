"""A stand-in for JobAdder: OAuth, its lists and documents, its webhooks that it suspends, and notes and tasks."""

import json
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.crms.standin import Delivery, StandIn, To

FIELDS = {
    "companies": "companyId",
    "contacts": "contactId",
    "candidates": "candidateId",
    "jobs": "jobId",
    "applications": "applicationId",
    "interviews": "interviewId",
    "notes": "noteId",
    "placements": "placementId",
}
_PARTS = {"company": "companies", "contact": "contacts", "candidate": "candidates", "job": "jobs"}
_INSIDE = {**_PARTS, "interviewee": "applications"}
_LISTED = ("candidates", "applications", "jobs", "companies", "contacts")
_STAMPS = ("createdAt", "updatedAt")
_FILTERS = {"Offset", "Limit", "CreatedAt", "UpdatedAt", "Embed", "Fields", "Reference", "Status"}
_DELETED = ("applications", "candidates", "jobs", "contacts", "companies", "placements")
_ZEROS = str(UUID(int=0))
USER = 31
Handler = Callable[[Request], Awaitable[Response]]


class JobAdderStandIn(StandIn):
    """An agency's JobAdder. `add`, `change`, `move` and `remove` are what recruiters do there."""

    credentials: Mapping[str, str] = {"client_id": "client", "client_secret": "secret", "refresh_token": "refresh-0"}

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self.rows: dict[str, dict[str, dict[str, Any]]] = {resource: {} for resource in FIELDS}
        self.tasks: dict[int, dict[str, Any]] = {}
        self.gone: list[tuple[str, str, str]] = []
        self.webhooks: dict[str, dict[str, Any]] = {}
        self.statuses = {1: "Applied", 2: "Client interview", 3: "Offer", 4: "Unsuccessful"}
        self.page_size = 3
        self.tells_ids = True
        """Whether events name what they are about, which JobAdder does not publish."""
        self.event_ids_are_zeros = False
        self._ids, self._given = 500, 0
        self._access, self._refresh = set[str](), {"refresh-0"}
        self._failed_at: list[datetime] = []

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings of a connection to it."""
        return {"auth_url": self.url}

    def routes(self) -> Sequence[Route]:
        """Its API, version 2."""
        own: list[tuple[str, str, Handler]] = [
            ("GET", "/webhooks", self._find_webhooks),
            ("POST", "/webhooks", self._add_webhook),
            ("PUT", "/webhooks/{id}", self._put_webhook),
            ("GET", "/users/current", self._whoami),
            ("GET", "/usertasks", self._find_tasks),
            ("POST", "/candidates/{id}/notes", self._add_note),
            ("POST", "/candidates/{id}/usertasks", self._add_task),
            ("PUT", "/applications/{id}/status", self._set_status),
            ("GET", "/applications/lists/status", self._find_statuses),
            ("GET", "/{resource}/deleted", self._find_deleted),
            ("GET", "/{resource}", self._find),
            ("GET", "/{resource}/{id}", self._get),
        ]
        token = Route("/connect/token", self._token, methods=["POST"])
        return [token, *(Route(f"/v2{path}", self._guarded(each), methods=[verb]) for verb, path, each in own)]

    # --- What recruiters do ---

    def add(self, resource: str, tell: str | None = None, **fields: Any) -> str:
        """A new thing; others are named by their ids: `candidate=id`, a note's `candidates=[id]`."""
        self._ids += 1
        id = str(UUID(int=self._ids)) if resource == "notes" else str(self._ids)
        self.rows[resource][id] = {**fields, "createdAt": self._stamp(), "updatedAt": None}
        if tell:
            self.tell(tell, resource, id)
        return id

    def change(self, resource: str, id: str, tell: str | None = None, **fields: Any) -> None:
        """Change a thing, with or without an event."""
        self.rows[resource][id] |= {**fields, "updatedAt": self._stamp()}
        if tell:
            self.tell(tell, resource, id)

    def move(self, id: str, status: int) -> None:
        """Move an application to a status, of which JobAdder tells."""
        self.change("applications", id, "jobapplication_status_changed", status=status)

    def remove(self, resource: str, id: str) -> None:
        """Delete a thing. Only lists of some kinds show it, and no event."""
        del self.rows[resource][id]
        self.gone.append((resource, id, self._stamp()))

    def desk(self) -> dict[str, str]:
        """A company with its contact, a job, a candidate and an application: the ids by resource."""
        company = self.add("companies", name="Marlow Dental Group")
        contact = self.add("contacts", firstName="Hannah", lastName="Ferreira", company=company)
        job = self.add("jobs", jobTitle="Dental Nurse", company=company, contact=contact, status=1)
        candidate = self.add("candidates", firstName="Jasmine", lastName="Oyelaran", mobile="+61 455 550 188")
        application = self.add("applications", candidate=candidate, job=job, status=1)
        ids = {"companies": company, "contacts": contact, "jobs": job, "candidates": candidate}
        return {**ids, "applications": application}

    # --- Its webhooks ---

    def tell(self, event: str, resource: str, id: str) -> None:
        """Send an event to every webhook that wants it; one that is suspended never hears of it."""
        self._ids += 1
        data = {FIELDS[resource]: int(id) if id.isdigit() else id} if self.tells_ids else {}
        body = {
            "apiVersion": 2,
            "event": event,
            "eventId": _ZEROS if self.event_ids_are_zeros else str(UUID(int=self._ids)),
            "eventDate": self._stamp(),
            "eventUser": {"userId": 7},
            "eventData": data,
        }
        for webhook in self.webhooks.values():
            if webhook["status"] == "Enabled" and event in webhook["events"]:
                headers = {"content-type": "application/json", "x-jobadder-webhookid": webhook["webhookId"]}
                if webhook.get("authorization"):
                    headers["authorization"] = webhook["authorization"]
                self.deliveries.append(Delivery(event, json.dumps(body).encode(), headers))

    def _deliver(
        self, chosen: list[Delivery], to: To, order: Callable[[list[Delivery]], Iterable[Delivery]]
    ) -> list[int]:
        """Ten failures in an hour suspend the webhook, and what was not delivered by then is lost."""
        statuses = super()._deliver(chosen, to, order)
        an_hour_ago = self.now - timedelta(hours=1)
        failures = [self.now for status in statuses if not self.accepts(status)]
        self._failed_at = [at for at in self._failed_at if at > an_hour_ago] + failures
        if len(self._failed_at) >= 10:
            self.deliveries = [each for each in self.deliveries if each not in self.undelivered]
            for webhook in self.webhooks.values():
                webhook["status"] = "Suspended"
        return statuses

    async def _find_webhooks(self, request: Request) -> Response:
        wanted = request.query_params.get("Status")
        shown = [
            {part: value for part, value in webhook.items() if part != "authorization"}
            for webhook in self.webhooks.values()
            if wanted in {None, webhook["status"]}
        ]
        return JSONResponse({"items": shown, "links": {}})

    async def _add_webhook(self, request: Request) -> Response:
        body = json.loads(await request.body())
        self._ids += 1
        id = str(UUID(int=self._ids))
        self.webhooks[id] = {"status": "Enabled", **body, "webhookId": id}
        return JSONResponse({"webhookId": id}, 201)

    async def _put_webhook(self, request: Request) -> Response:
        body = json.loads(await request.body())
        if not body.get("name") or not body.get("events"):
            return JSONResponse({"message": "name and events are needed"}, 422)
        # What the command leaves out is taken away, the authorization too.
        self.webhooks[request.path_params["id"]] = {**body, "webhookId": request.path_params["id"]}
        self._failed_at.clear()
        return JSONResponse({})

    # --- Its sign-in ---

    def expire_tokens(self) -> None:
        """The hour of every access token is over."""
        self._access.clear()

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        client = all(form.get(part) == self.credentials[part] for part in ("client_id", "client_secret"))
        if not client or form.get("grant_type") != "refresh_token" or form.get("refresh_token") not in self._refresh:
            return JSONResponse({"error": "invalid_grant"}, 400)
        self._given += 1
        access, refresh = f"access-{self._given}", f"refresh-{self._given}"
        self._refresh = {refresh}
        self._access.add(access)
        answer = {"access_token": access, "expires_in": 3600, "token_type": "Bearer", "refresh_token": refresh}
        return JSONResponse({**answer, "api": f"{self.url}/v2"})

    def _guarded(self, handler: Handler) -> Handler:
        async def checked(request: Request) -> Response:
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in self._access:
                return JSONResponse({"message": "Unauthorized"}, 401)
            return await handler(request)

        return checked

    async def _whoami(self, request: Request) -> Response:
        return JSONResponse({"userId": USER, "email": "mia.tran@agency.example"})

    # --- Its documents ---

    async def _find(self, request: Request) -> Response:
        resource, asked = request.path_params["resource"], request.query_params
        by_id = {field[0].upper() + field[1:]: field for field in FIELDS.values()}
        if resource not in FIELDS or not asked.keys() <= _FILTERS | by_id.keys():
            return JSONResponse({"message": "unknown filter"}, 400)
        found = [self._shown(resource, id) for id, row in self.rows[resource].items() if _after(asked, row)]
        for name, field in by_id.items():
            if name in asked:
                found = [row for row in found if asked[name] in _ids_in(row, field)]
        if "Reference" in asked:
            found = [row for row in found if row.get("reference") == asked["Reference"]]
        offset, most = int(asked.get("Offset", 0)), min(int(asked.get("Limit", 100)), self.page_size)
        rows = found[offset : offset + most]
        if resource == "notes":
            short = {"noteId", "type", "reference", "createdAt", "updatedAt", *asked.get("Fields", "").split(",")}
            rows = [{part: value for part, value in row.items() if part in short} for row in rows]
        return JSONResponse({"items": rows, "totalCount": len(found), "links": {}})

    async def _get(self, request: Request) -> Response:
        resource, id = request.path_params["resource"], request.path_params["id"]
        if resource == "interviews" or id not in self.rows.get(resource, {}):
            return JSONResponse({"message": "not found"}, 404)
        return JSONResponse(self._shown(resource, id))

    async def _find_deleted(self, request: Request) -> Response:
        resource = request.path_params["resource"]
        if resource not in _DELETED:
            return JSONResponse({"message": "not found"}, 404)
        rows = [{FIELDS[one]: int(id), "deletedAt": at} for one, id, at in self.gone if one == resource]
        return JSONResponse({"items": rows})

    def _shown(self, resource: str, id: str, *, inside: bool = False) -> dict[str, Any]:
        """A document; one inside another carries no times, but for an application."""
        row = self.rows[resource][id]
        shown: dict[str, Any] = {FIELDS[resource]: int(id) if id.isdigit() else id}
        for name, value in row.items():
            if name in _LISTED:
                shown[name] = [self._shown(name, one, inside=True) for one in value]
            elif name in _INSIDE:
                shown[name] = self._shown(_INSIDE[name], value, inside=True)
            elif name == "status" and resource == "jobs":
                shown[name] = {"statusId": value, "name": "Open" if value == 1 else "Filled", "active": value == 1}
            elif name == "status":
                shown[name] = {"statusId": value, "name": self.statuses[value]}
            elif not (inside and resource != "applications" and name in _STAMPS):
                shown[name] = value
        return shown

    # --- What we write ---

    async def _add_note(self, request: Request) -> Response:
        body, candidate = json.loads(await request.body()), request.path_params["id"]
        known = {"type", "text", "applicationId", "createdByIntegration", "reference", "createdBy"}
        if candidate not in self.rows["candidates"] or not body.get("text") or not body.keys() <= known:
            return JSONResponse({"message": "not so"}, 422)
        applications = [str(id) for id in body.pop("applicationId", [])]
        id = self.add("notes", **body, candidates=[candidate], applications=applications)
        return JSONResponse(self._shown("notes", id), 201)

    async def _add_task(self, request: Request) -> Response:
        body = json.loads(await request.body())
        if len(body.get("title", "")) not in range(1, 201) or not body.get("assignees"):
            return JSONResponse({"message": "not so"}, 422)
        self._ids += 1
        self.tasks[self._ids] = {**body, "taskId": self._ids, "text": body["title"], "createdAt": self._stamp()}
        return JSONResponse(self.tasks[self._ids], 201)

    async def _find_tasks(self, request: Request) -> Response:
        rows = [row for row in self.tasks.values() if _after(request.query_params, row)]
        offset, most = int(request.query_params["Offset"]), int(request.query_params["Limit"])
        return JSONResponse({"items": rows[offset : offset + most], "totalCount": len(rows)})

    async def _set_status(self, request: Request) -> Response:
        id, status = request.path_params["id"], json.loads(await request.body()).get("statusId")
        if id not in self.rows["applications"]:
            return JSONResponse({"message": "not found"}, 404)
        if status not in self.statuses:
            return JSONResponse({"message": "no such status"}, 422)
        if self.rows["applications"][id]["status"] == status:
            return Response(status_code=202)
        self.move(id, status)
        return Response()

    async def _find_statuses(self, request: Request) -> Response:
        rows = [{"statusId": id, "name": name, "active": True} for id, name in self.statuses.items()]
        return JSONResponse({"items": rows, "links": {}})

    def _stamp(self) -> str:
        return f"{self.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _after(asked: Mapping[str, str], row: Mapping[str, Any]) -> bool:
    """Return whether a row is from the filters' instants on; a row that was never updated has no updatedAt."""
    filters = [(asked[name].lstrip(">"), row.get(field)) for name, field in _INSTANTS if name in asked]
    return all(stamp is not None and stamp >= least for least, stamp in filters)


_INSTANTS = (("CreatedAt", "createdAt"), ("UpdatedAt", "updatedAt"))


def _ids_in(row: Mapping[str, Any], field: str) -> set[str]:
    """The ids of a kind that a document names: its own, and those of what it is about."""
    found = {str(row[field])} if field in row else set()
    for value in row.values():
        for inside in value if isinstance(value, list) else [value]:
            if isinstance(inside, dict):
                found |= _ids_in(inside, field)
    return found
