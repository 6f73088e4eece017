"""Everything derived once from a history, a policy and an instant that several rules ask about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.rules.belonging import belongs
from app.rules.conversation import NEVER, listen
from app.rules.history import CANDIDATE, CLIENT, History, Interaction, Interview
from app.rules.policy import Policy
from app.rules.presence import Presence
from app.rules.stages import ENDED, MISSED, OFFER_STAGES, stage_history
from app.rules.standing import Standing, change_at
from app.rules.window import Judged, Window, judged_window, shown_window

_JUST_BEFORE = timedelta(microseconds=1)


class Situation:
    """What the rules share. Instants and lists only: every judgement of severity is a rule's own."""

    __slots__ = (
        "agency",
        "agency_today",
        "asks_to_candidate",
        "asks_to_client",
        "candidate",
        "candidate_heard_at",
        "candidate_heard_by",
        "candidate_heard_how",
        "candidate_today",
        "changes",
        "client",
        "client_heard_at",
        "client_today",
        "debrief_missing",
        "episodes",
        "follow_up_missing",
        "follow_ups",
        "history",
        "job_closed_at",
        "judged",
        "now",
        "offer_clock_at",
        "policy",
        "presence",
        "quiet_since",
        "standing",
        "talk",
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
        self.job_closed_at = self._job_closed_at()
        self._settle_asks()
        self._start_the_candidates_clock()
        self._look_at_last_interview()
        self.episodes = gathered(self.talk.chases, policy.episode_minutes)
        self.judged = self.judged_at(self.standing)

    def _was_held(self, at: datetime) -> bool:
        """Whether an interview had ended by then and was not yet known to have been cancelled or missed."""
        for interview in self.history.interviews:
            if interview.ends_at <= at and interview.booked_at <= at and interview.status_as_of(at) not in MISSED:
                return True
        return False

    def _provoked(self, asked_at: datetime, at: datetime) -> bool:
        """Whether `reply_owed` stood at `at` for an ask unsettled since `asked_at`: then we owed them a word."""
        rule, agency = self.policy.reply_owed, self.agency
        if not rule.enabled or at < self.history.opened_at:
            return False
        if agency.bdays(agency.day(asked_at), agency.day(at)) < rule.watch:
            return False
        change = change_at(self.changes, at - _JUST_BEFORE)
        return change.stage not in ENDED or at < self.closes_at(change.at)

    def closes_at(self, ended_at: datetime) -> datetime:
        """Return when an end is too long ago for the candidate to be answered or told."""
        return self.agency.sod(self.agency.day(ended_at) + timedelta(days=self.policy.closure_owed.open_days))

    def _job_closed_at(self) -> datetime | None:
        """From when the application waits for nothing on a closed job, or None."""
        standing = self.standing
        if standing.change.stage in ENDED or standing.effective in OFFER_STAGES:
            return None
        closed_at = self.history.job_closed_at(self.now)
        return None if closed_at is None else max(closed_at, standing.change.at)

    def _settle_asks(self) -> None:
        """Apply what else counts as a word.

        The candidate's are those on other applications, and interviews as they are booked and held; the client's are
        those about the timeline.
        """
        history, talk, now = self.history, self.talk, self.now
        heard = talk.candidate_heard
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
        self.asks_to_candidate = [x for x in talk.asks_to_candidate if x.at > at]

        self.client_heard_at = NEVER if talk.client_heard is None else talk.client_heard.at
        for revision in history.revisions:
            if revision.stated_by == CLIENT and self.client_heard_at < revision.stated_at <= now:
                self.client_heard_at = revision.stated_at
        self.asks_to_client = [x for x in talk.asks_to_client if x.at > self.client_heard_at]

    def _start_the_candidates_clock(self) -> None:
        """Set since when the candidate owes a word, and when the clock of an open offer starts."""
        self.quiet_since: datetime | None = self.asks_to_candidate[0].at if self.asks_to_candidate else None
        self.offer_clock_at: datetime | None = None
        """Where nobody has asked: from when the candidate owes an answer to the offer. It may lie ahead."""
        if self.quiet_since is not None or self.standing.effective != "offer":
            return
        entered_at, heard = self.standing.change.at, self.talk.recruiter_heard
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

    def _look_at_last_interview(self) -> None:
        last, talk = self.standing.last, self.talk
        self.follow_ups: list[Interaction] = []
        self.follow_up_missing = self.debrief_missing = False
        if last is None:
            return
        self.follow_ups = [x for x in talk.follow_ups if belongs(x, last)]
        if self.standing.settled:
            return
        self.follow_up_missing = (
            not self.follow_ups and self.now < self.follow_up_lapses_at(last) and not self._waived(last, self.now)
        )
        debriefed = any(belongs(x, last) for x in talk.debriefs)
        self.debrief_missing = not debriefed and self.now < self.debrief_lapses_at(last)

    def follow_up_lapses_at(self, interview: Interview) -> datetime:
        """Return from when nobody rings the client about an interview any more."""
        ended_on = self.client.day(interview.ends_at)
        return self.client.eod(self.client.nth_bday(ended_on, self.policy.follow_up_overdue.lapse_days))

    def debrief_lapses_at(self, interview: Interview) -> datetime:
        """Return from when the candidate is not asked about an interview any more."""
        ended_on = self.candidate.day(interview.ends_at)
        return self.candidate.eod(self.candidate.nth_bday(ended_on, self.policy.debrief_overdue.lapse_days))

    def _waived(self, interview: Interview, at: datetime) -> bool:
        return any(w.interview_id == interview.id and w.at <= at for w in self.history.waivers)

    def duties_missing_at(self, standing: Standing) -> bool:
        """Return whether the follow-up or the debrief of the last interview was missing, as known then."""
        last, at = standing.last, standing.at
        if last is None or standing.settled:
            return False
        followed_up = any(x.at <= at and belongs(x, last) for x in self.talk.follow_ups)
        if not followed_up and at < self.follow_up_lapses_at(last) and not self._waived(last, at):
            return True
        debriefed = any(x.at <= at and belongs(x, last) for x in self.talk.debriefs)
        return not debriefed and at < self.debrief_lapses_at(last)

    def judged_at(self, standing: Standing) -> Judged | None:
        """Return the window by which an episode at that standing is judged."""
        return judged_window(standing, self.talk.thanks, self.client, self.policy.premature_contact.default_wait_days)

    def standing_before(self, at: datetime) -> Standing:
        """Return where the application stood just before an instant, as known then."""
        before, changes = at - _JUST_BEFORE, self.changes
        for interview in self.history.interviews:
            if interview.status in MISSED and interview.status_as_of(before) != interview.status:
                # What it is known to be today was not known then, and may have undone a move of the stage.
                changes = stage_history(self.history, before)
                break
        return Standing(self.history, changes, before)

    def shown_window(self) -> Window | None:
        """Return the window to show now, or None where there is none."""
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
