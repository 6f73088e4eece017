"""A client of one agency: short ways to record facts and to read the state of an application.

The agency is in UTC with the holidays of New South Wales. A day in a test is a UTC day, and the working days of May
2026 are Monday to Friday.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import sqlalchemy as sa

from app.worker import sweep_once
from tests.service import Client, Service

T = TypeVar("T")
Row = dict[str, Any]


def day(number: int, hour: int = 9, minute: int = 0, *, month: int = 5) -> datetime:
    """Return an instant of May 2026. Tests begin on Monday the 4th at 9:00."""
    return datetime(2026, month, number, hour, minute, tzinfo=UTC)


def at(text: str) -> datetime:
    """Return an instant as the service writes it."""
    return datetime.fromisoformat(text)


def done(answer: httpx.Response, status: int = 201) -> Any:
    """Return the body of an answer that must have this status."""
    assert answer.status_code == status, answer.text
    return answer.json()


def refused(answer: httpx.Response, status: int, code: str | None = None, pointer: str | None = None) -> Row:
    """Return the problem of an answer that must be this refusal."""
    problem: Row = done(answer, status)
    if code is not None:
        assert problem["code"] == code, problem
    if pointer is not None:
        assert [error["pointer"] for error in problem["errors"]] == [pointer], problem
    return problem


class AgencyClient:
    """One agency with a candidate on a job."""

    def __init__(self, service: Service, operator: Client, **calendar: str) -> None:
        self.service, self.clock = service, service.clock
        agency = {"name": "Harbour", "time_zone": "UTC", "holiday_region": "AU-NSW"} | calendar
        self.admin = operator.as_(done(operator.post("/v1/agencies", agency))["api_key"])
        self.organisation = self.add("organisations", name="Acme")
        self.candidate = self.add("candidates", name="Robin Reed")
        self.job = self.add("jobs", title="Fitter", organisation_id=self.organisation["id"])
        self.application = self.open()
        self.id: str = self.application["id"]

    # --- Recording ---

    def add(self, path: str, **body: Any) -> Row:
        """POST to /v1/`path`; instants are written as the wire wants them."""
        made: Row = done(self.post(path, **body))
        return made

    def post(self, path: str, **body: Any) -> httpx.Response:
        """POST /v1/`path` and return any answer."""
        return self.admin.post(f"/v1/{path}", wire(body))

    def patch(self, path: str, **body: Any) -> Row:
        """PATCH /v1/`path`."""
        changed: Row = done(self.admin.patch(f"/v1/{path}", wire(body)), 200)
        return changed

    def put(self, path: str, **body: Any) -> httpx.Response:
        """PUT /v1/`path` and return any answer."""
        return self.admin.put(f"/v1/{path}", wire(body))

    def get(self, path: str, **params: Any) -> Any:
        """GET /v1/`path`."""
        return done(self.admin.get(f"/v1/{path}", params=wire(params)), 200)

    def open(self, **body: Any) -> Row:
        """Another application: of the same candidate on the same job, unless the body says otherwise."""
        usual = {"candidate_id": self.candidate["id"], "job_id": self.job["id"], "opened_at": day(1)}
        return self.add("applications", **(usual | body))

    def open_elsewhere(self, **body: Any) -> Row:
        """Open an application of the same candidate for a job of another organisation."""
        other = self.add("organisations", name="Bolt")
        return self.open(job_id=self.add("jobs", title="Welder", organisation_id=other["id"])["id"], **body)

    def interview(self, application: str | None = None, ended: datetime | None = None, **body: Any) -> Row:
        """Book an interview of an hour at the opening. Without a time it ended an hour ago."""
        ends_at = ended or self.clock.now - timedelta(hours=1)
        usual = {"booked_at": min(day(1), ends_at), "starts_at": ends_at - timedelta(hours=1), "ends_at": ends_at}
        return self.add(f"applications/{application or self.id}/interviews", **(usual | body))

    def says(
        self, who: str, whom: str, purpose: str = "unspecified", application: str | None = None, **body: Any
    ) -> Row:
        """Log an interaction at the current instant."""
        return self.add(
            f"applications/{application or self.id}/interactions",
            **({"from_party": who, "to_party": whom, "purpose": purpose, "channel": "email"} | body),
        )

    def moves(self, to: str, **body: Any) -> httpx.Response:
        """Move the application and return any answer."""
        return self.post(f"applications/{self.id}/transitions", to=to, **body)

    # --- Reading ---

    def assessment(self, application: str | None = None, **params: Any) -> Row:
        """Return the assessment."""
        found: Row = self.get(f"applications/{application or self.id}/assessment", **params)
        return found

    def found(self, application: str | None = None, **params: Any) -> dict[str, str]:
        """Return the flags of the assessment: kind and severity."""
        return {flag["kind"]: flag["severity"] for flag in self.assessment(application, **params)["flags"]}

    def flags(self, application: str | None = None, **params: Any) -> list[Row]:
        """Return the stored flags."""
        page = self.get("flags", application=application or self.id, **params)
        assert page["next_cursor"] is None
        items: list[Row] = page["items"]
        return items

    def active_flags(self, application: str | None = None) -> dict[str, str]:
        """Return the active stored flags: kind and severity."""
        return {flag["kind"]: flag["severity"] for flag in self.flags(application)}

    def flag(self, kind: str, application: str | None = None, **params: Any) -> Row:
        """Return the stored flag of a kind."""
        (found,) = [flag for flag in self.flags(application, **params) if flag["kind"] == kind]
        return found

    def actions(self, **params: Any) -> list[str]:
        """Return the kinds of actions on the worklist, the most urgent first."""
        return [item["kind"] for item in self.get("worklist", **params)["items"]]

    def stage(self, application: str | None = None) -> str:
        """Return the stored stage."""
        return str(self.get(f"applications/{application or self.id}")["stage"])

    # --- Beneath the API ---

    def wait(self, until: datetime) -> None:
        """Turn the clock and let the worker do what is due."""
        self.clock.now = until
        sweep_until_quiet(self.service)

    def sweep(self) -> int:
        """Let the worker do what is due now."""
        return sweep_until_quiet(self.service)

    def rows(self, table: sa.Table, *where: sa.ColumnElement[bool]) -> Sequence[sa.RowMapping]:
        """Return the rows of a table."""
        statement = sa.select(table).where(*where)
        return self.service.read(
            lambda conn: conn.execute(statement).mappings().all(),
        )

    def write(self, statement: sa.Executable) -> None:
        """Do to the database what no request would."""
        self.service.write(lambda conn: conn.execute(statement).close())


def wire(value: Any) -> Any:
    """Instants and dates in a body, written."""
    if isinstance(value, dict):
        return {name: wire(one) for name, one in value.items()}
    if isinstance(value, list):
        return [wire(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def sweep_until_quiet(service: Service) -> int:
    """Run the worker until nothing is due at this instant. Returns how many applications it assessed."""
    state, assessed = service.app.state, 0
    for _ in range(1000):
        step = service.run(sweep_once, state.shared.database, state.settings, service.clock)
        assessed += step
        if not step:
            return assessed
    raise AssertionError("the sweep never comes to rest")
