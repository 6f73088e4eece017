"""The demo's stories by theme. Their order gives the things in them their numbers, so new ones go to the end."""

from collections.abc import Callable

from app.demo.diary import Diary
from app.demo.stories import cadence, closing, fresh, offers, showcase, silence, waiting

STORIES: tuple[Callable[[Diary], None], ...] = (
    showcase.write,
    fresh.write,
    waiting.write,
    silence.write,
    cadence.write,
    offers.write,
    closing.write,
)
