"""The context of an HTTP request: the authenticated caller, and methods that run a use-case in one transaction."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, Concatenate, ParamSpec
from uuid import UUID

from fastapi import Depends, Request, Response
from fastapi.security import HTTPBearer
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from app.access.authentication import Authenticator
from app.access.caller import Caller, Role
from app.access.unit_of_work import UnitOfWork, etag, matches, render
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import Problem
from app.kit.idempotency import Request as IdempotentRequest
from app.kit.ids import new_id
from app.kit.logs import log
from app.kit.pagination import Cursors, Paging
from app.kit.parent_refs import Referring, point_at_sent_names, resolve_refs
from app.kit.sealing import Seal
from app.kit.settings import Settings
from app.kit.strict_json import StrictRequest

P = ParamSpec("P")
UseCase = Callable[Concatenate[UnitOfWork, P], Any]
Piecewise = Callable[Concatenate[UnitOfWork, Any, P], tuple[Any, Any]]
"""A query called as `page(work, after)`. Returns one piece and the next position, or None after the last piece."""

_IN_MEMORY, _PIECE = 4 * 1024 * 1024, 64 * 1024
"""The bytes of a download that are held in memory, the rest on disk, and the bytes sent at once."""

bearer = HTTPBearer(
    auto_error=False, scheme_name="ApiKey", description="Paste an API key: `kw_…`. `make run` prints one for the demo."
)


class AppState:
    """The state that all requests of a process share, such as the database, the clock and the authenticator."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        authenticator: Authenticator,
        cursors: Cursors,
        seal: Seal,
        settings: Settings,
        make_id: Callable[[str], UUID] = new_id,
    ) -> None:
        self.database, self.clock, self.authenticator, self.cursors = database, clock, authenticator, cursors
        self.seal, self.settings, self.make_id = seal, settings, make_id
        self.closing = asyncio.Event()
        self.streams: Counter[UUID] = Counter()


class _Undone(Exception):
    def __init__(self, model: BaseModel) -> None:
        super().__init__()
        self.model = model


