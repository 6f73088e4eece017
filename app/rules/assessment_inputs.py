"""The situation of an application: values derived once from history, policy and instant, and shared by all rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.rules.availability import Availability
from app.rules.follow_up_window import JudgedWindow, Window, judged_window, shown_window
from app.rules.history import CANDIDATE, CLIENT, History, Interaction, Interview
from app.rules.interaction_scan import NEVER, read_conversation
from app.rules.interview_matching import is_about_interview
from app.rules.policy import Policy
from app.rules.stages import ENDED, MISSED, OFFER_STAGES, stage_history
from app.rules.state_at import ApplicationState, change_at

_JUST_BEFORE = timedelta(microseconds=1)


class Situation:
    """The input of every rule: the history, the policy, the instant, and values derived from them.

    It holds instants and lists of facts. Each rule decides on severities itself.
    """

    __slots__ = (
        "agency",
        "agency_today",
        "asks_to_candidate",
        "asks_to_client",
        "availability",
        "candidate",
        "candidate_heard_at",
        "candidate_heard_by",
        "candidate_heard_how",
        "candidate_today",
        "changes",
        "client",
        "client_heard_at",
        "client_today",
        "conversation",
        "debrief_missing",
        "episodes",
        "follow_up_missing",
        "follow_ups",
        "history",
        "job_closed_at",
        "judged_window",
        "now",
        "offer_clock_at",
        "policy",
        "quiet_since",
        "state",
    )

    def __init__(self, history: History, policy: Policy, now: datetime) -> None:
        self.history, self.policy, self.now = history, policy, now
        self.agency, self.client, self.candidate = history.agency, history.client, history.candidate
        self.agency_today = self.agency.day(now)
        self.client_today = self.client.day(now)
        self.candidate_today = self.candidate.day(now)
        self.availability = Availability(self.candidate, history.away)
        self.changes = stage_history(history, now)
        self.conversation = read_conversation(history, policy, now, self._was_held, self._provoked)
        self.state = ApplicationState(history, self.changes, now)
        self.job_closed_at = self._job_closed_at()
        self._apply_other_contacts()
        self._start_candidate_clock()
        self._check_last_interview()
        self.episodes = group_episodes(self.conversation.chases, policy.episode_minutes)
        self.judged_window = self.judged_window_at(self.state)

    def _was_held(self, at: datetime) -> bool:
        """Return True if an interview had ended at the instant `at`, as known then.

        Cancelled and missed interviews do not count.
        """
        for interview in self.history.interviews:
            if interview.ends_at <= at and interview.booked_at <= at and interview.status_as_of(at) not in MISSED:
                return True
        return False

    def _provoked(self, asked_at: datetime, at: datetime) -> bool:
        """Return True if the flag `reply_owed` was raised at `at` for a candidate's ask open since `asked_at`."""
        rule, agency = self.policy.reply_owed, self.agency
        if not rule.enabled or at < self.history.opened_at:
            return False
        if agency.bdays(agency.day(asked_at), agency.day(at)) < rule.watch:
            return False
        change = change_at(self.changes, at - _JUST_BEFORE)
        return change.stage not in ENDED or at < self.closes_at(change.at)

    def closes_at(self, ended_at: datetime) -> datetime:
        """Return when the duty ends to answer or inform a candidate whose application ended at `ended_at`."""
        return self.agency.sod(self.agency.day(ended_at) + timedelta(days=self.policy.closure_owed.open_days))

    def _job_closed_at(self) -> datetime | None:
        """Return since when the application is stopped because its job is filled or closed. Return None if not stopped.

        Ended applications, and those in an offer stage, are never stopped by their job.
        """
        state = self.state
        if state.change.stage in ENDED or state.effective in OFFER_STAGES:
            return None
        closed_at = self.history.job_closed_at(self.now)
        return None if closed_at is None else max(closed_at, state.change.at)

    def _apply_other_contacts(self) -> None:
        """Set when candidate and client were last heard from, and which asks to them are still unanswered.

        Facts that are no interaction on this application count, too. For the candidate these are messages on other
        applications, and bookings and ends of interviews. For the client they are statements about the decision date.
        """
        history, conversation, now = self.history, self.conversation, self.now
        heard = conversation.last_from_candidate
        at, by, how = (NEVER, "", "") if heard is None else (heard.at, heard.id, "word")
        for word in history.heard_elsewhere:
            if at < word.at <= now:
                at, by, how = word.at, word.id, "elsewhere"
        for interview in history.interviews:
            if at < interview.booked_at <= now:
                at, by, how = interview.booked_at, interview.id, "booked"
            held = interview.booked_at <= now and interview.status_as_of(now) not in MISSED
            if held and at < interview.ends_at <= now:
                at, by, how = interview.ends_at, interview.id, "held"
        self.candidate_heard_at, self.candidate_heard_by, self.candidate_heard_how = at, by, how
        self.asks_to_candidate = [x for x in conversation.asks_to_candidate if x.at > at]

        self.client_heard_at = NEVER if conversation.last_from_client is None else conversation.last_from_client.at
        for revision in history.revisions:
            if revision.stated_by == CLIENT and self.client_heard_at < revision.stated_at <= now:
                self.client_heard_at = revision.stated_at
        self.asks_to_client = [x for x in conversation.asks_to_client if x.at > self.client_heard_at]

    def _start_candidate_clock(self) -> None:
        """Set since when the candidate owes an answer to an ask or to an open offer."""
        self.quiet_since: datetime | None = self.asks_to_candidate[0].at if self.asks_to_candidate else None
        self.offer_clock_at: datetime | None = None
        """The instant from which the candidate owes an answer to an offer without having been asked. May be in the
        future."""
        if self.quiet_since is not None or self.state.effective != "offer":
            return
        entered_at, heard = self.state.change.at, self.conversation.last_word_to_candidate
        start = max(entered_at, self.candidate_heard_at, NEVER if heard is None else heard.at)
        for promise in self.history.commitments:
            if promise.made_at > self.now or (promise.owed_by != CANDIDATE and promise.made_at < entered_at):
                continue
            promised = self.candidate.sod(self.candidate.next_bday(promise.due_on))
            kept = [at for at in (promise.fulfilled_at, promise.cancelled_at) if at is not None and at <= self.now]
            start = max(start, min([promised, *kept]))
        self.offer_clock_at = start
        if start <= self.now:
            self.quiet_since = start

    def _check_last_interview(self) -> None:
        last, conversation = self.state.last, self.conversation
        self.follow_ups: list[Interaction] = []
        self.follow_up_missing = self.debrief_missing = False
        if last is None:
            return
        self.follow_ups = [x for x in conversation.follow_ups if is_about_interview(x, last)]
        if self.state.last_is_closed:
            return
        self.follow_up_missing = (
            not self.follow_ups and self.now < self.follow_up_lapses_at(last) and not self._waived(last, self.now)
        )
        debriefed = any(is_about_interview(x, last) for x in conversation.debriefs)
        self.debrief_missing = not debriefed and self.now < self.debrief_lapses_at(last)

    def follow_up_lapses_at(self, interview: Interview) -> datetime:
        """Return the instant from which the follow-up of an interview with the client is no longer required."""
        ended_on = self.client.day(interview.ends_at)
        return self.client.eod(self.client.nth_bday(ended_on, self.policy.follow_up_overdue.lapse_days))

    def debrief_lapses_at(self, interview: Interview) -> datetime:
        """Return the instant from which the debrief of an interview with the candidate is no longer required."""
        ended_on = self.candidate.day(interview.ends_at)
        return self.candidate.eod(self.candidate.nth_bday(ended_on, self.policy.debrief_overdue.lapse_days))

    def _waived(self, interview: Interview, at: datetime) -> bool:
        return any(w.interview_id == interview.id and w.at <= at for w in self.history.waivers)

    def is_duty_missing_at(self, state: ApplicationState) -> bool:
        """Return True if the follow-up or the debrief of the last interview was missing in this state of the
        application."""
        last, at = state.last, state.at
        if last is None or state.last_is_closed:
            return False
        followed_up = any(x.at <= at and is_about_interview(x, last) for x in self.conversation.follow_ups)
        if not followed_up and at < self.follow_up_lapses_at(last) and not self._waived(last, at):
            return True
        debriefed = any(x.at <= at and is_about_interview(x, last) for x in self.conversation.debriefs)
        return not debriefed and at < self.debrief_lapses_at(last)

    def judged_window_at(self, state: ApplicationState) -> JudgedWindow | None:
        """Return the follow-up window that applied in this state of the application, or None if no window applied."""
        return judged_window(
            state, self.conversation.thanks, self.client, self.policy.premature_contact.default_wait_days
        )

    def state_before(self, at: datetime) -> ApplicationState:
        """Return the state of the application just before an instant, as known then."""
        before, changes = at - _JUST_BEFORE, self.changes
        for interview in self.history.interviews:
            if interview.status in MISSED and interview.status_as_of(before) != interview.status:
                # The interview's later status was not known then, and may have undone a stage move.
                changes = stage_history(self.history, before)
                break
        return ApplicationState(self.history, changes, before)

    def shown_window(self) -> Window | None:
        """Return the follow-up window to show to the recruiter now, or None without one."""
        if self.judged_window is None:
            return None
        policy = self.policy
        last_contact_on = self.client.day(self.episodes[-1][0].at) if self.episodes else None
        wait_days = policy.premature_contact.default_wait_days
        return shown_window(self.judged_window, last_contact_on, wait_days, policy.chase_spacing_days, self.client)


def group_episodes(interactions: Sequence[Interaction], minutes: int) -> list[list[Interaction]]:
    """Group interactions into episodes: lists of interactions within `minutes` of the first in the list.

    An example is a call, then a voicemail, then an email.
    """
    together = timedelta(minutes=minutes)
    found: list[list[Interaction]] = []
    for x in interactions:
        if found and x.at - found[-1][0].at <= together:
            found[-1].append(x)
        else:
            found.append([x])
    return found
