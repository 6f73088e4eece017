"""A draft of a thank-you note, split into words, lines and sentences with their positions in the text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from app.thank_you.stop_words import ENGLISH, STOP_WORDS

Span = tuple[int, int]
"""A position in a text: the index of the first character, and the index after the last character."""

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_SENTENCE = re.compile(r"\S.*?(?:(?<![.!?])[.!?]++(?=[\s\"')\]]|$)|(?=\n\s*\n)|$)", re.DOTALL)
_APOSTROPHES = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "`": "'", "\u00b4": "'"})
_ENOUGH_WORDS, _ENGLISH_SHARE = 12, 0.12


@dataclass(frozen=True)
class Draft:
    """The text of a thank-you note. Positions are counted in characters of the original text."""

    text: str

    @cached_property
    def plain(self) -> str:
        """The text with all kinds of apostrophes replaced by `'`. Positions are the same as in the original."""
        return self.text.translate(_APOSTROPHES)

    @cached_property
    def words(self) -> list[str]:
        """The words of the text, in lower case."""
        return [found.group().lower() for found in _WORD.finditer(self.plain)]

    @cached_property
    def lines(self) -> int:
        """The number of lines that are not empty."""
        return sum(bool(line.strip()) for line in self.plain.splitlines())

    @cached_property
    def sentences(self) -> list[tuple[Span, str]]:
        """The sentences as pairs of position and text. A question mark inside a web address does not end a sentence."""
        return [(found.span(), found.group()) for found in _SENTENCE.finditer(self.plain)]

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Yield every match of a pattern in the text."""
        return pattern.finditer(self.plain)

    @property
    def is_english(self) -> bool:
        """True unless the text seems to be in another language.

        That is the case if most letters are not Latin, or if a longer text has few common English words.
        """
        letters = [character for character in self.plain if character.isalpha()]
        if 2 * sum(not letter.isascii() for letter in letters) > len(letters):
            return False
        common = sum(word in ENGLISH for word in self.words)
        return len(self.words) < _ENOUGH_WORDS or common / len(self.words) >= _ENGLISH_SHARE


def topic_words(text: str, at_least: int = 4) -> frozenset[str]:
    """Return the words of a text that may name a topic: words with at least `at_least` letters that are not common."""
    words = (found.group().lower() for found in _WORD.finditer(text.translate(_APOSTROPHES)))
    return frozenset(_singular(word) for word in words if len(word) >= at_least and word not in STOP_WORDS)


def _singular(word: str) -> str:
    word = word.removesuffix("'s")
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
