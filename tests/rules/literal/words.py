"""Replies and asks: what the three notions of section 1 say of the interactions of one application."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from app.rules.history import Interaction

SOCIAL = ("linkedin", "facebook", "other_social")


class Words:
    """The log without automatic interactions. A reply depends only on what was said before it."""

    def __init__(self, log: Iterable[Interaction], reply_window_hours: int) -> None:
        self.log = [x for x in log if not x.automatic]
        self.window = timedelta(hours=reply_window_hours)
        self._replies: dict[Interaction, bool] = {}

    def between(self, sender: str, receiver: str) -> list[Interaction]:
        """Return what one party said to another."""
        return [x for x in self.log if (x.sender, x.receiver) == (sender, receiver)]

    def is_reply(self, x: Interaction) -> bool:
        """Return whether `in_reply_to` is set, or an ask came before it with nothing said strictly between."""
        if x not in self._replies:
            self._replies[x] = x.in_reply_to is not None or any(
                x.at - self.window <= y.at < x.at
                and not any(y.at < z.at < x.at for z in self.between(x.sender, x.receiver))
                and self.expects_reply(y)
                for y in self.between(x.receiver, x.sender)
            )
        return self._replies[x]

    def expects_reply(self, x: Interaction) -> bool:
        """Return whether it is an ask."""
        if x.expects_reply is not None:
            return x.expects_reply
        if x.two_way or is_connection_request(x):
            return False
        if x.purpose in ("thank_you", "answer", "information", "coaching", "debrief"):
            return False
        if x.purpose in ("chase", "question", "feedback_request"):
            return True
        return not self.is_reply(x)

    def asks_after(self, said: Iterable[Interaction], heard: Iterable[datetime]) -> list[Interaction]:
        """Return the unsettled asks: those later than the last time the other party was heard."""
        last = max(heard, default=None)
        return [x for x in said if (last is None or x.at > last) and self.expects_reply(x)]


def is_connection_request(x: Interaction) -> bool:
    """Return whether it is `unspecified` on a social channel."""
    return x.purpose == "unspecified" and x.channel in SOCIAL


def is_between(x: Interaction, a: str, b: str) -> bool:
    """Return whether the two parties are a and b, in either direction."""
    return {x.sender, x.receiver} == {a, b}
