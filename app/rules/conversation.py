"""Who has said what to whom: one pass over the interactions, in order of time, gathers what the rules ask about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.rules.belonging import is_debrief, is_follow_up
from app.rules.history import CANDIDATE, CLIENT, RECRUITER, History, Interaction
from app.rules.policy import Policy

NEVER = datetime.min.replace(tzinfo=UTC) + timedelta(days=36_525)
"""Before anything that can happen, and far enough from the first date that hours can be taken from it."""

CHASING = frozenset({"chase", "feedback_request", "question", "unspecified"})
"""What a candidate says when they want to know."""

_ALWAYS_ASKS = frozenset({"chase", "question", "feedback_request"})
_NEVER_ASKS = frozenset({"thank_you", "answer", "information", "coaching", "debrief"})


class _Line:
    """One direction between two parties: its latest word and its latest ask, and those of the instant before."""

    __slots__ = ("ask", "ask_before", "word", "word_before")

    def __init__(self) -> None:
        self.word = self.word_before = self.ask = self.ask_before = NEVER


def _lines() -> dict[tuple[str, str], tuple[_Line, _Line]]:
    """For each direction, its own line and the one that runs back."""
    found = {}
    for one, other in ((CANDIDATE, RECRUITER), (CANDIDATE, CLIENT), (RECRUITER, CLIENT)):
        there, back = _Line(), _Line()
        found[one, other], found[other, one] = (there, back), (back, there)
    return found


def _answers(at: datetime, line: _Line, back: _Line, window: timedelta) -> bool:
    """The first word in its direction since an ask that is not longer ago than the reply window."""
    asked = back.ask if back.ask < at else back.ask_before
    if asked < at - window:
        return False
    return (line.word if line.word < at else line.word_before) <= asked


class Conversation:
    """What was said up to an instant. Asks listed here are unsettled; chases are neither replies nor provoked."""

    __slots__ = (
        "asks_of_candidate",
        "asks_to_candidate",
        "asks_to_client",
        "chases",
        "client_heard",
        "candidate_heard",
        "coachings",
        "debriefs",
        "direct",
        "follow_ups",
        "last_ask_of_candidate_at",
        "last_to_client",
        "recruiter_heard",
        "thanks",
    )

    def __init__(self) -> None:
        self.asks_of_candidate: list[Interaction] = []
        """The candidate's, to the recruiter."""
        self.asks_to_candidate: list[Interaction] = []
        """The recruiter's or the client's, to the candidate."""
        self.asks_to_client: list[Interaction] = []
        """The recruiter's, to the client."""
        self.candidate_heard: Interaction | None = None
        self.client_heard: Interaction | None = None
        self.recruiter_heard: Interaction | None = None
        """By the candidate: the recruiter's last word to them, or the last time the two spoke."""
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
        self.coachings: list[Interaction] = []

    def candidate_speaks(self, x: Interaction, asks: bool, reply: bool) -> None:
        """A word from the candidate: whatever they were asked is settled."""
        self.candidate_heard = x
        self.asks_to_candidate = []
        if x.receiver == RECRUITER:
            if asks and (self.recruiter_heard is None or x.at > self.recruiter_heard.at):
                self.asks_of_candidate.append(x)
            if x.two_way:
                self.recruiter_heard = x
                self.asks_of_candidate = []
        else:
            if x.two_way:
                self.client_heard = x
                self.asks_to_client = []
            if not reply:
                self.direct.append(x)

    def recruiter_speaks(self, x: Interaction, asks: bool) -> None:
        """A word from the recruiter: to the candidate it settles what they asked."""
        if x.receiver == CANDIDATE:
            self.recruiter_heard = x
            self.asks_of_candidate = []
            self._candidate_is_told(x, asks)
            return
        self.last_to_client = x
        if asks and (self.client_heard is None or x.at > self.client_heard.at):
            self.asks_to_client.append(x)
        if x.two_way:
            self.client_heard = x
            self.asks_to_client = []

    def client_speaks(self, x: Interaction, asks: bool) -> None:
        """A word from the client: whatever they were asked is settled."""
        self.client_heard = x
        self.asks_to_client = []
        if x.receiver == CANDIDATE:
            self._candidate_is_told(x, asks)

    def _candidate_is_told(self, x: Interaction, asks: bool) -> None:
        if asks:
            self.last_ask_of_candidate_at = x.at
            if self.candidate_heard is None or x.at > self.candidate_heard.at:
                self.asks_to_candidate.append(x)
        if x.two_way:
            self.candidate_heard = x
            self.asks_to_candidate = []

    def note(self, x: Interaction, style: str) -> None:
        """Keep what the duties look for: thanks, follow-ups, debriefs, coaching."""
        purpose = x.purpose
        if purpose == "thank_you":
            if x.sender == CANDIDATE and (x.receiver == CLIENT or style == "via_recruiter"):
                self.thanks.append(x)
        elif purpose == "coaching":
            between_them = CLIENT not in (x.sender, x.receiver)
            if between_them and (x.two_way or x.sender == RECRUITER):
                self.coachings.append(x)
        elif is_follow_up(x):
            self.follow_ups.append(x)
        elif is_debrief(x):
            self.debriefs.append(x)


_NOTED = frozenset({"thank_you", "coaching", "interview_follow_up", "debrief"})


def listen(
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
    heard, lines = Conversation(), _lines()
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
        asks = x.expects_reply
        if asks is None:
            asks = not x.two_way and purpose not in _NEVER_ASKS and (purpose in _ALWAYS_ASKS or not reply)
        if at > line.word:
            line.word_before, line.word = line.word, at
        if asks and at > line.ask:
            line.ask_before, line.ask = line.ask, at
        if sender == CANDIDATE:
            heard.candidate_speaks(x, asks, reply)
            if (
                purpose in CHASING
                and not reply
                and was_held(at)
                and (owed_since is NEVER or not provoked(owed_since, at))
            ):
                heard.chases.append(x)
        elif sender == RECRUITER:
            heard.recruiter_speaks(x, asks)
        else:
            heard.client_speaks(x, asks)
        if purpose in _NOTED:
            heard.note(x, style)
    return heard
