"""The demo's stories by theme. Their order numbers the records, so new stories go to the end."""

from collections.abc import Callable

from app.demo.recorder import Recorder
from app.demo.stories import cadence, checks, closing, fresh, notice, offers, showcase, silence, waiting

STORIES: tuple[Callable[[Recorder], None], ...] = (
    showcase.write,
    fresh.write,
    waiting.write,
    silence.write,
    cadence.write,
    offers.write,
    closing.write,
    checks.write,
    notice.write,
    closing.write_kept_warm,
    closing.write_left_waiting,
    cadence.write_coached,
    fresh.write_on_shift,
)
