"""Scenario files played straight into the rules: JSON made a History, and the assessment held against the checks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.rules.assess import assess
from app.rules.calendar import Calendar, calendar, party_calendar
from app.rules.calendar_exceptions import exceptions_from
from app.rules.history import (
    CANDIDATE,
    CLIENT,
    RECRUITER,
    Check,
    Commitment,
    ContactStyle,
    History,
    Interaction,
    Interview,
    KeepWarmMark,
    Milestone,
    OtherContact,
    Revision,
    Transition,
    Waiver,
)
from app.rules.policy import Policy, overlay
from tests.rules.literal import Literal

Case = dict[str, Any]
Rules = Callable[[History, Policy, datetime], dict[str, Any]]
"""Rules that answer a history in the words of a scenario's checks."""

VERSION = 2
"""The version of the specification that the rules follow."""


def is_current(case: Case) -> bool:
    """Return whether the case holds for this version: from `since` (default 1) to `until` (default: for good)."""
    return int(case.get("since", 1)) <= VERSION <= int(case.get("until", VERSION))


def engine(history: History, policy: Policy, now: datetime) -> dict[str, Any]:
    """Return what the engine says."""
    assessment = assess(history, policy, now)
    window = assessment.follow_up_window
    return {
        "flags": {str(flag.kind): str(flag.severity) for flag in assessment.flags},
        "actions": sorted({str(action.kind) for action in assessment.actions}),
        "window": None if window is None else window.opens_on.isoformat(),
    }


def literal(history: History, policy: Policy, now: datetime) -> dict[str, Any]:
    """Return what the specification says, read word by word."""
    found = Literal(history, policy, now)
    return {
        "flags": found.flags,
        "actions": found.kinds(),
        "window": None if found.window is None else found.window.isoformat(),
    }


def check(case: Case, rules: Rules = engine) -> list[str]:
    """Return one line for each difference between what a scenario expects and what the rules say."""
    differences = []
    history, policy = history_of(case), policy_of(case)
    for wanted in case["checks"]:
        seen = rules(history, policy, instant(wanted["as_of"]))
        for key in ("flags", "actions", "window"):
            if key in wanted:
                expected = sorted(wanted[key]) if key == "actions" else wanted[key]
                if seen[key] != expected:
                    differences.append(f"{wanted['as_of']}: {key}: expected {expected}, found {seen[key]}")
    return differences


def policy_of(case: Case) -> Policy:
    """Return the defaults with the scenario's own numbers."""
    return overlay(case.get("policy", {}))


def history_of(case: Case) -> History:
    """Return a scenario's application as the rules read it. Facts are recorded in their order."""
    agency = case["agency"]
    candidate, organisation = case.get("candidate", {}), case.get("organisation", {})
    agency_calendar, job = _calendar(agency, {}), case.get("job") or {}
    facts: dict[str, list[Any]] = {}
    for number, fact in enumerate(case["facts"]):
        if fact.get("voided"):
            continue
        recorded = f"{number:04}"
        identity = fact.get("id", f"{fact['type']}-{recorded}")
        for kind, made in _facts(fact, identity, recorded, agency_calendar):
            facts.setdefault(kind, []).append(made)
    return History(
        opened_at=instant(case["application"]["opened_at"]),
        opening_stage=case["application"].get("stage", "interview_scheduled"),
        agency=agency_calendar,
        client=_calendar(agency, organisation),
        candidate=_calendar(agency, candidate),
        away=tuple((day(period["from"]), day(period["to"])) for period in candidate.get("away", ())),
        style=ContactStyle(
            **{
                name: value
                for name, value in organisation.get("contact_style", {}).items()
                if name in ("direct_contact", "social", "thank_you")
            }
        ),
        job_status=job.get("status", "open"),
        job_status_at=instant(job["status_at"]) if "status_at" in job else None,
        **{kind: tuple(made) for kind, made in facts.items()},
    )


