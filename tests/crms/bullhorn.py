"""A stand-in for Bullhorn: its sign-in, its entities, its query languages, and its queue that forgets what was read."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.crms.bullhorn_querying import TO_MANY, TO_ONE, BadRequestError, indexed, matches, shown
from tests.crms.standin import StandIn

USER = 1314
"""The API user: what Keepwarm writes carries this person's id."""
_SEARCHED = {"Candidate", "ClientContact", "ClientCorporation", "JobOrder", "Note", "Placement", "Task"}
_QUERIED = {"ClientContact", "ClientCorporation", "JobOrder", "Placement", "Task"}
"""Entities that can be searched for and queried: bullhorn/sdk-rest, QueryEntity."""
_TIMES = {"dateAdded", "dateLastModified"}
_PERSON = {"name", "firstName", "lastName", "email", "phone", "mobile", "isDeleted", *_TIMES}
_COLUMNS = {
    "ClientCorporation": {"name", "phone", "status", *_TIMES},
    "ClientContact": {*_PERSON, "clientCorporation"},
    "Candidate": {*_PERSON, "status"},
    "JobOrder": {
        "title", "isOpen", "status", "dateClosed", "isDeleted", "clientCorporation", "clientContact", "owner", *_TIMES,
    },
    "JobSubmission": {"status", "isDeleted", "sendingUser", "candidate", "jobOrder", *_TIMES},
    "JobSubmissionHistory": {"status", "dateAdded", "jobSubmission"},
    "Appointment": {
        "type", "subject", "communicationMethod", "isPrivate", "dateBegin", "dateEnd", "isDeleted", "parentAppointment",
        "candidateReference", "clientContactReference", "jobOrder", *_TIMES,
    },
    "AppointmentAttendee": {"acceptanceStatus", "appointment", "attendee"},
    "Note": {
        "action", "comments", "externalID", "isDeleted", "personReference", "commentingPerson", "candidates",
        "clientContacts", "jobOrder", "jobOrders", *_TIMES,
    },
    "Placement": {"status", "dateBegin", "jobSubmission", "candidate", "jobOrder", *_TIMES},
    "CandidateReference": {
        "status", "isDeleted", "candidate", "jobOrder", "referenceFirstName", "referenceLastName", "referenceEmail",
        "referencePhone", "referenceClientContact", *_TIMES,
    },
    "Task": {
        "subject", "type", "description", "dateBegin", "dateEnd", "candidate", "jobOrder", "isCompleted", "isPrivate",
        "isDeleted", "priority", "notificationMinutes", "owner", *_TIMES,
    },
}  # fmt: skip
_NEEDED = {"Note": ("action", "comments", "personReference"), "Task": ("subject", "type")}
_ANY = ["GET", "POST", "PUT", "DELETE"]
Handler = Callable[[Request, Mapping[str, Any]], Awaitable[Response]]


