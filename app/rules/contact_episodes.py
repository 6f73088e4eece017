"""Episodes of contact by the candidate, and the ones that the guidance permits.

An episode is a group of contacts within `episode_minutes`. One contact is permitted when the window opens (Staff
Finders); it does not count as too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.rules.assessment_inputs import Situation
from app.rules.history import Interaction

Episode = list[Interaction]


def uncoached_episodes(s: Situation) -> list[Episode]:
    """Return the episodes that began after the latest coaching."""
    return [episode for episode in s.episodes if episode[0].at > s.conversation.coached_at]


def permitted_contacts(s: Situation) -> set[str]:
    """Return the ids of the first interactions of permitted episodes. Client calendar.

    The first episode on or after each window date is permitted. Two permitted ones are at least `chase_spacing_days`
    apart.
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
