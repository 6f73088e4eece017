"""Problems that clients see: RFC 9457 documents with a stable code, never a trace, SQL or a path."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any


class Problem(Exception):
    """A refusal with its status and stable `code`. Raising one ends the transaction without a trace in the database."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors, self.headers, self.extra = list(errors), dict(headers or {}), extra

    def document(self, instance: str, request_id: str) -> dict[str, Any]:
        """Return the body of the response as RFC 9457 has it, with `code`, `errors` and `request_id` added."""
        document: dict[str, Any] = {
            "type": f"urn:keepwarm:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "request_id": request_id,
        }
        if self.errors:
            document["errors"] = self.errors
        return document | self.extra


class DamagedRecord(Exception):
    """Raised for a row whose values do not fit their schema. Lists leave it out; a request for the record answers
    DAMAGED.

    It is no Problem, because workers treat a Problem as an outage. A worker parks a row that stays damaged.
    """

    def __init__(self, table: str, id: object, fields: Sequence[str] = ()) -> None:
        super().__init__(f"{table} {id} is damaged: {', '.join(fields)}")
        self.table, self.id, self.fields = table, id, fields


DAMAGED = Problem(503, "damaged_record", "This record is damaged. The operator finds it in the service's log.")


def not_found(what: str, pointer: str | None = None) -> Problem:
    """Return the 404 problem, the same for a record of another agency as for one that never existed."""
    detail = f"There is no such {what}; check the id."
    errors = [{"pointer": pointer, "detail": detail}] if pointer else []
    return Problem(404, "not_found", detail, errors=errors)


def invalid(pointer: str, detail: str, code: str = "invalid") -> Problem:
    """Return the 422 problem for a field that is well formed and not acceptable. `pointer` is its JSON pointer."""
    return Problem(422, code, detail, errors=[{"pointer": pointer, "detail": detail}])


def conflict(code: str, detail: str, **extra: Any) -> Problem:
    """Return the 409 problem for a request that conflicts with the present state of a record."""
    return Problem(409, code, detail, **extra)
