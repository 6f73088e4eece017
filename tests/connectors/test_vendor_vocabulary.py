"""Reading a vendor's enumerations: folded, with a default for what is unknown, which is listed."""

from typing import Any

from app.connectors.vendor_vocabulary import Vocabulary

STATUS = {"onhold": "on_hold", "draft": None}


def test_a_word_is_known_in_any_spelling() -> None:
    words = Vocabulary()
    assert [words.read("job status", word, STATUS, "x") for word in ("On Hold", "on_hold", "ON-HOLD")] == [
        "on_hold"
    ] * 3
    assert words.read("job status", "Draft", STATUS, "x") is None
    assert words.unknown == ()


def test_a_word_that_is_absent_is_the_default_and_no_surprise() -> None:
    words = Vocabulary()
    absent: tuple[Any, ...] = (None, "", " - ", 7, [], {})
    assert [words.read("job status", word, STATUS, "open") for word in absent] == ["open"] * 6
    assert words.unknown == ()


def test_each_word_that_nobody_knows_is_listed_once_in_one_line() -> None:
    words = Vocabulary()
    for word in ("Frozen", "Frozen", "x" * 200, "a\nb"):
        assert words.read("job status", word, STATUS, "open") == "open"
    words.miss("event", "")
    assert words.unknown == ("job status: Frozen", f"job status: {'x' * 80}", "job status: a b")
