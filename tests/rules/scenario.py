"""Scenario files played straight into the rules: JSON made a History, and the assessment held against the checks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from app.rules.assess import assess
from app.rules.calendar import Calendar, calendar, party_calendar
from app.rules.calendar_exceptions import exceptions_from
from app.rules.history import (
    CANDIDATE,
    Commitment,
    ContactStyle,
    History,
    Interaction,
    Interview,
    Revision,
    Transition,
    Waiver,
    Word,
)
from app.rules.policy import Policy, overlay

Case = dict[str, Any]


def check(case: Case) -> list[str]:
    """One line for each difference between what a scenario expects and what the rules say."""
    differences = []
    for wanted in case["checks"]:
        seen = answer(case, wanted["as_of"])
        for key in ("flags", "actions", "window"):
            if key in wanted:
                expected = sorted(wanted[key]) if key == "actions" else wanted[key]
                if seen[key] != expected:
                    differences.append(f"{wanted['as_of']}: {key}: expected {expected}, found {seen[key]}")
    return differences


def answer(case: Case, as_of: str) -> dict[str, Any]:
    """What the rules say of a scenario at an instant, in the words of a scenario's checks."""
    assessment = assess(history_of(case), policy_of(case), instant(as_of))
    window = assessment.follow_up_window
    return {
        "flags": {str(flag.kind): str(flag.severity) for flag in assessment.flags},
        "actions": sorted(str(action.kind) for action in assessment.actions),
        "window": None if window is None else window.opens_on.isoformat(),
    }


def policy_of(case: Case) -> Policy:
    """The defaults with the scenario's own numbers over them."""
    return overlay(case.get("policy", {}))


def history_of(case: Case) -> History:
    """A scenario's application as the rules read it. The order of the facts is the order of telling."""
    agency = case["agency"]
    candidate, organisation = case.get("candidate", {}), case.get("organisation", {})
    facts: dict[str, list[Any]] = {}
    for number, fact in enumerate(case["facts"]):
        told = f"{number:04}"
        identity = fact.get("id", f"{fact['type']}-{told}")
        for kind, made in _facts(fact, identity, told):
            facts.setdefault(kind, []).append(made)
    return History(
        opened_at=instant(case["application"]["opened_at"]),
        opening_stage=case["application"].get("stage", "interview_scheduled"),
        agency=_calendar(agency, {}),
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
        **{kind: tuple(made) for kind, made in facts.items()},
    )


def _facts(fact: Case, identity: str, told: str) -> list[tuple[str, Any]]:
    """The facts of the rules that one fact of a scenario tells, each with the name of its field in a History."""
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
                made.append(("waivers", Waiver(f"waiver-{told}", identity, instant(fact["waived_at"]))))
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
                told=told,
            )
            return [("revisions", revision)]
        case "transition":
            return [("transitions", Transition(identity, fact["to"], instant(fact["at"]), told, fact.get("reason")))]
        case "commitment":
            commitment = Commitment(
                id=identity,
                owed_by=fact["owed_by"],
                made_at=instant(fact["made_at"]),
                due_on=day(fact["due_on"]),
                fulfilled_at=instant(fact["fulfilled_at"]) if fact.get("fulfilled_at") else None,
                cancelled_at=instant(fact["cancelled_at"]) if fact.get("cancelled_at") else None,
                description=fact.get("description", "promised"),
            )
            return [("commitments", commitment)]
        case unknown:
            raise ValueError(f"unknown fact {unknown}")


def _spoken(fact: Case, identity: str) -> list[tuple[str, Any]]:
    """An interaction; on another application only the candidate's own words matter."""
    sender, receiver, at = fact["from_party"], fact["to_party"], instant(fact["occurred_at"])
    two_way, automatic = fact.get("two_way", False), fact.get("automatic", False)
    if fact.get("other_application"):
        heard = sender == CANDIDATE or (two_way and receiver == CANDIDATE)
        return [("heard_elsewhere", Word(identity, at))] if heard and not automatic else []
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


def _calendar(agency: Case, own: Case) -> Calendar:
    """A party's calendar: what it lacks it takes from the agency, each field on its own."""
    lists = (exceptions_from(party.get("calendar_exceptions", ())) for party in (agency, own))
    agencys = calendar(agency["time_zone"], agency["holiday_region"], next(lists))
    return party_calendar(agencys, own.get("time_zone"), own.get("holiday_region"), next(lists))


def instant(text: str) -> datetime:
    """An RFC 3339 instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def day(text: str) -> date:
    """A date."""
    return date.fromisoformat(text)
