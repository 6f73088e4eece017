"""Who has said what to whom: one pass over the interactions, in order of time, gathers what the rules ask about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.rules.history import CANDIDATE, CLIENT, RECRUITER, History, Interaction
from app.rules.interview_matching import is_debrief, is_follow_up
from app.rules.policy import Policy

NEVER = datetime.min.replace(tzinfo=UTC) + timedelta(days=36_525)
"""Before anything that can happen, and far enough from the first date that hours can be taken from it."""

CHASING = frozenset({"chase", "feedback_request", "question", "unspecified"})
"""What a candidate says when they want to know."""

SOCIAL = frozenset({"linkedin", "facebook", "other_social"})
"""Channels on which a contact without a purpose is a connection request, which asks nothing."""

_NEWS_PURPOSES = frozenset({"answer", "information", "unspecified"})
"""Purposes with which a recruiter may tell a candidate that it was not them."""

_ALWAYS_ASKS = frozenset({"chase", "question", "feedback_request"})
_NEVER_ASKS = frozenset({"thank_you", "answer", "information", "coaching", "debrief"})


class _Direction:
    """One direction between two parties: its latest word and its latest ask, and those of the instant before."""

    __slots__ = ("ask", "ask_before", "word", "word_before")

    def __init__(self) -> None:
        self.word = self.word_before = self.ask = self.ask_before = NEVER


def _directions() -> dict[tuple[str, str], tuple[_Direction, _Direction]]:
    """For each direction, its own line and the one that runs back."""
    found = {}
    for one, other in ((CANDIDATE, RECRUITER), (CANDIDATE, CLIENT), (RECRUITER, CLIENT)):
        there, back = _Direction(), _Direction()
        found[one, other], found[other, one] = (there, back), (back, there)
    return found


def _answers(at: datetime, line: _Direction, back: _Direction, window: timedelta) -> bool:
    """The first word in its direction since an ask that is not longer ago than the reply window."""
    asked = back.ask if back.ask < at else back.ask_before
    if asked < at - window:
        return False
    return (line.word if line.word < at else line.word_before) <= asked


class Conversation:
    """What was said up to an instant. Asks listed here are unsettled; chases are neither replies nor provoked."""

    __slots__ = (
        "asks_of_candidate",
        "asks_of_client",
        "asks_to_candidate",
        "asks_to_client",
        "last_from_candidate",
        "last_update_to_candidate",
        "chases",
        "last_from_client",
        "client_to_recruiter_at",
        "coached_at",
        "debriefs",
        "direct",
        "follow_ups",
        "last_ask_of_candidate_at",
        "last_contact",
        "last_to_client",
        "last_news_to_candidate",
        "last_word_to_candidate",
        "recruiter_to_client_at",
        "talks",
        "thanks",
    )

    def __init__(self) -> None:
        self.asks_of_candidate: list[Interaction] = []
        """The candidate's, to the recruiter."""
        self.asks_of_client: list[Interaction] = []
        """The client's, to the recruiter."""
        self.asks_to_candidate: list[Interaction] = []
        """The recruiter's or the client's, to the candidate."""
        self.asks_to_client: list[Interaction] = []
        """The recruiter's, to the client."""
        self.last_from_candidate: Interaction | None = None
        self.last_from_client: Interaction | None = None
        self.last_word_to_candidate: Interaction | None = None
        """By the candidate: the recruiter's last word to them, or the last time the two spoke."""
        self.client_to_recruiter_at = NEVER
        """When the client last wrote to the recruiter, or the two spoke."""
        self.recruiter_to_client_at = NEVER
        """When the recruiter last wrote to the client, or the two spoke."""
        self.last_update_to_candidate: Interaction | None = None
        """The last word from the recruiter or the client to the candidate, or two-way one with the candidate."""
        self.last_news_to_candidate: Interaction | None = None
        """The last of `recruiter_heard` with a purpose that may have carried the news of an end."""
        self.last_contact: Interaction | None = None
        """The last interaction between recruiter and candidate, either way."""
        self.talks: list[Interaction] = []
        """Two-way, between candidate and recruiter."""
        self.last_to_client: Interaction | None = None
        """The recruiter's last word to the client."""
        self.last_ask_of_candidate_at = NEVER
        """When the candidate was last asked, settled or not."""
        self.chases: list[Interaction] = []
        self.direct: list[Interaction] = []
        """From the candidate straight to the client, replies left out."""
        self.thanks: list[Interaction] = []
        self.follow_ups: list[Interaction] = []
        self.debriefs: list[Interaction] = []
        self.coached_at = NEVER
        """When the recruiter last coached the candidate. What the candidate did up to then is settled."""

    def add_from_candidate(self, x: Interaction, asks: bool, reply: bool) -> None:
        """Take a word from the candidate: their own silence has ended."""
        self.last_from_candidate = x
        self.asks_to_candidate = []
        if x.two_way:
            self.last_update_to_candidate = x
        if x.receiver == RECRUITER:
            self.last_contact = x
            if x.two_way:
                self._add_talk(x)
            elif asks and (self.last_word_to_candidate is None or x.at > self.last_word_to_candidate.at):
                self.asks_of_candidate.append(x)
        else:
            if x.two_way:
                self.last_from_client = x
                self.asks_to_client = []
            if not reply:
                self.direct.append(x)

    def add_from_recruiter(self, x: Interaction, asks: bool) -> None:
        """Take a word from the recruiter: it settles what its receiver asked the recruiter."""
        if x.receiver == CANDIDATE:
            self.last_contact = x
            if x.two_way:
                self._add_talk(x)
            self._set_word_to_candidate(x)
            self._add_message_to_candidate(x, asks)
            return
        self.last_to_client = x
        self.recruiter_to_client_at = x.at
        self.asks_of_client = []
        if asks and (self.last_from_client is None or x.at > self.last_from_client.at):
            self.asks_to_client.append(x)
        if x.two_way:
            self.last_from_client = x
            self.client_to_recruiter_at = x.at
            self.asks_to_client = []

    def add_from_client(self, x: Interaction, asks: bool) -> None:
        """Take a word from the client: their own silence has ended."""
        self.last_from_client = x
        self.asks_to_client = []
        if x.receiver == CANDIDATE:
            self._add_message_to_candidate(x, asks)
            return
        self.client_to_recruiter_at = x.at
        if x.two_way:
            self.recruiter_to_client_at = x.at
            self.asks_of_client = []
        elif asks and x.at > self.recruiter_to_client_at:
            self.asks_of_client.append(x)

    def _add_talk(self, x: Interaction) -> None:
        self.talks.append(x)
        self._set_word_to_candidate(x)

    def _set_word_to_candidate(self, x: Interaction) -> None:
        """The candidate has had a word of the recruiter's: what they asked up to then is settled."""
        self.last_word_to_candidate = x
        self.asks_of_candidate = []
        if x.purpose in _NEWS_PURPOSES:
            self.last_news_to_candidate = x

    def _add_message_to_candidate(self, x: Interaction, asks: bool) -> None:
        self.last_update_to_candidate = x
        if asks:
            self.last_ask_of_candidate_at = x.at
            if self.last_from_candidate is None or x.at > self.last_from_candidate.at:
                self.asks_to_candidate.append(x)
        if x.two_way:
            self.last_from_candidate = x
            self.asks_to_candidate = []

    def record_for_duties(self, x: Interaction, style: str) -> None:
        """Keep what the duties look for: thanks, follow-ups, debriefs, coaching."""
        purpose = x.purpose
        if purpose == "thank_you":
            if x.sender == CANDIDATE and (x.receiver == CLIENT or style == "via_recruiter"):
                self.thanks.append(x)
        elif purpose == "coaching":
            between_them = CLIENT not in (x.sender, x.receiver)
            if between_them and (x.two_way or x.sender == RECRUITER):
                self.coached_at = x.at
        elif is_follow_up(x):
            self.follow_ups.append(x)
        elif is_debrief(x):
            self.debriefs.append(x)


