"""The vendor's words of one event, each read by a table; unknown words are collected for the health view."""

from collections.abc import Mapping
from typing import Any, TypeVar

from app.connectors.parsing import folded_word, one_line

T = TypeVar("T")


class Vocabulary:
    """Reads the enumerations of one event. `unknown` collects the words that were replaced by a default."""

    def __init__(self) -> None:
        self._unknown: dict[str, None] = {}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The words that no table has, each once, such as `job status: frozen`."""
        return tuple(self._unknown)

    def read(self, what: str, value: Any, meanings: Mapping[str, T], default: T) -> T:
        """Return the meaning of a word; the default for one that is absent or unknown.

        The keys of `meanings` are folded by `folded_word`. An unknown word is collected under `what`.
        """
        folded = folded_word(value)
        if folded is None:
            return default
        if folded not in meanings:
            self.miss(what, value)
            return default
        return meanings[folded]

    def miss(self, what: str, value: Any) -> None:
        """Collect a word that the connector does not know."""
        if (text := one_line(value, 80)) is not None:
            self._unknown[f"{what}: {text}"] = None
