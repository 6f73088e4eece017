"""Hooks of schemathesis: values that no schema can describe, and the reasons for which a valid request is refused."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

import holidays
import schemathesis
from hypothesis import strategies as st

from app.console import fixture_ids
from app.rules.calendar import known_region, known_zone

GENERAL = "Some fields are not right; see errors."
UNSAYABLE = (
    "cannot be shown",
    "whole number",  # 5.0 is an integer for a schema
    "must not be empty",
    "must not decrease",
    "IANA time zone",
    "lies before",
    "must not be before",
    "lasts at most",
    "there twice",
    "no holiday of this name",
    "two different parties",
)
"""Rules about texts and about several fields that a schema cannot express, by words of their sentences."""

UNREADABLE = {"bad_cursor", "malformed_csv", "bad_idempotency_key"}
"""Codes of 400 for texts with a form of their own."""

ZONES = sorted(zone for zone in available_timezones() if known_zone(zone))
REGIONS = [region for region in sorted(holidays.list_supported_countries()) if known_region(region)]
schemathesis.openapi.format("iana-time-zone", st.sampled_from(ZONES))
schemathesis.openapi.format("holiday-region", st.sampled_from(REGIONS))
DAYS = st.dates(date(1970, 1, 2), date(2199, 12, 30))
INSTANTS = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001
schemathesis.openapi.format("date", DAYS.map(date.isoformat))
schemathesis.openapi.format("date-time", INSTANTS.map(lambda at: at.isoformat(timespec="seconds")))
schemathesis.openapi.format("uri", st.from_regex(r"https://[a-z]{3,10}\.example\.com/[a-z]{1,10}", fullmatch=True))


@schemathesis.hook
def before_load_schema(_: Any, raw_schema: dict[str, Any]) -> None:
    """Describe each event of the stream, which OpenAPI 3.1 describes only as a whole, and leave out workbooks.

    No schema says what the bytes of a workbook are, so none can be generated.
    """
    for item in raw_schema["paths"].values():
        for operation in item.values():
            forms = operation.get("requestBody", {}).get("content", {})
            for form in [form for form in forms if "spreadsheetml" in form]:
                del forms[form]
    stream = raw_schema["paths"]["/v1/events/stream"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    texts = {name: {"type": "string"} for name in ("id", "event", "data")}
    del stream["schema"]
    stream["itemSchema"] = {"type": "object", "properties": texts | {"retry": {"type": "integer"}}}


@schemathesis.hook
def before_call(_: Any, case: schemathesis.Case[Any], __: dict[str, Any]) -> None:
    """Keep the key that the run uses, and repeat no Idempotency-Key with another body."""
    path = case.path_parameters or {}
    if path.get("api_key_id") == str(fixture_ids.API_KEY):
        path["api_key_id"] = str(fixture_ids.LEAVERS_KEY)
    if _is_valid(case) and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid4().hex


@schemathesis.check
def refused_for_a_known_reason(_: Any, response: Any, case: schemathesis.Case[Any]) -> None:
    """Fail where the shape of a request that is valid by its schema is refused.

    The state of a record may refuse it: such a problem has a sentence of its own. A problem about the shape has the
    general sentence, and names a field whose rule must be among those that no schema can express.
    """
    if not _is_valid(case) or response.status_code not in (400, 422):
        return
    problem = json.loads(response.content)
    if response.status_code == 400:
        assert problem["code"] in UNREADABLE, f"refused for {problem['code']}: {problem['detail']}"
    elif problem["detail"] == GENERAL:
        for error in problem["errors"]:
            known_rule = any(words in error["detail"] for words in UNSAYABLE)
            assert known_rule, f"refused at {error['pointer']}: {error['detail']}"


def _is_valid(case: schemathesis.Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive
