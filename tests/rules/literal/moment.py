"""One application at one instant: the stage, the interviews, the timeline, the window, and who asked whom what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property

from app.rules.calendar import Calendar
from app.rules.history import History, Interaction, Interview, Revision
from app.rules.policy import Policy
from tests.rules.literal import stages
from tests.rules.literal.words import Words, is_between

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


class Moment:
    """A history as of an instant, read under a policy."""

    def __init__(self, history: History, policy: Policy, now: datetime) -> None:
        self.history = history.as_of(now)
        self.policy, self.now = policy, now
        self.agency, self.client, self.candidate = history.agency, history.client, history.candidate
        self.words = Words(self.history.interactions, policy.reply_window_hours)
        self.log = self.words.log

    def just_before(self, at: datetime) -> Moment:
        """Return the history and the clock of the moment before an instant."""
        return Moment(self.history, self.policy, at - INSTANT)

    def place(self, party: str) -> Calendar:
        """Return the calendar of a party."""
        return {"recruiter": self.agency, "client": self.client, "candidate": self.candidate}[party]

    # Stages and interviews

    @cached_property
    def entries(self) -> list[stages.Entry]:
        """The stage history."""
        return stages.stage_history(self.history, self.now)

    @cached_property
    def entry(self) -> stages.Entry:
        """The stage and when it was entered."""
        return self.entries[-1]

    @cached_property
    def reopened_at(self) -> datetime | None:
        """The latest reopening."""
        return stages.reopened_at(self.entries)

    def before_the_reopening(self, at: datetime) -> bool:
        """Return whether an instant belongs to a run that is over."""
        return self.reopened_at is not None and at < self.reopened_at

    @cached_property
    def effective(self) -> str:
        """The effective stage."""
        return stages.effective_stage(self.entry, self.history.interviews, self.now)

    @cached_property
    def ended(self) -> bool:
        """True if the application has ended."""
        return self.entry.stage in stages.ENDED

    @cached_property
    def closed_at(self) -> datetime | None:
        """The instant at which the job was filled or closed, or None."""
        if self.history.job_status not in ("filled", "closed"):
            return None
        return self.history.job_status_at or self.history.opened_at

    @cached_property
    def waits_for_nothing(self) -> bool:
        """True if it is on hold, or active before the offer, on a closed job."""
        return self.closed_at is not None and not self.ended and self.effective not in ("offer", "accepted")

    @cached_property
    def paused(self) -> bool:
        """True if it is on hold or treated as such."""
        return self.entry.stage == "on_hold" or self.waits_for_nothing

    @cached_property
    def pending(self) -> bool:
        """True if the client owes a decision."""
        return self.effective in stages.PENDING and not self.waits_for_nothing

    @cached_property
    def last(self) -> Interview | None:
        """I, the last interview."""
        done = stages.held(self.history.interviews, self.now)
        return done[-1] if done else None

    @cached_property
    def upcoming(self) -> list[Interview]:
        """The interviews still to end."""
        return stages.upcoming(self.history.interviews, self.now)

    @cached_property
    def nothing_booked(self) -> bool:
        """True if the condition of `nothing_booked` holds."""
        return self.effective == "interview_scheduled" and not self.upcoming

    @cached_property
    def missed_at(self) -> list[datetime]:
        """The `status_at` of interviews cancelled or missed."""
        return [x.status_at or x.ends_at for x in self.history.interviews if x.status in stages.MISSED]

    # What was said

    def talks(self, a: str, b: str) -> list[Interaction]:
        """Return the two-way interactions between two parties."""
        return [x for x in self.log if x.two_way and is_between(x, a, b)]

    def words_to(self, sender: str, receiver: str) -> list[Interaction]:
        """Return what a party said to another, and their two-way interactions, in order of time."""
        return [
            x
            for x in self.log
            if (x.sender, x.receiver) == (sender, receiver) or (x.two_way and is_between(x, sender, receiver))
        ]

    @cached_property
    def heard_candidate(self) -> list[datetime]:
        """The instants at which the candidate was heard: messages on any application, bookings and held interviews."""
        here = [x.at for x in self.log if x.sender == "candidate" or (x.two_way and x.receiver == "candidate")]
        booked = [x.booked_at for x in self.history.interviews]
        came = [x.ends_at for x in stages.held(self.history.interviews, self.now)]
        return [*here, *booked, *came, *(x.at for x in self.history.heard_elsewhere)]

    @cached_property
    def heard_client(self) -> list[datetime]:
        """The instants at which the client was heard."""
        here = [x.at for x in self.log if x.sender == "client" or (x.two_way and x.receiver == "client")]
        return [*here, *(x.stated_at for x in self.history.revisions if x.stated_by == "client")]

    @cached_property
    def asks_to_candidate(self) -> list[Interaction]:
        """The unsettled asks of the recruiter's or the client's to the candidate."""
        return self.words.asks_after([x for x in self.log if x.receiver == "candidate"], self.heard_candidate)

    @cached_property
    def asks_to_client(self) -> list[Interaction]:
        """The unsettled asks of the recruiter's to the client."""
        return self.words.asks_after(self.words.between("recruiter", "client"), self.heard_client)

    @cached_property
    def asks_of_candidate(self) -> list[Interaction]:
        """The unsettled asks of the candidate's to the recruiter."""
        return self._asks_to_recruiter("candidate")

    @cached_property
    def asks_of_client(self) -> list[Interaction]:
        """The unsettled asks of the client's to the recruiter."""
        return self._asks_to_recruiter("client")

    def _asks_to_recruiter(self, party: str) -> list[Interaction]:
        heard = [x.at for x in self.words_to("recruiter", party)]
        return self.words.asks_after(self.words.between(party, "recruiter"), heard)

    @cached_property
    def in_reply_days(self) -> bool:
        """True while `reply_owed` applies after the end: for 30 days, or always without an end."""
        end = self.agency.day(self.entry.at) + self.policy.closure_owed.open_days * DAY
        return not self.ended or self.agency.day(self.now) < end

    def reply_severity(self) -> str | None:
        """Return the severity of `reply_owed` for asks of the candidate's, or None where it does not stand."""
        rule, asks = self.policy.reply_owed, self.asks_of_candidate
        if not rule.enabled or not asks or not self.in_reply_days:
            return None
        n = self.agency.bdays(self.agency.day(asks[0].at), self.agency.day(self.now))
        return step(n, rule.watch, rule.warning, rule.critical)

    # The last interview: follow-up, debrief, thanks

    def about_last(self, purpose: str, sender: str, receiver: str) -> list[Interaction]:
        """Return the follow-ups or the debriefs of I."""
        last = self.last
        assert last is not None
        return [x for x in self.words_to(sender, receiver) if x.purpose == purpose and stages.is_about(x, last)]

    @cached_property
    def follow_ups(self) -> list[Interaction]:
        """The follow-ups of I."""
        return self.about_last("interview_follow_up", "recruiter", "client")

    @cached_property
    def follow_up_lapsed(self) -> bool:
        """True if it is too late for a follow-up of I, or if I was before the reopening."""
        return self._lapsed(self.client, self.policy.follow_up_overdue.lapse_days)

    def _lapsed(self, place: Calendar, lapse_days: int) -> bool:
        assert self.last is not None
        lapses_on = place.nth_bday(place.day(self.last.ends_at), lapse_days)
        return self.now >= place.eod(lapses_on) or self.before_the_reopening(self.last.ends_at)

    @cached_property
    def follow_up_missing(self) -> bool:
        """True if I's follow-up is missing."""
        if self.last is None or self.follow_ups or self.follow_up_lapsed:
            return False
        return not any(x.interview_id == self.last.id for x in self.history.waivers)

    @cached_property
    def debrief_missing(self) -> bool:
        """True if I's debrief is missing."""
        if self.last is None or self._lapsed(self.candidate, self.policy.debrief_overdue.lapse_days):
            return False
        return not self.about_last("debrief", "candidate", "recruiter")

    @cached_property
    def thanks(self) -> list[Interaction]:
        """The candidate's thanks since the end of I."""
        assert self.last is not None
        said = self.words.between("candidate", "client")
        if self.history.style.thank_you == "via_recruiter":
            said = said + self.words.between("candidate", "recruiter")
        return [x for x in said if x.purpose == "thank_you" and x.at >= self.last.ends_at]

    # The timeline and the window

    @cached_property
    def timeline(self) -> Revision | None:
        """The current timeline."""
        dated = [x for x in self.history.revisions if x.date_named]
        for voices in (("client", "recruiter"), ("candidate",)):
            said = [x for x in dated if x.stated_by in voices]
            if said:
                latest = max(said, key=_statement)
                if not self._is_stale(latest):
                    return latest
        return None

    def _is_stale(self, revision: Revision) -> bool:
        if self.last is not None and on(revision) < self.client.day(self.last.ends_at):
            return True
        if self.before_the_reopening(revision.stated_at):
            return True
        later = [x for x in self.history.revisions if _statement(x) > _statement(revision)]
        undated = any(x.stated_by in ("client", "recruiter") and not x.date_named for x in later)
        return undated and on(revision) < self.client.day(self.now)

    def window(self) -> date | None:
        """Return the date of the window by which episodes are judged."""
        if self.last is None or not self.pending:
            return None
        if self.timeline is not None:
            return self.timeline.contact_from or self.client.next_bday(on(self.timeline))
        anchor = max([x.at for x in self.thanks], default=self.last.ends_at)
        return self.client.roll(self.client.day(anchor) + self.policy.premature_contact.default_wait_days * DAY)


def _statement(revision: Revision) -> tuple[datetime, str, str]:
    return revision.stated_at, revision.recorded, revision.id


def on(revision: Revision) -> date:
    """Return the later of the dates that a revision names."""
    return max(x for x in (revision.decision_by, revision.contact_from) if x)


def step(n: int, watch: int, warning: int, critical: int) -> str | None:
    """Return the severity that the thresholds give to n."""
    return "critical" if n >= critical else "warning" if n >= warning else "watch" if n >= watch else None


def highest(severities: Iterable[str | None]) -> str | None:
    """Return the highest severity, or None where there is none."""
    found = list(severities)
    return next((x for x in ("critical", "warning", "watch") if x in found), None)