_DUTY_PURPOSES = frozenset({"thank_you", "coaching", "interview_follow_up", "debrief"})


def read_conversation(
    history: History,
    policy: Policy,
    now: datetime,
    was_held: Callable[[datetime], bool],
    provoked: Callable[[datetime, datetime], bool],
) -> Conversation:
    """Go through the log up to `now`.

    `was_held(at)`: had an interview ended by then, as was known then. `provoked(asked_at, at)`: was an ask of the
    candidate's that stood since `asked_at` owed a reply at `at`. Both are asked only about what may be a chase.
    """
    heard, lines = Conversation(), _directions()
    window = timedelta(hours=policy.reply_window_hours)
    style = history.style.thank_you
    instant = owed_since = NEVER
    for x in history.interactions:
        at = x.at
        if at > now:
            break
        if x.automatic:
            continue
        if at != instant:
            # What is said at one instant is not yet known to the other things said at it.
            instant, owed = at, heard.asks_of_candidate
            owed_since = owed[0].at if owed else NEVER
        sender, purpose = x.sender, x.purpose
        line, back = lines[sender, x.receiver]
        reply = x.in_reply_to is not None or (back.ask is not NEVER and _answers(at, line, back, window))
        connects = purpose == "unspecified" and x.channel in SOCIAL
        asks = x.expects_reply
        if asks is None:
            never = x.two_way or connects or purpose in _NEVER_ASKS
            asks = not never and (purpose in _ALWAYS_ASKS or not reply)
        if at > line.word:
            line.word_before, line.word = line.word, at
        if asks and at > line.ask:
            line.ask_before, line.ask = line.ask, at
        if sender == CANDIDATE:
            heard.add_from_candidate(x, asks, reply)
            if (
                purpose in CHASING
                and not reply
                and not connects
                and was_held(at)
                and (owed_since is NEVER or not provoked(owed_since, at))
            ):
                heard.chases.append(x)
        elif sender == RECRUITER:
            heard.add_from_recruiter(x, asks)
        else:
            heard.add_from_client(x, asks)
        if purpose in _DUTY_PURPOSES:
            heard.record_for_duties(x, style)
    return heard
