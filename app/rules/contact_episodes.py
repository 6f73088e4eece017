"""Episodes of contact by the candidate, and the episodes that the guidance permits.

An episode is a group of contacts within `episode_minutes` of the first. The guidance permits one contact when the
follow-up window opens (Staff Finders). That contact does not count as too many.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.rules.assessment_inputs import Situation
from app.rules.history import Interaction

Episode = list[Interaction]


def uncoached_episodes(s: Situation) -> list[Episode]:
    """Return the episodes of contact that began after the recruiter last coached the candidate."""
    return [episode for episode in s.episodes if episode[0].at > s.conversation.coached_at]


def permitted_contacts(s: Situation) -> set[str]:
    """Return the id of the first interaction of each permitted episode.

    The first episode on or after the date of a follow-up window is permitted. Permitted episodes are at least
    `chase_spacing_days` days apart, on the client's calendar.
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
