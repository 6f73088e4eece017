"""Public names of schemas and enumerations. Generated clients name their classes after them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from app.applications.facts import check_schemas as checks
from app.applications.facts import milestone_schemas as milestones
from app.applications.facts import schemas as facts
from app.applications.flags import schemas as flags
from app.applications.schemas import HistoryKind
from app.connectors.connections.schemas import StageOrIgnore
from app.connectors.inbox.schemas import State as InboundState
from app.connectors.registry import CONNECTORS
from app.jobs.schemas import JobStatus
from app.organisations import schemas as organisations
from app.thank_you.checks import Code
from app.webhooks.endpoints.schemas import DeliveryState
from app.webhooks.event_types import AnyEventType, EventType
from app.webhooks.events import FlagState

_NAMES = {
    "Alive": "Health",
    "Ready": "Readiness",
    "Applied": "ImportCounts",
    "InboundEventOut": "InboundEvent",
    "AttemptOut": "DeliveryAttempt",
    "Card": "PipelineCard",
    "CheckFound": "CheckReference",
    "CommitmentDuring": "CallCommitment",
    "TimelineDuring": "CallTimeline",
    "EventReplayOut": "EventReplayResult",
    "FlagOut": "FlagEpisode",
    "Page_FlagOut_": "FlagPage",
    "Meaning": "ActivityMeaning",
    "Missed": "DeadlineMissed",
    "Named": "NamedReference",
    "OutcomeOut": "RecordOutcome",
    "PolicyChangeOut": "PolicyChangeEntry",
    "PromiseFound": "CommitmentReference",
    "RecordOut": "CanonicalRecord",
    "ReplayOut": "ReplayResult",
    "RulesOut": "RuleList",
    "SecretIn": "SigningSecretInput",
    "SecretMade": "SigningSecretCreated",
    "SecretOut": "SigningSecret",
    "UnmappedOut": "UnmappedWord",
    "SyncRunOut": "BackfillStream",
    "WindowFound": "FollowUpWindow",
    "WrittenOut": "WriteBackEntry",
}
"""Public names of schemas by class name, where `_PATTERNS` would not give a good name."""

_PATTERNS = (
    (re.compile(r"Page_(\w+)_"), "{}Page"),
    (re.compile(r"Event_(\w+)_"), "{}Envelope"),
    (re.compile(r"(\w+?)(?:Out|Found)"), "{}"),
    (re.compile(r"(\w+)In"), "{}Input"),
    (re.compile(r"(\w+)Made"), "{}Created"),
)

ENUMERATIONS: Mapping[str, tuple[str, ...]] = {
    "Stage": get_args(facts.Stage),
    "StageMapping": get_args(StageOrIgnore),
    "Party": get_args(facts.Party),
    "Channel": get_args(facts.Channel),
    "Purpose": get_args(facts.Purpose),
    "InterviewKind": get_args(facts.InterviewKind),
    "InterviewStatus": get_args(facts.InterviewStatus),
    "CheckKind": get_args(checks.CheckKind),
    "MilestoneKind": get_args(milestones.MilestoneKind),
    "ThankYouCode": get_args(Code),
    "FlagKind": get_args(flags.FlagKindName),
    "FlagState": get_args(FlagState),
    "Severity": get_args(flags.SeverityName),
    "JobStatus": get_args(JobStatus),
    "ContactRole": get_args(organisations.ContactRole),
    "CrmSystem": tuple(sorted(CONNECTORS)),
    "DeliveryState": get_args(DeliveryState),
    "InboundEventState": get_args(InboundState),
    "EventType": get_args(EventType),
    "DeliveredEventType": get_args(AnyEventType),
    "HistoryEntryKind": get_args(HistoryKind),
}
"""The values of enumerations that several operations share, by name. Each becomes one schema and one type in clients.
"""

_BY_VALUES = {frozenset(values): name for name, values in ENUMERATIONS.items()}
_REF = "#/components/schemas/"


def public_name(name: str) -> str:
    """Return the public name of a schema, such as `FlagEventEnvelope` for `Event_FlagEvent_`."""
    if name in _NAMES:
        return _NAMES[name]
    for pattern, form in _PATTERNS:
        if found := pattern.fullmatch(name):
            return form.format(found[1] if form == "{}" else public_name(found[1]))
    return name


def with_public_names(document: dict[str, Any]) -> dict[str, Any]:
    """Return the OpenAPI document with public schema names, and with one schema for each shared enumeration.

    Raises ValueError if two schemas would have the same name.
    """
    schemas: dict[str, Any] = document["components"]["schemas"]
    names = {name: public_name(name) for name in schemas}
    taken = [*names.values(), *ENUMERATIONS]
    if twice := {name for name in taken if taken.count(name) > 1}:
        raise ValueError(f"several schemas have the name {', '.join(sorted(twice))}")
    document["components"]["schemas"] = {names[name]: schema for name, schema in schemas.items()}
    result: dict[str, Any] = _renamed(document, names)
    used = set(_references(result))
    enumerations = {name: _enumeration(name) for name in ENUMERATIONS if name in used}
    result["components"]["schemas"] = dict(sorted((result["components"]["schemas"] | enumerations).items()))
    return result


def _enumeration(name: str) -> dict[str, Any]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    return {"type": "string", "enum": list(ENUMERATIONS[name]), "description": f"The values of a {words}."}


def _renamed(part: Any, names: Mapping[str, str]) -> Any:
    if isinstance(part, list):
        return [_renamed(item, names) for item in part]
    if not isinstance(part, dict):
        return part
    kept = {key: _renamed(value, names) for key, value in part.items()}
    reference = part.get("$ref")
    if isinstance(reference, str) and reference.startswith(_REF):
        kept["$ref"] = _REF + names[reference.removeprefix(_REF)]
    values = part.get("enum")
    if isinstance(values, list) and (name := _BY_VALUES.get(frozenset(values))):
        rest = {key: value for key, value in kept.items() if key not in ("enum", "type", "maxLength")}
        return {"$ref": _REF + name} | rest
    return kept


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        yield part["$ref"].removeprefix(_REF)
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _references(inner)
