"""Flags for a candidate who contacts people too often, too early, or through a channel that the client does not want.

The advice behind these flags: not more than once a week (Staff Finders). Do not call the next day (CareerBuilder). No
same-day feedback request (Mining People). Ten calls are too many (Do's and don'ts). No LinkedIn or Facebook to the
hiring manager (Paxus).

The function of each flag returns the interactions behind the flag; the list is empty if no flag is raised.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.rules.action_kinds import ActionKind
from app.rules.assessment_inputs import Situation
from app.rules.contact_episodes import Episode, permitted_contacts, uncoached_episodes
from app.rules.finding_collector import Findings, calendar_fields
from app.rules.flags import FlagKind, Severity
from app.rules.history import CLIENT, RECRUITER, Interaction
from app.rules.interaction_scan import SOCIAL
from app.rules.silence import reply_is_owed_to_candidate
from app.rules.stages import OFFER_STAGES
from app.rules.thresholds import severity_at

_ASKS_FOR_NEWS = frozenset({"chase", "feedback_request"})
_CADENCE = (FlagKind.OVER_CONTACTING, FlagKind.PREMATURE_CONTACT, FlagKind.OFF_CHANNEL_CONTACT)


def cadence(s: Situation, found: Findings) -> None:
    """Apply the three rules of this module. If any of them raises a flag, list one action to coach the candidate.

    The action is not listed while the recruiter owes the candidate a reply.
    """
    behind: list[Interaction] = []
    episodes = uncoached_episodes(s)
    if episodes and s.state.effective not in OFFER_STAGES:
        behind += over_contacting(s, found, episodes)
        behind += premature_contact(s, found, episodes)
    if s.conversation.direct:
        behind += off_channel_contact(s, found)
    if behind and not reply_is_owed_to_candidate(s):
        _coach(s, found, max(behind, key=_by_time))


def over_contacting(s: Situation, found: Findings, episodes: list[Episode]) -> list[Interaction]:
    """Raise the flag `over_contacting` if the candidate made too many contacts within `window_days` days.

    Return these contacts. Contacts soon after one another are one episode, and episodes are counted. Two kinds of
    episodes do not count: the one that the guidance permits, and those of questions to the recruiter only. Dates are on
    the candidate's calendar.
    """
    rule, calendar = s.policy.over_contacting, s.candidate
    if not rule.enabled:
        return []
    after = s.candidate_today - timedelta(days=rule.window_days)
    recent = [x for x in episodes if calendar.day(x[0].at) > after and not _only_asks_recruiter(x)]
    if len(recent) < rule.watch:
        return []
    expected = permitted_contacts(s)
    counted = [(calendar.day(x[0].at), x) for x in recent if x[0].id not in expected]
    severity = severity_at(len(counted), rule.watch, rule.warning, rule.critical)
    if severity is None:
        return []
    behind = [x for _, episode in counted for x in episode]
    pressing = any(x.purpose in _ASKS_FOR_NEWS for x in behind)
    detail: dict[str, Any] = {
        **calendar_fields(calendar),
        "contacted_on": [on.isoformat() for on, _ in counted],
        "window_days": rule.window_days,
        "limits": [rule.watch, rule.warning, rule.critical],
        "pressing": pressing,
    }
    let_off_on = [calendar.day(x[0].at) for x in recent if x[0].id in expected]
    if let_off_on:
        detail["let_off_on"] = [on.isoformat() for on in let_off_on]
        found.recheck_at(calendar.sod(let_off_on[0] + timedelta(days=rule.window_days)))
    evidence = tuple(x.id for x in behind)
    found.add_flag(FlagKind.OVER_CONTACTING, severity if pressing else Severity.WATCH, behind[0].at, evidence, detail)
    found.recheck_at(calendar.sod(counted[0][0] + timedelta(days=rule.window_days)))
    return behind


def _only_asks_recruiter(episode: Episode) -> bool:
    return all(x.purpose == "question" and x.receiver == RECRUITER for x in episode)


def premature_contact(s: Situation, found: Findings, episodes: list[Episode]) -> list[Interaction]:
    """Raise the flag `premature_contact` for contacts before the follow-up window opened. Return these contacts.

    Each contact is judged by the window as known just before the contact. Dates are on the client's calendar.
    """
    if not s.policy.premature_contact.enabled:
        return []
    calendar = s.client
    behind: list[Interaction] = []
    severity = Severity.WATCH
    asked: list[dict[str, Any]] = []
    for episode in reversed(episodes):
        on = calendar.day(episode[0].at)
        latest_end = on + timedelta(days=s.policy.chase_spacing_days)
        if s.client_today >= latest_end:
            break
        to_client = any(x.receiver == CLIENT for x in episode)
        if not to_client and not any(_presses_recruiter(x) for x in episode):
            continue
        state = s.state_before(episode[0].at)
        window = s.judged_window_at(state)
        if window is None or on >= window.opens_on:
            continue
        if not to_client and s.is_duty_missing_at(state):
            continue
        ends_on = min(window.opens_on, latest_end)
        if s.client_today >= ends_on:
            continue
        found.recheck_at(calendar.sod(ends_on))
        same_day = on == state.interviewed_on
        if to_client or same_day:
            severity = Severity.WARNING
        behind = [*episode, *behind]
        asked.insert(
            0,
            {
                "on": on.isoformat(),
                "to_client": to_client,
                "same_day": same_day,
                "opens_on": window.opens_on.isoformat(),
            },
        )
    if behind:
        evidence = tuple(x.id for x in behind)
        detail = {**calendar_fields(calendar), "asked": asked}
        found.add_flag(FlagKind.PREMATURE_CONTACT, severity, behind[0].at, evidence, detail)
    return behind


def _presses_recruiter(x: Interaction) -> bool:
    """Return True if the candidate presses the recruiter for news in a one-way message. Two-way talks do not count."""
    return x.receiver == RECRUITER and not x.two_way and x.purpose in _ASKS_FOR_NEWS


def off_channel_contact(s: Situation, found: Findings) -> list[Interaction]:
    """Raise the flag `off_channel_contact` for direct contacts with a client that its contact style does not want.

    Return these contacts. Dates are on the client's calendar.
    """
    rule, calendar, style = s.policy.off_channel_contact, s.client, s.history.style
    if not rule.enabled:
        return []
    behind: list[Interaction] = []
    severity = Severity.WATCH
    contacts: list[dict[str, Any]] = []
    for x in reversed(s.conversation.direct):
        on = calendar.day(x.at)
        ends_on = on + timedelta(days=rule.open_days)
        if s.client_today >= ends_on or x.at <= s.conversation.coached_at:
            break
        if x.channel in SOCIAL and style.social != "welcome":
            severity, why = Severity.WARNING, "social"
        elif x.purpose == "thank_you":
            if style.thank_you == "direct":
                continue
            why = "thank_you"
        elif style.direct_contact == "via_recruiter":
            why = "via_recruiter"
        else:
            continue
        found.recheck_at(calendar.sod(ends_on))
        behind.insert(0, x)
        contacts.insert(0, {"on": on.isoformat(), "channel": x.channel, "why": why})
    if behind:
        evidence = tuple(x.id for x in behind)
        detail = {**calendar_fields(calendar), "contacts": contacts}
        found.add_flag(FlagKind.OFF_CHANNEL_CONTACT, severity, behind[0].at, evidence, detail)
    return behind


def _coach(s: Situation, found: Findings, latest: Interaction) -> None:
    """List the action to coach the candidate, which opens at the latest of the flagged contacts.

    Coaching clears the flags of all contacts before the coaching.
    """
    calendar = s.agency
    flags = [flag.kind.value for flag in found.flags if flag.kind in _CADENCE]
    detail = {**calendar_fields(calendar), "contacted_at": latest.at.isoformat(), "flags": flags}
    due_at = calendar.eod(calendar.next_bday(calendar.day(latest.at)))
    found.add_action(ActionKind.COACH_CANDIDATE, latest.at, due_at, detail)


def _by_time(x: Interaction) -> tuple[Any, str]:
    return x.at, x.id
