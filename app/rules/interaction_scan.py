"""The conversation of an application: one pass over its interactions that collects what the rules need.

An ask is an interaction that expects a reply. A talk is a two-way interaction.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from app.rules.history import CANDIDATE, CLIENT, RECRUITER, History, Interaction
from app.rules.interview_matching import is_debrief, is_follow_up
from app.rules.policy import Policy

NEVER = datetime.min.replace(tzinfo=UTC) + timedelta(days=36_525)
"""An instant before any fact, used where something has not happened. Subtracting hours from this instant is safe."""

CHASING = frozenset({"chase", "feedback_request", "question", "unspecified"})
"""Purposes of an interaction with which a candidate asks for news."""

SOCIAL = frozenset({"linkedin", "facebook", "other_social"})
"""Channels of social media. A contact on them without a purpose is a connection request, which expects no reply."""

_NEWS_PURPOSES = frozenset({"answer", "information", "unspecified"})
"""Purposes of an interaction by which a recruiter may have informed a candidate that the application ended."""

_ALWAYS_ASKS = frozenset({"chase", "question", "feedback_request"})
_NEVER_ASKS = frozenset({"thank_you", "answer", "information", "coaching", "debrief"})


class _Direction:
    """The messages from one party to another: the instants of the latest message and of the latest ask.

    `message_before` and `ask_before` are those of the instant before the latest.
    """

    __slots__ = ("ask_at", "ask_before", "message_at", "message_before")

    def __init__(self) -> None:
        self.message_at = self.message_before = self.ask_at = self.ask_before = NEVER


def _directions() -> dict[tuple[str, str], tuple[_Direction, _Direction]]:
    """Return a mapping from (sender, receiver) to the state of that direction and of the opposite direction."""
    found = {}
    for one, other in ((CANDIDATE, RECRUITER), (CANDIDATE, CLIENT), (RECRUITER, CLIENT)):
        direction, opposite = _Direction(), _Direction()
        found[one, other], found[other, one] = (direction, opposite), (opposite, direction)
    return found


def _answers(at: datetime, direction: _Direction, opposite: _Direction, window: timedelta) -> bool:
    """Return True if a message at `at` answers an ask.

    An ask must have come from the other party within the reply window. The message must be the first since that ask.
    """
    asked = opposite.ask_at if opposite.ask_at < at else opposite.ask_before
    if asked < at - window:
        return False
    return (direction.message_at if direction.message_at < at else direction.message_before) <= asked


class Conversation:
    """The interactions of an application up to an instant, grouped as the rules need them.

    The `asks_…` lists hold only unanswered asks. `chases` are contacts with which the candidate asks for news. Replies
    do not count as chases, and neither do contacts made because the recruiter's own reply was overdue.
    """

    __slots__ = (
        "asks_of_candidate",
        "asks_of_client",
        "asks_to_candidate",
        "asks_to_client",
        "chases",
        "client_to_recruiter_at",
        "coached_at",
        "debriefs",
        "direct",
        "follow_ups",
        "last_ask_of_candidate_at",
        "last_contact",
        "last_from_candidate",
        "last_from_client",
        "last_news_to_candidate",
        "last_to_client",
        "last_update_to_candidate",
        "last_word_to_candidate",
        "recruiter_to_client_at",
        "talks",
        "thanks",
    )

    def __init__(self) -> None:
        self.asks_of_candidate: list[Interaction] = []
        """Unanswered asks of the candidate to the recruiter."""
        self.asks_of_client: list[Interaction] = []
        """Unanswered asks of the client to the recruiter."""
        self.asks_to_candidate: list[Interaction] = []
        """Unanswered asks of the recruiter or the client to the candidate."""
        self.asks_to_client: list[Interaction] = []
        """Unanswered asks of the recruiter to the client."""
        self.last_from_candidate: Interaction | None = None
        self.last_from_client: Interaction | None = None
        self.last_word_to_candidate: Interaction | None = None
        """The last message from the recruiter to the candidate, or the last talk between the two."""
        self.client_to_recruiter_at = NEVER
        """When the client last wrote to the recruiter, or talked with them."""
        self.recruiter_to_client_at = NEVER
        """When the recruiter last wrote to the client, or talked with them."""
        self.last_update_to_candidate: Interaction | None = None
        """The last message from the recruiter or the client to the candidate, or the last talk with the candidate."""
        self.last_news_to_candidate: Interaction | None = None
        """The last message to the candidate whose purpose allows that it told them of the application's end."""
        self.last_contact: Interaction | None = None
        """The last interaction between recruiter and candidate, whichever of the two was the sender."""
        self.talks: list[Interaction] = []
        """Talks (two-way interactions) between candidate and recruiter."""
        self.last_to_client: Interaction | None = None
        """The last message from the recruiter to the client."""
        self.last_ask_of_candidate_at = NEVER
        """When the recruiter or the client last asked the candidate something, whether or not the candidate has
        answered."""
        self.chases: list[Interaction] = []
        self.direct: list[Interaction] = []
        """Messages from the candidate directly to the client, without replies."""
        self.thanks: list[Interaction] = []
        self.follow_ups: list[Interaction] = []
        self.debriefs: list[Interaction] = []
        self.coached_at = NEVER
        """When the recruiter last coached the candidate. Contacts by the candidate before that instant raise no
        flag."""

    def add_from_candidate(self, x: Interaction, asks: bool, is_reply: bool) -> None:
        """Record a message from the candidate. The message answers every ask to the candidate."""
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
            if not is_reply:
                self.direct.append(x)

    def add_from_recruiter(self, x: Interaction, asks: bool) -> None:
        """Record a message from the recruiter. The message answers the asks of its receiver."""
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
        """Record a message from the client. The message answers every ask to the client."""
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
        """Set the last message to the candidate, and clear the candidate's asks, which the message answers."""
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
        """Record an interaction that is a thank-you note, a follow-up, a debrief or coaching.

        `style` is the organisation's wish about thank-you notes.
        """
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
    """Return the conversation of a history up to `now`.

    `was_held(at)` returns True if an interview had ended at `at`, as known then. `provoked(asked_at, at)` returns True
    if the reply to a candidate's ask of `asked_at` was overdue at `at`. Both are called only for possible chases.
    """
    found, directions = Conversation(), _directions()
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
            # Interactions of one instant do not see each other.
            instant, owed = at, found.asks_of_candidate
            owed_since = owed[0].at if owed else NEVER
        sender, purpose = x.sender, x.purpose
        direction, opposite = directions[sender, x.receiver]
        is_reply = x.in_reply_to is not None or (
            opposite.ask_at is not NEVER and _answers(at, direction, opposite, window)
        )
        is_connection_request = purpose == "unspecified" and x.channel in SOCIAL
        asks = x.expects_reply
        if asks is None:
            never = x.two_way or is_connection_request or purpose in _NEVER_ASKS
            asks = not never and (purpose in _ALWAYS_ASKS or not is_reply)
        if at > direction.message_at:
            direction.message_before, direction.message_at = direction.message_at, at
        if asks and at > direction.ask_at:
            direction.ask_before, direction.ask_at = direction.ask_at, at
        if sender == CANDIDATE:
            found.add_from_candidate(x, asks, is_reply)
            if (
                purpose in CHASING
                and not is_reply
                and not is_connection_request
                and was_held(at)
                and (owed_since is NEVER or not provoked(owed_since, at))
            ):
                found.chases.append(x)
        elif sender == RECRUITER:
            found.add_from_recruiter(x, asks)
        else:
            found.add_from_client(x, asks)
        if purpose in _DUTY_PURPOSES:
            found.record_for_duties(x, style)
    return found
