"""A stand-in for a CRM whose API is a set of documents by their paths, which a test changes as it goes."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.crms.standin import StandIn


class DocumentServer(StandIn):
    """Answers a GET with the document of its path, or 404."""

    def __init__(self) -> None:
        super().__init__()
        self.documents: dict[str, Any] = {}

    def routes(self) -> Sequence[Route]:
        """Every path."""
        return [Route("/{path:path}", self._document, methods=["GET"])]

    async def _document(self, request: Request) -> Response:
        found = self.documents.get(request.path_params["path"])
        return JSONResponse({"error": "not found"}, 404) if found is None else JSONResponse(found)
