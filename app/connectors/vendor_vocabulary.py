"""Translation of a vendor's enumeration values by tables; unknown words are collected for the health view."""

from collections.abc import Mapping
from typing import Any, TypeVar

from app.connectors.parsing import folded_word, one_line

T = TypeVar("T")


class Vocabulary:
    """The translator of the enumeration values in one event. It collects the words that no table has."""

    def __init__(self) -> None:
        self._unknown: dict[str, None] = {}

    @property
    def unknown(self) -> tuple[str, ...]:
        """The collected words that no table has, each once, such as `job status: frozen`."""
        return tuple(self._unknown)

    def read(self, what: str, value: Any, meanings: Mapping[str, T], default: T) -> T:
        """Return the meaning of a vendor's word from a table; `default` for an absent or unknown word.

        The keys of `meanings` are folded by `folded_word`. An unknown word is collected as `<what>: <word>`.
        """
        folded = folded_word(value)
        if folded is None:
            return default
        if folded not in meanings:
            self.miss(what, value)
            return default
        return meanings[folded]

    def miss(self, what: str, value: Any) -> None:
        """Add `<what>: <word>` to the unknown words, unless the value is no text."""
        if (text := one_line(value, 80)) is not None:
            self._unknown[f"{what}: {text}"] = None
