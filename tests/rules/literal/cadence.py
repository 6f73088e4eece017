"""*Cadence*: the candidate contacts too often, too early, or in the wrong place; and the window that is shown."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from app.rules.history import Interaction
from tests.rules.literal import stages
from tests.rules.literal.findings import Findings
from tests.rules.literal.moment import DAY, Moment, highest, step
from tests.rules.literal.words import SOCIAL, is_connection_request

PRESSING = ("chase", "feedback_request")
CHASING = (*PRESSING, "question", "unspecified")
Episode = list[Interaction]


def chases(m: Moment) -> list[Interaction]:
    """Return what the candidate said to press for news after an interview."""
    return [
        x
        for x in m.log
        if x.sender == "candidate"
        and x.purpose in CHASING
        and not is_connection_request(x)
        and stages.held(m.history.interviews, x.at)
        and not m.words.is_reply(x)
        and not is_provoked(m, x)
    ]


def is_provoked(m: Moment, x: Interaction) -> bool:
    """Return whether `reply_owed` stood for an ask of the candidate's at that moment, before anything said at it.

    Before the application is opened no flag stands.
    """
    if x.at < m.history.opened_at:
        return False
    before = Moment(m.history.as_of(x.at), m.policy, x.at)
    before.words.log[:] = [y for y in before.words.log if y.at < x.at]
    return before.reply_severity() is not None


def episodes_of(m: Moment) -> list[Episode]:
    """Return the episodes, in order of time."""
    found: list[Episode] = []
    for x in chases(m):
        if found and x.at <= found[-1][0].at + timedelta(minutes=m.policy.episode_minutes):
            found[-1].append(x)
        else:
            found.append([x])
    return found


def shown_window(m: Moment) -> date | None:
    """Return the window that is shown: not before seven days have passed since the last episode."""
    judged, episodes = m.window(), episodes_of(m)
    if judged is None or not episodes:
        return judged
    return max(judged, m.client.day(episodes[-1][0].at) + m.policy.chase_spacing_days * DAY)


def exempt(m: Moment, episodes: list[Episode]) -> list[bool]:
    """Return for each episode whether it is the one call that the guidance asks for."""
    found: list[bool] = []
    dates = [m.client.day(episode[0].at) for episode in episodes]
    last: date | None = None
    for number, episode in enumerate(episodes):
        opens_on = m.just_before(episode[0].at).window()
        allowed = (
            opens_on is not None
            and dates[number] >= opens_on
            and not any(earlier >= opens_on for earlier in dates[:number])
            and (last is None or dates[number] >= last + m.policy.chase_spacing_days * DAY)
        )
        found.append(allowed)
        if allowed:
            last = dates[number]
    return found


def cadence(m: Moment, found: Findings) -> None:
    """Raise the three flags, and coach the candidate about them."""
    coached = [x.at for x in m.words_to("recruiter", "candidate") if x.purpose == "coaching"]
    coached_at = max(coached, default=None)
    raised: list[list[Interaction]] = []
    if m.effective not in ("offer", "accepted"):
        episodes = episodes_of(m)
        counting = [
            (episode, spared)
            for episode, spared in zip(episodes, exempt(m, episodes), strict=True)
            if coached_at is None or episode[0].at > coached_at
        ]
        raised.append(_over_contacting(m, found, [episode for episode, spared in counting if not spared]))
        raised.append(_premature_contact(m, found, [episode for episode, _ in counting]))
    raised.append(_off_channel_contact(m, found, coached_at))
    behind = [x.at for interactions in raised for x in interactions]
    if behind and not (m.reply_severity() is not None):
        due_at = m.agency.eod(m.agency.next_bday(m.agency.day(max(behind))))
        found.actions.append(("coach_candidate", "", max(behind), due_at))


def _over_contacting(m: Moment, found: Findings, episodes: list[Episode]) -> list[Interaction]:
    rule, today = m.policy.over_contacting, m.candidate.day(m.now)
    counted = [
        episode
        for episode in episodes
        if today - m.candidate.day(episode[0].at) < rule.window_days * DAY
        and not all(x.purpose == "question" and x.receiver == "recruiter" for x in episode)
    ]
    severity = step(len(counted), rule.watch, rule.warning, rule.critical)
    behind = [x for episode in counted for x in episode]
    if severity is None or not rule.enabled:
        return []
    if not any(x.purpose in PRESSING for x in behind):
        severity = "watch"
    found.flag("over_contacting", severity, behind[0].at, (x.id for x in behind))
    return behind


def _premature_contact(m: Moment, found: Findings, episodes: list[Episode]) -> list[Interaction]:
    today, severities, behind = m.client.day(m.now), [], []
    for episode in episodes:
        before, dated = m.just_before(episode[0].at), m.client.day(episode[0].at)
        opens_on = before.window()
        if opens_on is None or dated >= opens_on:
            continue
        to_client = any(x.receiver == "client" for x in episode)
        pressing = any(x.receiver == "recruiter" and not x.two_way and x.purpose in PRESSING for x in episode)
        had_not_rung = before.follow_up_missing or before.debrief_missing
        if not to_client and (not pressing or had_not_rung):
            continue
        if today < min(opens_on, dated + m.policy.chase_spacing_days * DAY):
            assert before.last is not None
            same_day = dated == m.client.day(before.last.ends_at)
            severities.append("warning" if to_client or same_day else "watch")
            behind.extend(episode)
    if not behind or not m.policy.premature_contact.enabled:
        return []
    found.flag("premature_contact", highest(severities), behind[0].at, (x.id for x in behind))
    return behind


def _off_channel_contact(m: Moment, found: Findings, coached_at: datetime | None) -> list[Interaction]:
    rule, style, today = m.policy.off_channel_contact, m.history.style, m.client.day(m.now)
    severities, behind = [], []
    for x in m.words.between("candidate", "client"):
        if m.words.is_reply(x) or (coached_at is not None and x.at <= coached_at):
            continue
        if today >= m.client.day(x.at) + rule.open_days * DAY:
            continue
        social = x.channel in SOCIAL and style.social != "welcome"
        unwanted_thanks = x.purpose == "thank_you" and style.thank_you != "direct"
        direct = x.purpose != "thank_you" and style.direct_contact == "via_recruiter"
        if social or unwanted_thanks or direct:
            severities.append("warning" if social else "watch")
            behind.append(x)
    if not behind or not rule.enabled:
        return []
    found.flag("off_channel_contact", highest(severities), behind[0].at, (x.id for x in behind))
    return behind