def _facts(fact: Case, identity: str, recorded: str, agency: Calendar) -> list[tuple[str, Any]]:
    """Return the facts of the rules for one fact of a scenario, each with the name of its field in a History."""
    if fact.get("other_application") and fact["type"] not in ("interaction", "timeline"):
        return []
    match fact["type"]:
        case "interview":
            starts_at = instant(fact["starts_at"])
            interview = Interview(
                id=identity,
                booked_at=instant(fact["booked_at"]) if "booked_at" in fact else starts_at,
                starts_at=starts_at,
                ends_at=instant(fact["ends_at"]),
                round=fact.get("round", 1),
                status=fact.get("status", "scheduled"),
                status_at=instant(fact["status_at"]) if "status_at" in fact else None,
            )
            made: list[tuple[str, Any]] = [("interviews", interview)]
            if fact.get("waived_at"):
                made.append(("waivers", Waiver(f"waiver-{recorded}", identity, instant(fact["waived_at"]))))
            return made
        case "interaction":
            return _spoken(fact, identity)
        case "timeline":
            revision = Revision(
                id=identity,
                stated_at=instant(fact["stated_at"]),
                stated_by=fact["stated_by"],
                decision_by=day(fact["decision_by"]) if fact.get("decision_by") else None,
                contact_from=day(fact["contact_from"]) if fact.get("contact_from") else None,
                recorded=recorded,
            )
            return [("revisions", revision)]
        case "transition":
            return [
                ("transitions", Transition(identity, fact["to"], instant(fact["at"]), recorded, fact.get("reason")))
            ]
        case "commitment":
            commitment = Commitment(
                id=identity,
                owed_by=fact["owed_by"],
                made_at=instant(fact["made_at"]),
                due_on=day(fact["due_on"]),
                fulfilled_at=_optional(fact, "fulfilled_at"),
                cancelled_at=_optional(fact, "cancelled_at"),
                description=fact.get("description", "promised"),
            )
            return [("commitments", commitment)]
        case "check":
            return [("checks", _check(fact, identity))]
        case "milestone":
            on = day(fact["on"]) if fact.get("on") else None
            return [("milestones", Milestone(identity, fact["kind"], instant(fact["at"]), on, recorded))]
        case "keep_warm":
            at = instant(fact["at"])
            until = day(fact["until"]) if fact.get("until") else agency.day(at) + timedelta(days=365)
            return [("keep_warm", KeepWarmMark(identity, at, until, _optional(fact, "ended_at"), recorded))]
        case unknown:
            raise ValueError(f"unknown fact {unknown}")


def _spoken(fact: Case, identity: str) -> list[tuple[str, Any]]:
    """Return an interaction; on another application, what it is there for the rules of this one."""
    sender, receiver, at = fact["from_party"], fact["to_party"], instant(fact["occurred_at"])
    two_way, automatic = fact.get("two_way", False), fact.get("automatic", False)
    if fact.get("other_application"):
        if automatic:
            return []
        made: list[tuple[str, Any]] = []
        if sender == CANDIDATE or (two_way and receiver == CANDIDATE):
            made.append(("heard_elsewhere", OtherContact(identity, at)))
        if {sender, receiver} == {CANDIDATE, RECRUITER}:
            made.append(("contacts_elsewhere", OtherContact(identity, at)))
        return made
    interaction = Interaction(
        id=identity,
        at=at,
        sender=sender,
        receiver=receiver,
        channel=fact["channel"],
        purpose=fact["purpose"],
        two_way=two_way,
        automatic=automatic,
        in_reply_to=fact.get("in_reply_to"),
        expects_reply=fact.get("expects_reply"),
        interview_id=fact.get("interview_id"),
    )
    return [("interactions", interaction)]


def _check(fact: Case, identity: str) -> Check:
    return Check(
        id=identity,
        kind=fact["kind"],
        result_from=fact.get("result_from") or (RECRUITER if fact["kind"] == "reference" else CLIENT),
        asked_at=instant(fact["asked_at"]),
        booked_for=_optional(fact, "booked_for"),
        prepared_at=_optional(fact, "prepared_at"),
        ready_at=_optional(fact, "ready_at"),
        result_by=day(fact["result_by"]) if fact.get("result_by") else None,
        done_at=_optional(fact, "done_at"),
        cancelled_at=_optional(fact, "cancelled_at"),
    )


def _optional(fact: Case, name: str) -> datetime | None:
    return instant(fact[name]) if fact.get(name) else None


def _calendar(agency: Case, own: Case) -> Calendar:
    """Return a party's calendar. Missing fields are taken from the agency."""
    lists = (exceptions_from(party.get("calendar_exceptions", ())) for party in (agency, own))
    agencys = calendar(agency["time_zone"], agency["holiday_region"], next(lists))
    return party_calendar(agencys, own.get("time_zone"), own.get("holiday_region"), next(lists))


def instant(text: str) -> datetime:
    """Return the instant of an RFC 3339 text, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str) -> date:
    """Return the date of a text."""
    return date.fromisoformat(text)
