"""Everything derived once from a history, a policy and an instant that several rules ask about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.rules.belonging import belongs
from app.rules.conversation import NEVER, listen
from app.rules.history import CLIENT, History, Interaction
from app.rules.policy import Policy
from app.rules.presence import Presence
from app.rules.stages import ENDED, stage_history
from app.rules.standing import Standing, change_at
from app.rules.window import Judged, Window, judged_window, shown_window

_DEAD = frozenset({"cancelled", "no_show"})


class Situation:
    """What the rules share. Instants and lists only: every judgement of severity is a rule's own."""

    __slots__ = (
        "agency",
        "asks_to_candidate",
        "asks_to_client",
        "candidate",
        "candidate_heard_at",
        "candidate_heard_by",
        "candidate_today",
        "changes",
        "client",
        "client_heard_at",
        "client_today",
        "debriefed",
        "agency_today",
        "ended_at",
        "episodes",
        "follow_ups",
        "history",
        "judged",
        "now",
        "policy",
        "presence",
        "quiet_since",
        "standing",
        "talk",
        "waived",
    )

    def __init__(self, history: History, policy: Policy, now: datetime) -> None:
        self.history, self.policy, self.now = history, policy, now
        self.agency, self.client, self.candidate = history.agency, history.client, history.candidate
        self.agency_today = self.agency.day(now)
        self.client_today = self.client.day(now)
        self.candidate_today = self.candidate.day(now)
        self.presence = Presence(self.candidate, history.away)
        self.changes = stage_history(history, now)
        self.talk = listen(history, policy, now, self._was_held, self._provoked)
        self.standing = Standing(history, self.changes, now)
        self._settle_asks()
        self._look_at_last_interview()
        self.episodes = gathered(self.talk.chases, policy.episode_minutes)
        self.judged = self.judged_at(self.standing)

    def _was_held(self, at: datetime) -> bool:
        """Whether an interview had ended by then and was not yet known to have been cancelled or missed."""
        for interview in self.history.interviews:
            if interview.ends_at <= at and interview.booked_at <= at and interview.status_as_of(at) not in _DEAD:
                return True
        return False

    def _provoked(self, asked_at: datetime, at: datetime) -> bool:
        """Whether `reply_owed` stood at `at` for an ask unsettled since `asked_at`: then we owed them a word."""
        rule, agency = self.policy.reply_owed, self.agency
        return (
            rule.enabled
            and agency.bdays(agency.day(asked_at), agency.day(at)) >= rule.watch
            and change_at(self.changes, at).stage not in ENDED
        )

    def _settle_asks(self) -> None:
        """What else counts as a word: the candidate's on other applications, and the client's about the timeline."""
        history, talk, now = self.history, self.talk, self.now
        heard = talk.candidate_heard
        self.candidate_heard_at, self.candidate_heard_by = (NEVER, "") if heard is None else (heard.at, heard.id)
        for word in history.heard_elsewhere:
            if self.candidate_heard_at < word.at <= now:
                self.candidate_heard_at, self.candidate_heard_by = word.at, word.id
        self.asks_to_candidate = [x for x in talk.asks_to_candidate if x.at > self.candidate_heard_at]

        self.client_heard_at = NEVER if talk.client_heard is None else talk.client_heard.at
        for revision in history.revisions:
            if revision.stated_by == CLIENT and self.client_heard_at < revision.stated_at <= now:
                self.client_heard_at = revision.stated_at
        self.asks_to_client = [x for x in talk.asks_to_client if x.at > self.client_heard_at]

        self.quiet_since: datetime | None = self.asks_to_candidate[0].at if self.asks_to_candidate else None
        if self.standing.effective == "offer":
            waiting_since = max(self.standing.change.at, self.candidate_heard_at)
            self.quiet_since = waiting_since if self.quiet_since is None else min(self.quiet_since, waiting_since)

    def _look_at_last_interview(self) -> None:
        last, talk = self.standing.last, self.talk
        self.follow_ups: list[Interaction] = []
        self.debriefed = self.waived = False
        self.ended_at = ""
        """When the last interview ended, as the details say it."""
        if last is not None:
            self.ended_at = last.ends_at.isoformat()
            self.follow_ups = [x for x in talk.follow_ups if belongs(x, last)]
            self.debriefed = any(belongs(x, last) for x in talk.debriefs)
            self.waived = any(w.interview_id == last.id and w.at <= self.now for w in self.history.waivers)

    def judged_at(self, standing: Standing) -> Judged | None:
        """The window by which an episode at that standing is judged."""
        return judged_window(standing, self.talk.thanks, self.client, self.policy.premature_contact.default_wait_days)

    def standing_at(self, at: datetime) -> Standing:
        """Where the application stood at an earlier instant, as known then."""
        return Standing(self.history, self.changes, at)

    def shown_window(self) -> Window | None:
        """The window to show now, or None where there is none."""
        if self.judged is None:
            return None
        policy = self.policy
        last_contact_on = self.client.day(self.episodes[-1][0].at) if self.episodes else None
        wait_days = policy.premature_contact.default_wait_days
        return shown_window(self.judged, last_contact_on, wait_days, policy.chase_spacing_days, self.client)


def gathered(interactions: Sequence[Interaction], minutes: int) -> list[list[Interaction]]:
    """Interactions within so many minutes of the first of them are one: a call, then a voicemail, then an email."""
    together = timedelta(minutes=minutes)
    found: list[list[Interaction]] = []
    for x in interactions:
        if found and x.at - found[-1][0].at <= together:
            found[-1].append(x)
        else:
            found.append([x])
    return found