class BullhornStandIn(StandIn):
    """An agency's Bullhorn. `add`, `change` and `remove` are what recruiters do; each puts an event in the queue."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self.rows: dict[str, dict[int, dict[str, Any]]] = {entity: {} for entity in (*_COLUMNS, "CorporateUser")}
        self.rows["CorporateUser"][USER] = {"id": USER, "email": "grace.okafor@agency.example"}
        self.queue: list[dict[str, Any]] = []
        self.batches: dict[int, list[dict[str, Any]]] = {}
        self.subscribed: dict[str, set[str]] = {}
        self.page_size = 3
        self._lose = False
        self._ids, self._told = 1000, 40_000_000
        self._refresh, self._codes, self._access, self._tokens = {"refresh-0"}, set[str](), set[str](), set[str]()
        self._given = 0

    credentials: Mapping[str, str] = {
        "client_id": "client", "client_secret": "secret", "username": "api.keepwarm", "password": "p&ss w+rd",
    }  # fmt: skip

    @property
    def settings(self) -> Mapping[str, str]:
        """The settings of a connection to it: the entrance of another data centre, which points here."""
        return {"login_url": f"{self.url}/far/rest-services", "user_id": str(USER)}

    def routes(self) -> Sequence[Route]:
        """Its sign-in, and everything below the corporation's token."""
        own = {
            "entity/{entity}": self._create,
            "entity/{entity}/{id:int}": self._entity,
            "entity/{entity}/{id:int}/{many}": self._associated,
            "search/{entity}": self._find,
            "query/{entity}": self._find,
            "event/subscription/{name}": self._subscription,
            "event/subscription/{name}/lastRequestId": self._last,
        }
        return [
            Route("/far/{rest:path}", self._elsewhere, methods=_ANY),
            Route("/rest-services/loginInfo", self._login_info),
            Route("/oauth/authorize", self._authorize),
            Route("/oauth/token", self._token, methods=["POST"]),
            Route("/rest-services/login", self._login, methods=["GET", "POST"]),
            *(Route(f"/rest-services/e999/{path}", self._guarded(each), methods=_ANY) for path, each in own.items()),
        ]

    # --- What recruiters do ---

    def add(self, entity: str, by: int = 7, **fields: Any) -> int:
        """A new entity; associations are written as `{"id": …}`, to-many ones as a list of ids."""
        self._ids += 1
        id, now = self._ids, self._now()
        self.rows[entity][id] = {"isDeleted": False, "dateAdded": now, **fields, "id": id, "dateLastModified": now}
        self._history(entity, id)
        self._tell(entity, id, "INSERTED", by)
        return id

    def change(self, entity: str, id: int, by: int = 7, **fields: Any) -> None:
        """Change an entity; soft deletion is `isDeleted=True`."""
        self.rows[entity][id] |= {**fields, "dateLastModified": self._now()}
        if "status" in fields:
            self._history(entity, id)
        self._tell(entity, id, "UPDATED", by, sorted(fields))

    def remove(self, entity: str, id: int) -> None:
        """Remove an entity altogether."""
        del self.rows[entity][id]
        self._tell(entity, id, "DELETED", 7)

    def desk(self) -> dict[str, int]:
        """A company with its contact, a job, a candidate and a submission: the ids by entity."""
        company = self.add("ClientCorporation", name="Harrow & Finch Ltd")
        contact = self.add("ClientContact", name="Priya Nair", clientCorporation={"id": company})
        about: dict[str, Any] = {"clientCorporation": {"id": company}, "clientContact": {"id": contact}}
        job = self.add("JobOrder", title="Finance Analyst", isOpen=True, **about)
        candidate = self.add("Candidate", firstName="Tomasz", lastName="Lewandowski", name="Tomasz Lewandowski")
        whose: dict[str, Any] = {"candidate": {"id": candidate}, "jobOrder": {"id": job}, "sendingUser": {"id": USER}}
        submission = self.add("JobSubmission", status="Submitted", **whose)
        return {
            "ClientCorporation": company, "ClientContact": contact, "JobOrder": job, "Candidate": candidate,
            "JobSubmission": submission,
        }  # fmt: skip

    # --- Trouble ---

    def expire_sessions(self) -> None:
        """End every REST session."""
        self._tokens.clear()

    def lose_next_answer(self) -> None:
        """The next read of the queue takes the events away, and its answer is lost on the way."""
        self._lose = True

    def drop_subscriptions(self) -> None:
        """Delete the subscriptions, and their queues with them."""
        self.subscribed.clear()
        self.queue.clear()
        self.batches.clear()

    # --- Its sign-in ---

    async def _elsewhere(self, request: Request) -> Response:
        return RedirectResponse(f"{self.url}/{request.path_params['rest']}?{request.url.query}", 307)

    async def _login_info(self, request: Request) -> Response:
        if request.query_params.get("username") != self.credentials["username"]:
            return JSONResponse({"errorMessage": "unknown user"}, 400)
        return JSONResponse({"oauthUrl": f"{self.url}/oauth", "restUrl": f"{self.url}/rest-services"})

    async def _authorize(self, request: Request) -> Response:
        asked = request.query_params
        known = all(asked.get(part) == self.credentials[part] for part in ("client_id", "username", "password"))
        if not known or asked.get("action") != "Login" or asked.get("response_type") != "code":
            return HTMLResponse("<title>Log in</title>")
        self._codes.add(code := self._give("code"))
        return RedirectResponse(f"http://127.0.0.1:1/back?code={code}", 302)

    async def _token(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode())) | dict(request.query_params)
        kinds = {"authorization_code": ("code", self._codes), "refresh_token": ("refresh_token", self._refresh)}
        field, good = kinds.get(form.get("grant_type", ""), ("", set()))
        client = all(form.get(part) == self.credentials[part] for part in ("client_id", "client_secret"))
        if not client or form.get(field) not in good:
            return JSONResponse({"error": "invalid_grant"}, 400)
        good.discard(form[field])  # a code and a refresh token are good for one use
        self._access.add(access := self._give("access"))
        self._refresh.add(refresh := self._give("refresh"))
        return JSONResponse({"access_token": access, "refresh_token": refresh, "expires_in": 600})

    async def _login(self, request: Request) -> Response:
        if request.query_params.get("access_token") not in self._access:
            return JSONResponse({"errorMessage": "Invalid or expired OAuth access token."}, 400)
        self._tokens.add(token := self._give("session"))
        return JSONResponse({"BhRestToken": token, "restUrl": f"{self.url}/rest-services/e999/"})

    def _give(self, what: str) -> str:
        self._given += 1
        return f"{what}-{self._given}"

    def _guarded(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def checked(request: Request) -> Response:
            token = request.headers.get("bhresttoken") or request.query_params.get("BhRestToken")
            if token not in self._tokens:
                return JSONResponse({"errorMessage": "Bad session"}, 401 if token else 412)
            body = await request.body()
            try:
                return await handler(request, json.loads(body) if body else {})
            except BadRequestError as error:
                return JSONResponse({"errorMessage": str(error)}, 400)

        return checked

    # --- Its entities ---

    async def _create(self, request: Request, body: Mapping[str, Any]) -> Response:
        entity = request.path_params["entity"]
        if request.method != "PUT" or unknown(entity, body) or not all(map(body.get, _NEEDED.get(entity, ()))):
            return JSONResponse({"errorMessage": f"{entity} cannot be made so"}, 400)
        many: dict[str, Any] = {}
        if entity == "Note" and "commentingPerson" in body and body["personReference"]["id"] in self.rows["Candidate"]:
            many = {"candidates": [body["personReference"]["id"]]}
        id = self.add(entity, USER, **body, **many)
        return JSONResponse({"changedEntityId": id, "changeType": "INSERT"})

    async def _entity(self, request: Request, body: Mapping[str, Any]) -> Response:
        entity, id = request.path_params["entity"], request.path_params["id"]
        row = self.rows.get(entity, {}).get(id)
        if row is None:
            return JSONResponse({"errorMessage": "not found"}, 404)
        if request.method == "POST":
            if unknown(entity, body):
                raise BadRequestError("unknown field")
            self.change(entity, id, USER, **body)
            return JSONResponse({"changedEntityId": id, "changeType": "UPDATE"})
        return JSONResponse({"data": shown(row, request.query_params["fields"], self._look, _COLUMNS[entity])})

    async def _associated(self, request: Request, body: Mapping[str, Any]) -> Response:
        entity, id, many = (request.path_params[part] for part in ("entity", "id", "many"))
        asked, of = request.query_params, TO_MANY[many]
        rows = [self.rows[of][one] for one in self.rows[entity][id].get(many) or ()][: int(asked["count"])]
        return JSONResponse({"data": [shown(row, asked["fields"], self._look, _COLUMNS[of]) for row in rows]})

    async def _find(self, request: Request, body: Mapping[str, Any]) -> Response:
        entity, by_search = request.path_params["entity"], "/search/" in request.url.path
        if by_search != (entity in _SEARCHED) and not (entity in _QUERIED and not by_search):
            return JSONResponse({"errorMessage": "no such index"}, 404)
        asked = request.query_params
        clause, order = asked["query" if by_search else "where"], asked["sort" if by_search else "orderBy"]
        seen = {id: indexed(entity, row) if by_search else row for id, row in self.rows[entity].items()}
        if any(order.lstrip("-") not in row for row in seen.values()):
            raise BadRequestError("unknown field to sort by")
        found = [self.rows[entity][id] for id, row in seen.items() if matches(clause, row)]
        found.sort(key=lambda row: seen[row["id"]][order.lstrip("-")], reverse=order.startswith("-"))
        most = int(asked["count"]) if entity == "JobSubmissionHistory" else min(int(asked["count"]), self.page_size)
        rows = [shown(row, asked["fields"], self._look, _COLUMNS[entity]) for row in found[:most]]
        return JSONResponse({"total": len(found), "count": len(rows), "data": rows})

    def _look(self, entity: str, id: int) -> Mapping[str, Any] | None:
        return self.rows[entity].get(id)

    # --- Its queue ---

    async def _subscription(self, request: Request, body: Mapping[str, Any]) -> Response:
        name, asked = request.path_params["name"], request.query_params
        if request.method == "PUT":
            self.subscribed[name] = set(asked["names"].split(","))
            return JSONResponse({"lastRequestId": 0, "subscriptionId": name, "createdOn": self._now()})
        if name not in self.subscribed:
            return JSONResponse({"errorMessage": "no such subscription"}, 404)
        if "requestId" in asked:
            number = int(asked["requestId"])
            batch = self.batches.get(number, [])
        else:
            week_ago = int((self.now - timedelta(days=7)).timestamp() * 1000)
            self.queue = [event for event in self.queue if event["eventTimestamp"] >= week_ago]
            most = min(int(asked["maxEvents"]), 100)
            batch, self.queue = self.queue[:most], self.queue[most:]
            number = len(self.batches) + 1
            if batch:
                self.batches[number] = batch
        if self._lose:
            self._lose = False
            return JSONResponse({"errorMessage": "gateway"}, 504)
        return JSONResponse({"requestId": number, "events": batch}) if batch else Response()

    async def _last(self, request: Request, body: Mapping[str, Any]) -> Response:
        if request.path_params["name"] not in self.subscribed:
            return JSONResponse({"errorMessage": "no such subscription"}, 404)
        return JSONResponse({"result": len(self.batches)})

    def _tell(self, entity: str, id: int, verb: str, by: int, properties: Sequence[str] = ()) -> None:
        self._told += 1
        event = {
            "eventId": f"ID:JBM-{self._told}", "eventType": "ENTITY", "eventTimestamp": self._now(),
            "eventMetadata": {"PERSON_ID": str(by)}, "entityName": entity, "entityId": id, "entityEventType": verb,
        }  # fmt: skip
        if any(entity in names for names in self.subscribed.values()):
            self.queue.append({**event, "updatedProperties": list(properties)} if properties else event)

    def _history(self, entity: str, id: int) -> None:
        if entity == "JobSubmission":
            self._ids += 1
            step = {"status": self.rows[entity][id]["status"], "dateAdded": self._now(), "jobSubmission": {"id": id}}
            self.rows["JobSubmissionHistory"][self._ids] = {**step, "id": self._ids}

    def _now(self) -> int:
        return int(self.now.timestamp() * 1000)


def unknown(entity: str, body: Mapping[str, Any]) -> bool:
    """Return whether a body names an unknown entity or field, or an association without its id."""
    associations = [value for name, value in body.items() if name in TO_ONE]
    known = body.keys() <= _COLUMNS.get(entity, set()) - TO_MANY.keys()
    return not known or not all(isinstance(value, dict) and set(value) == {"id"} for value in associations)
