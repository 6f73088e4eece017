"""Hooks of schemathesis: values that no schema can describe, and the reasons for which a valid request is refused."""

import json
import re
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

import holidays
import schemathesis
from hypothesis import strategies as st

from app.demo import known
from app.rules.calendar import known_region, known_zone

REASONS: dict[int, dict[str, list[str]]] = {
    400: {"bad_cursor": []},
    410: {"cursor_expired": []},
    412: {"precondition_failed": []},
    422: {"idempotency_key_reused": [], "invalid": []},
}
"""By status and code: patterns of the sentences of a refusal of a valid request; none: any sentence."""

ZONES = sorted(zone for zone in available_timezones() if known_zone(zone))
REGIONS = [region for region in sorted(holidays.list_supported_countries()) if known_region(region)]
schemathesis.openapi.format("iana-time-zone", st.sampled_from(ZONES))
schemathesis.openapi.format("holiday-region", st.sampled_from(REGIONS))
schemathesis.openapi.format("uri", st.from_regex(r"https://[a-z]{3,10}\.example\.com/[a-z]{1,10}", fullmatch=True))


@schemathesis.hook
def before_load_schema(_: Any, raw_schema: dict[str, Any]) -> None:
    """Describe each event of the stream: OpenAPI 3.1 has a schema only for the stream as a whole."""
    stream = raw_schema["paths"]["/v1/events/stream"]["get"]["responses"]["200"]["content"]["text/event-stream"]
    texts = {name: {"type": "string"} for name in ("id", "event", "data")}
    del stream["schema"]
    stream["itemSchema"] = {"type": "object", "properties": texts | {"retry": {"type": "integer"}}}


@schemathesis.hook
def before_call(_: Any, case: schemathesis.Case[Any], __: dict[str, Any]) -> None:
    """Keep the key that the run uses, and repeat no Idempotency-Key with another body."""
    path = case.path_parameters or {}
    if path.get("api_key_id") == str(known.API_KEY):
        path["api_key_id"] = str(known.LEAVERS_KEY)
    if _is_valid(case) and "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = uuid4().hex


@schemathesis.check
def refused_for_a_known_reason(_: Any, response: Any, case: schemathesis.Case[Any]) -> None:
    """Fail where a valid request is refused with 400, 410, 412 or 422 for a reason that is not listed."""
    if not _is_valid(case) or response.status_code not in REASONS:
        return
    problem = json.loads(response.content)
    patterns = REASONS[response.status_code].get(problem["code"])
    assert patterns is not None, f"refused for {problem['code']}: {problem['detail']}"
    for error in problem.get("errors", ()) if patterns else ():
        known_sentence = any(re.search(pattern, error["detail"]) for pattern in patterns)
        assert known_sentence, f"refused at {error['pointer']}: {error['detail']}"


def _is_valid(case: schemathesis.Case[Any]) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive
