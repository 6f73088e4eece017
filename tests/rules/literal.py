"""The rules once more, as the specification reads and without a thought for speed: what `assess` is held against.

Every question is answered from the history as of its instant by looking through all of it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from app.rules.calendar import Calendar
from app.rules.history import History, Interaction, Interview, Revision
from app.rules.policy import Policy
from app.rules.stages import ENDED, stage_history

DAY = timedelta(days=1)
PENDING = ("interviewed", "awaiting_decision", "reference_check", "screening")
CADENCE = ("over_contacting", "premature_contact", "off_channel_contact")


class Literal:
    """One history, one policy, one instant."""

    def __init__(self, history: History, policy: Policy, now: datetime) -> None:
        self.history = history = history.as_of(now)
        self.policy, self.now = policy, now
        self.log = [x for x in history.interactions if not x.automatic]
        self.agency, self.client, self.candidate = history.agency, history.client, history.candidate
        self.change = [
            change for change in stage_history(history, now) if change.at <= now or change.cause == "opened"
        ][-1]
        alive = [x for x in history.interviews if x.status in ("scheduled", "completed")]
        held = [x for x in alive if x.ends_at <= now]
        self.last: Interview | None = max(held, key=lambda x: (x.ends_at, x.round, x.id)) if held else None
        self.upcoming = [x for x in alive if x.ends_at > now]
        self.stage = self.change.stage
        self.effective = self.stage
        if self.stage == "interview_scheduled" and self.last and not self.upcoming:
            self.effective = "interviewed"
        self.pending = self.effective in PENDING
        self.flags: dict[str, str] = {}
        self.evidence: dict[str, set[str]] = {}
        self.actions: list[str] = []

    # What was said

    def between(self, a: str, b: str) -> list[Interaction]:
        return [x for x in self.log if (x.sender, x.receiver) == (a, b)]

    def two_way(self, *parties: str) -> list[Interaction]:
        return [x for x in self.log if x.two_way and all(party in (x.sender, x.receiver) for party in parties)]

    def expects(self, x: Interaction) -> bool:
        if x.expects_reply is not None:
            return x.expects_reply
        if x.two_way or x.purpose in ("thank_you", "answer", "information", "coaching", "debrief"):
            return False
        return x.purpose in ("chase", "question", "feedback_request") or not self.is_reply(x)

    def is_reply(self, x: Interaction) -> bool:
        if x.in_reply_to is not None:
            return True
        window = timedelta(hours=self.policy.reply_window_hours)
        return any(
            x.at - window <= y.at < x.at
            and not any(y.at < z.at < x.at for z in self.between(x.sender, x.receiver))
            and self.expects(y)
            for y in self.between(x.receiver, x.sender)
        )

    def unsettled(self, asks: Iterable[Interaction], heard: Iterable[datetime]) -> list[Interaction]:
        last = max(heard, default=None)
        return [x for x in asks if self.expects(x) and (last is None or x.at > last)]

    def heard_candidate(self) -> list[datetime]:
        spoken = [x.at for x in self.log if x.sender == "candidate"] + [x.at for x in self.two_way("candidate")]
        return spoken + [word.at for word in self.history.heard_elsewhere]

    def heard_client(self) -> list[datetime]:
        spoken = [x.at for x in self.log if x.sender == "client"] + [x.at for x in self.two_way("client")]
        return spoken + [x.stated_at for x in self.history.revisions if x.stated_by == "client"]

    def heard_recruiter(self) -> list[datetime]:
        return [x.at for x in (*self.between("recruiter", "candidate"), *self.two_way("recruiter", "candidate"))]

    def asks_of_candidate(self) -> list[Interaction]:
        return self.unsettled(self.between("candidate", "recruiter"), self.heard_recruiter())

    def episodes(self) -> list[list[Interaction]]:
        found: list[list[Interaction]] = []
        for x in self.chases():
            if found and x.at <= found[-1][0].at + timedelta(minutes=self.policy.episode_minutes):
                found[-1].append(x)
            else:
                found.append([x])
        return found

    def chases(self) -> list[Interaction]:
        wanted = ("chase", "feedback_request", "question", "unspecified")
        said = (x for x in self.log if x.sender == "candidate" and x.purpose in wanted)
        return [
            x
            for x in said
            if Literal(self.history, self.policy, x.at).last_ever_held()
            and not self.is_reply(x)
            and not Literal(self.history, self.policy, x.at).provokes()
        ]

    def last_ever_held(self) -> bool:
        return self.last is not None

    def provokes(self) -> bool:
        """Whether the recruiter owed a word at this instant, before anything said at it."""
        rule = self.policy.reply_owed
        if not rule.enabled or self.stage in ENDED:
            return False
        self.log = [x for x in self.log if x.at < self.now]
        asks = self.asks_of_candidate()
        day = self.agency.day
        return bool(asks) and self.agency.bdays(day(asks[0].at), day(self.now)) >= rule.watch

    # What was said about the decision, and when to ask

    def timeline(self) -> Revision | None:
        dated = [x for x in self.history.revisions if x.date_named]
        for voices in (("client", "recruiter"), ("candidate",)):
            said = [x for x in dated if x.stated_by in voices]
            if said:
                latest = max(said, key=lambda x: (x.stated_at, x.told))
                if self.last is None or on(latest) >= self.client.day(self.last.ends_at):
                    return latest
        return None

    def window(self) -> date | None:
        """The window as judged."""
        if self.last is None or not self.pending:
            return None
        timeline = self.timeline()
        if timeline:
            return timeline.contact_from or self.client.next_bday(on(timeline))
        anchor = max((x.at for x in self.thanks()), default=self.last.ends_at)
        return self.client.roll(self.client.day(anchor) + self.policy.premature_contact.default_wait_days * DAY)

    def shown_window(self) -> date | None:
        judged, episodes = self.window(), self.episodes()
        if judged is None or not episodes:
            return judged
        return max(judged, self.client.day(episodes[-1][0].at) + self.policy.chase_spacing_days * DAY)

    def thanks(self) -> list[Interaction]:
        assert self.last is not None
        to_recruiter = self.history.style.thank_you == "via_recruiter"
        said = self.between("candidate", "client") + (self.between("candidate", "recruiter") if to_recruiter else [])
        return [x for x in said if x.purpose == "thank_you" and x.at >= self.last.ends_at]

    def about_last(self, purpose: str, sender: str, receiver: str) -> list[Interaction]:
        """Follow-ups or debriefs of the last interview."""
        last = self.last
        assert last is not None
        said = self.between(sender, receiver) + [x for x in self.between(receiver, sender) if x.two_way]
        return sorted(
            (
                x
                for x in said
                if x.purpose == purpose
                and (
                    (x.interview_id == last.id and x.at >= last.starts_at)
                    or (x.interview_id is None and x.at >= last.ends_at)
                )
            ),
            key=lambda x: (x.at, x.id),
        )

    # The assessment

    def raise_flag(self, kind: str, severity: str | None, evidence: Iterable[str] = ()) -> None:
        if severity and getattr(self.policy, kind).enabled:
            self.flags[kind], self.evidence[kind] = severity, set(evidence)

    def act(self, kind: str, switch: str, when: object = True) -> None:
        if when and getattr(self.policy, switch).enabled:
            self.actions.append(kind)

    def assess(self) -> None:
        if self.now < self.history.opened_at:
            return
        if self.stage in ENDED:
            self.closure()
            return
        self.reply_owed()
        self.commitments()
        if self.stage == "on_hold":
            return
        self.going_quiet()
        self.client_quiet()
        self.cadence()
        self.nothing_booked()
        self.timelines()
        if self.last:
            self.after_the_interview(self.last)

    def reply_owed(self) -> None:
        asks, day, rule = self.asks_of_candidate(), self.agency.day, self.policy.reply_owed
        if asks:
            self.act("reply_to_candidate", "reply_owed")
            n = self.agency.bdays(day(asks[0].at), day(self.now))
            self.raise_flag("reply_owed", step(n, rule.watch, rule.warning, rule.critical), (x.id for x in asks))

    def present(self, a: date, b: date) -> int:
        days = (a + n * DAY for n in range(1, (b - a).days + 1))
        away = self.history.away
        return sum(self.candidate.is_bday(d) and not any(x <= d <= y for x, y in away) for d in days)

    def going_quiet(self) -> None:
        rule, heard, day = self.policy.going_quiet, self.heard_candidate(), self.candidate.day
        asks = self.unsettled([x for x in self.log if x.receiver == "candidate"], heard)
        starts = [x.at for x in asks[:1]]
        ladder = (rule.watch, rule.warning, rule.critical)
        if self.effective == "offer":
            starts.append(max([self.change.at, *heard]))
            ladder = (rule.offer.watch, rule.offer.warning, rule.offer.critical)
        if starts:
            severity = step(self.present(day(min(starts)), day(self.now)), *ladder)
            attempts: list[datetime] = []
            for x in asks:
                if not attempts or x.at > attempts[-1] + timedelta(minutes=self.policy.episode_minutes):
                    attempts.append(x.at)
            if len(attempts) >= rule.attempts and len({day(at) for at in attempts}) >= 2 and severity != "critical":
                severity = "warning"
        else:
            limit = rule.max_silence_accepted if self.effective == "accepted" else rule.max_silence
            n = self.present(day(max([self.history.opened_at, *heard])), day(self.now))
            timeline = self.timeline()
            normal = self.pending and timeline and on(timeline) >= self.client.day(self.now)
            severity = "watch" if n >= limit and not normal else None
        self.raise_flag("going_quiet", severity)
        self.act("check_in_candidate", "going_quiet", severity)

    def client_quiet(self) -> None:
        rule, day, timeline = self.policy.client_quiet, self.client.day, self.timeline()
        asks = self.unsettled(self.between("recruiter", "client"), self.heard_client())
        if asks:
            start = asks[0].at
            if timeline:
                start = max(start, self.client.sod(self.client.next_bday(on(timeline))))
            severity = step(self.client.bdays(day(start), day(self.now)), rule.watch, rule.warning, rule.critical)
            self.raise_flag("client_quiet", severity)
            self.act("chase_client", "client_quiet", severity)

    def cadence(self) -> None:
        if self.effective not in ("offer", "accepted"):
            self.over_contacting()
            self.premature_contact()
        self.off_channel_contact()
        behind = set().union(*(self.evidence.get(kind, set()) for kind in CADENCE))
        if behind:
            latest = max(x.at for x in self.log if x.id in behind)
            told = self.between("recruiter", "candidate") + self.two_way("recruiter", "candidate")
            if not any(x.purpose == "coaching" and x.at >= latest for x in told):
                self.actions.append("coach_candidate")

    def over_contacting(self) -> None:
        rule, today = self.policy.over_contacting, self.candidate.day(self.now)
        week = [e for e in self.episodes() if today - self.candidate.day(e[0].at) < rule.window_days * DAY]
        severity = step(len(week), rule.watch, rule.warning, rule.critical)
        if severity and not any(x.purpose in ("chase", "feedback_request") for e in week for x in e):
            severity = "watch"
        self.raise_flag("over_contacting", severity, (x.id for e in week for x in e))

    def premature_contact(self) -> None:
        today, severity, behind = self.client.day(self.now), None, set[str]()
        for episode in self.episodes():
            then = Literal(self.history, self.policy, episode[0].at)
            opens_on, on_date = then.window(), self.client.day(episode[0].at)
            to_client = any(x.receiver == "client" for x in episode)
            one_way = any(not x.two_way and x.purpose in ("chase", "feedback_request") for x in episode)
            if opens_on is None or on_date >= opens_on or not (to_client or one_way):
                continue
            if today < min(opens_on, on_date + self.policy.chase_spacing_days * DAY):
                assert then.last is not None
                grave = to_client or on_date == self.client.day(then.last.ends_at)
                severity = "warning" if grave or severity == "warning" else "watch"
                behind |= {x.id for x in episode}
        self.raise_flag("premature_contact", severity, behind)

    def off_channel_contact(self) -> None:
        style, today, found = self.history.style, self.client.day(self.now), dict[str, str]()
        for x in self.between("candidate", "client"):
            if self.is_reply(x) or today >= self.client.day(x.at) + self.policy.off_channel_contact.open_days * DAY:
                continue
            thanks = x.purpose == "thank_you"
            if (thanks and style.thank_you != "direct") or (not thanks and style.direct_contact == "via_recruiter"):
                found[x.id] = "watch"
            if x.channel in ("linkedin", "facebook", "other_social") and style.social != "welcome":
                found[x.id] = "warning"
        self.raise_flag("off_channel_contact", min(found.values(), default=None), found)

    def after_the_interview(self, last: Interview) -> None:
        policy, ended_on = self.policy, self.client.day(last.ends_at)
        follow_ups = self.about_last("interview_follow_up", "recruiter", "client")
        waived = any(x.interview_id == last.id for x in self.history.waivers)
        if not follow_ups and not waived:
            rule = policy.follow_up_overdue
            due = self.client.eod(ended_on)
            late = rule.late_after is not None and self.client.clock(last.ends_at) >= rule.late_after
            if late or (rule.late_after is not None and not self.client.is_bday(ended_on)):
                due = self.client.at(self.client.next_bday(ended_on), rule.late_due)
            critical = self.now >= self.client.eod(self.client.next_bday(ended_on))
            severity = "critical" if critical else "warning"
            self.raise_flag("follow_up_overdue", severity if self.now >= due else None, [last.id])
            self.act("follow_up_hiring_manager", "follow_up_overdue")
        unheard = [x for x in self.heard_client() if follow_ups and x >= follow_ups[0].at]
        all_one_way = follow_ups and not any(x.two_way for x in follow_ups)
        self.act("retry_follow_up", "follow_up_overdue", all_one_way and not unheard)
        if not self.about_last("debrief", "candidate", "recruiter"):
            due_on = self.candidate.next_bday(self.candidate.day(last.ends_at))
            self.late("debrief_overdue", self.candidate, due_on, policy.debrief_overdue.warning, [last.id])
            self.act("debrief_candidate", "debrief_overdue")
        fresh = self.now < last.ends_at + timedelta(hours=policy.thank_you.expires_hours)
        wanted = self.history.style.thank_you != "unwelcome"
        self.act("remind_thank_you", "thank_you", fresh and wanted and not self.thanks())
        if self.pending and not self.upcoming:
            self.act("chase_decision", "timeline_overdue", follow_ups or waived)

    def late(self, kind: str, place: Calendar, due_on: date, warning: int, evidence: Iterable[str]) -> None:
        if self.now >= place.eod(due_on):
            n = place.bdays(due_on, place.day(self.now))
            self.raise_flag(kind, "warning" if n >= warning else "watch", evidence)

    def timelines(self) -> None:
        timeline, place, today = self.timeline(), self.client, self.client.day(self.now)
        if not self.pending:
            return
        if timeline:
            if self.now >= place.sod(place.next_bday(on(timeline))):
                n = place.bdays(on(timeline), today)
                severity = "critical" if n >= self.policy.timeline_overdue.critical else "warning"
                self.raise_flag("timeline_overdue", severity, [timeline.id])
        elif self.last:
            rule, since = self.policy.timeline_missing, self.last.ends_at
            due_on, evidence = place.next_bday(place.day(since)), [self.last.id]
            said = [x for x in self.history.revisions if x.stated_at >= since]
            if said and not said[-1].date_named:
                due_on = max(due_on, place.nth_bday(place.day(said[-1].stated_at), rule.grace))
                evidence.append(said[-1].id)
            self.late("timeline_missing", place, due_on, rule.warning, evidence)
            self.act("ask_timeline", "timeline_missing")

    def commitments(self) -> None:
        places = {"recruiter": self.agency, "client": self.client, "candidate": self.candidate}
        severities, evidence = [], []
        for x in self.history.commitments:
            if x.fulfilled_at or x.cancelled_at:
                continue
            place = places[x.owed_by]
            due_on = place.roll(x.due_on)
            self.act("keep_commitment", "commitment_overdue", x.owed_by == "recruiter")
            if self.now >= place.eod(due_on):
                late = place.bdays(due_on, place.day(self.now)) >= self.policy.commitment_overdue.warning
                severities.append("warning" if late else "watch")
                evidence.append(x.id)
                self.act("chase_commitment", "commitment_overdue", x.owed_by != "recruiter")
        self.raise_flag("commitment_overdue", min(severities, default=None), evidence)

    def nothing_booked(self) -> None:
        if self.stage != "interview_scheduled" or self.last or self.upcoming:
            return
        missed = [x.status_at or x.ends_at for x in self.history.interviews if x.status in ("cancelled", "no_show")]
        since = max([self.history.opened_at, self.change.at, *missed])
        due_on = self.agency.next_bday(self.agency.day(since))
        self.late("nothing_booked", self.agency, due_on, self.policy.nothing_booked.warning, ())
        self.act("book_interview", "nothing_booked")

    def closure(self) -> None:
        rule, place, since = self.policy.closure_owed, self.agency, self.change.at
        told = any(at >= since for at in self.heard_recruiter())
        closed_on, today = place.day(since), place.day(self.now)
        if self.stage not in ("rejected", "cancelled") or told or today >= closed_on + rule.open_days * DAY:
            return
        self.act("close_loop", "closure_owed")
        due_on = place.next_bday(closed_on)
        if self.now >= place.eod(due_on):
            n = place.bdays(due_on, today)
            severity = "critical" if n >= rule.critical else "warning" if n >= rule.warning else "watch"
            self.raise_flag("closure_owed", severity)


def step(n: int, watch: int, warning: int, critical: int) -> str | None:
    return "critical" if n >= critical else "warning" if n >= warning else "watch" if n >= watch else None


def on(revision: Revision) -> date:
    """The later of the dates it names."""
    return max(x for x in (revision.decision_by, revision.contact_from) if x)
