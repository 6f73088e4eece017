"""Episodes: the candidate's contacts that ask for news, and which of them the guidance asks for.

The guidance allows one contact when the window opens (Staff Finders). It is let off: it does not count as one too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.rules.history import Interaction
from app.rules.situation import Situation

Episode = list[Interaction]


def uncoached_episodes(s: Situation) -> list[Episode]:
    """Return the episodes that began after the latest coaching. Coaching settles the earlier ones."""
    return [episode for episode in s.episodes if episode[0].at > s.conversation.coached_at]


def permitted_contacts(s: Situation) -> set[str]:
    """Return the first interactions of the episodes that the guidance asks for. Client calendar.

    One is let off when it falls on or after its window date as the first that does, a spacing after the one before it.
    """
    return set(_permitted(s))


def _permitted(s: Situation) -> Iterator[str]:
    spacing = timedelta(days=s.policy.chase_spacing_days)
    before: date | None = None
    latest: date | None = None
    for episode in s.episodes:
        on = s.client.day(episode[0].at)
        if latest is None or on >= latest + spacing:
            window = s.judged_window_at(s.state_before(episode[0].at))
            if window is not None and on >= window.opens_on and (before is None or before < window.opens_on):
                latest = on
                yield episode[0].id
        before = on