class RequestContext:
    """The context of an authenticated request. A route passes it a use-case and gets the finished response."""

    def __init__(self, request: Request, shared: AppState, caller: Caller) -> None:
        self._request, self._shared, self.caller = request, shared, caller
        is_operator = caller.role is Role.operator
        self._scope = shared.database.across_agencies() if is_operator else shared.database.of(caller.agency_id)

    @property
    def public_url(self) -> str:
        """The public URL of this service, without a slash at the end."""
        return self._shared.settings.reached_at

    @property
    def private_targets(self) -> bool:
        """True if outgoing requests may use plain http and reach private networks."""
        return self._shared.settings.private_targets

    @property
    def crm_connections(self) -> int:
        """The maximum number of CRM connections that one agency may have."""
        return self._shared.settings.crm_connections

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self._shared.clock()

    def _work(self, conn: Any) -> UnitOfWork:
        shared, if_match = self._shared, self._request.headers.get("if-match")
        return UnitOfWork(conn, shared.clock(), self.caller, shared.make_id, if_match, shared.seal)

    def paging(self, limit: int, cursor: str | None, **filters: Any) -> Paging:
        """Return the paging of a list: page size, position, and the seal of its cursors.

        A cursor is valid only for the same agency, URL path and filters.
        """
        scope = f"{self.caller.agency_id} {self._request.url.path} {sorted(filters.items())}"
        return Paging(limit, cursor, self._shared.cursors, scope)

    async def read(self, query: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run a query in a read transaction and return the response: 200, or 304 if If-None-Match has its ETag."""
        model = await self._scope.read(lambda conn: query(self._work(conn), *args, **kwargs))
        body = render(model)
        tag = etag(body)
        if matches(self._request.headers.get("if-none-match", ""), tag):
            return Response(status_code=304, headers={"ETag": tag})
        return self._response(200, body)

    async def judge(self, query: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run a query that evaluates a request body, and return the 200 response.

        Nothing of the body is stored; an Idempotency-Key has no effect.
        """
        model = await self._scope.read(lambda conn: _done(query, self._work(conn), args, kwargs))
        return self._response(200, render(model))

    async def collect(self, page: Piecewise[P], *args: P.args, **kwargs: P.kwargs) -> list[Any]:
        """Return a list of all pieces that `page` reads. Each piece has a read transaction of its own."""
        return [piece async for piece in self._pieces(page, *args, **kwargs)]

    async def _pieces(self, page: Piecewise[P], *args: P.args, **kwargs: P.kwargs) -> AsyncIterator[Any]:
        after = None
        while True:
            here = after
            piece, after = await self._scope.read(
                lambda conn: page(self._work(conn), here, *args, **kwargs)  # noqa: B023  it runs before the next turn
            )
            yield piece
            if after is None:
                return

    async def download(self, name: str, kind: str, page: Piecewise[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Return a response with a file named `name`, of the media type `kind`, whose contents `page` yields in pieces.

        The file is complete before the response begins. An error therefore gives a problem response instead of half a
        file.
        """
        file, digest = SpooledTemporaryFile(_IN_MEMORY), hashlib.sha256()  # noqa: SIM115  the answer closes it
        async for content in self._pieces(page, *args, **kwargs):
            digest.update(content)
            file.write(content)
        tag = f'"{digest.hexdigest()[:32]}"'
        if matches(self._request.headers.get("if-none-match", ""), tag):
            file.close()
            return Response(status_code=304, headers={"ETag": tag})
        length = file.tell()
        file.seek(0)
        named = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(length)}
        pieces = iter(partial(file.read, _PIECE), b"")
        headers = {"ETag": tag, "Cache-Control": "no-store"} | named
        return StreamingResponse(pieces, 200, headers, kind, BackgroundTask(file.close))

    async def write(self, use_case: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run a use-case in one transaction and commit. Return 200 with its result, or 204 if the result is None."""
        return await self._write(200, use_case, *args, **kwargs)

    async def erase(self, use_case: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run a use-case that erases data, as `write` does. Then remove the erased data from SQLite's log.

        The log is cleaned before the response.
        """
        response = await self.write(use_case, *args, **kwargs)
        if not await self._shared.database.scrub():
            log.warning("erased rows still stand in the database's log", agency_id=str(self.caller.agency_id))
        return response

    async def create(self, use_case: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run a use-case that creates a record and return 201.

        A repeated Idempotency-Key returns the stored response.
        """
        return await self._write(201, use_case, *args, **kwargs)

    async def upsert(self, use_case: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run a use-case that returns a record and True if the record is new. Return 201 for a new record, else 200."""

        def step(conn: Any) -> tuple[BaseModel, bool]:
            made: tuple[BaseModel, bool] = _done(use_case, self._work(conn), args, kwargs)
            return made

        model, created = await self._scope.write(step)
        return self._response(201 if created else 200, render(model))

    async def rehearse(self, use_case: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        """Run a use-case as a dry run: return a response with its result, and roll its transaction back."""

        def step(conn: Any) -> None:
            raise _Undone(use_case(self._work(conn), *args, **kwargs))

        try:
            await self._scope.write(step)
        except _Undone as undone:
            return self._response(200, render(undone.model))
        raise AssertionError("a rehearsal is always undone")

    async def _write(self, status: int, use_case: UseCase[P], *args: P.args, **kwargs: P.kwargs) -> Response:
        idempotent = await self._idempotent()

        def step(conn: Any) -> tuple[int, bytes, bool]:
            if idempotent and (stored := idempotent.recall(conn)):
                return *stored, True
            work = self._work(conn)
            model = _done(use_case, work, args, kwargs)
            answer = (204, b"") if model is None else (status, render(model))
            if idempotent:
                idempotent.keep(conn, *answer, work.now)
            return *answer, False

        code, body, replayed = await self._scope.write(step)
        response = self._response(code, body)
        if replayed:
            response.headers["Idempotent-Replayed"] = "true"
        return response

    async def _idempotent(self) -> IdempotentRequest | None:
        key = self._request.headers.get("idempotency-key")
        if key is None or self._request.method != "POST":
            return None
        if not 1 <= len(key) <= 255 or not key.isprintable() or not key.isascii():
            raise Problem(400, "bad_idempotency_key", "Send an Idempotency-Key of 1 to 255 printable ASCII characters.")
        target = f"{self._request.method} {self._request.url.path}?{self._request.url.query}\n".encode()
        fingerprint = hashlib.sha256(target + await self._request.body()).hexdigest()
        caller = self.caller
        return IdempotentRequest(caller.agency_id, caller.api_key_id, key, fingerprint, caller.credential)

    def _response(self, status: int, body: bytes) -> Response:
        if status == 204:
            return Response(status_code=204)
        return Response(body, status, {"ETag": etag(body), "Cache-Control": "no-store"}, "application/json")


def _done(use_case: Callable[..., Any], work: UnitOfWork, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Run a use-case after external references in its bodies were replaced by ids.

    A raised Problem points to the fields that the client sent.
    """
    bodies = [arg for arg in args if isinstance(arg, Referring)]
    resolved = (resolve_refs(work.conn, work.agency_id, arg) if isinstance(arg, Referring) else arg for arg in args)
    try:
        return use_case(work, *resolved, **kwargs)
    except Problem as problem:
        for body in bodies:
            point_at_sent_names(problem, body)
        raise


def allowed(role: Role, *, any_query: bool = False) -> Any:
    """Return the FastAPI dependency of a route that requires `role`.

    The dependency raises 401 without a valid key, 403 for a lesser role, and 429 above the limit. `any_query` turns off
    the check of query parameters.
    """

    async def authenticate(request: StrictRequest) -> None:
        shared: AppState = request.app.state.shared
        # Every response from here on has the remaining quota in its headers, refusals too.
        authorization, address = request.headers.get("authorization", ""), request.client.host if request.client else ""
        caller, request.state.answer_headers = await shared.authenticator.admit(authorization, address)
        if not caller.role.may(role):
            raise Problem(
                403, "not_allowed", f"This needs a key with the role {role}; yours has the role {caller.role}."
            )
        if not any_query:
            request.check_query()
        request.state.context = RequestContext(request, shared, caller)

    async def context(request: StrictRequest, _: Annotated[Any, Depends(bearer)]) -> RequestContext:
        authenticated: RequestContext = request.state.context
        return authenticated

    context.before_body = authenticate  # type: ignore[attr-defined]  # StrictRoute runs it
    context.role = role  # type: ignore[attr-defined]  # a test reads which role each route declares
    return Depends(context)


ViewerContext = Annotated[RequestContext, allowed(Role.viewer)]
RecruiterContext = Annotated[RequestContext, allowed(Role.recruiter)]
AdminContext = Annotated[RequestContext, allowed(Role.admin)]
OperatorContext = Annotated[RequestContext, allowed(Role.operator)]
