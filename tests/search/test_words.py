"""Names as words: what a name is found by, and what a query asks for."""

import pytest

from app.kit.search import MAX_WORD, name_words, query_words


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Ngaio Marsh", {"ngaio", "marsh"}),
        ("Zoë Müller-Lüdenscheidt", {"zoe", "muller", "ludenscheidt", "mullerludenscheidt"}),
        ("Smith-O'Brien", {"smith", "o", "brien", "obrien", "smithobrien"}),
        ("D\u2019Arcy", {"d", "arcy", "darcy"}),
        ("STRASSE stra\u00dfe Stra\u1e9ee", {"strasse"}),
        ("Bjørn Łukasz Ægir Œuvre Þór Ðavið", {"bjorn", "lukasz", "aegir", "oeuvre", "thor", "david"}),
        ("İpek \u0131\u015f\u0131k", {"ipek", "isik"}),
        ("e\u0301 \u00e9", {"e"}),
        ("C++ Developer (m/f/d)", {"c", "developer", "m", "f", "d", "mfd"}),
        ("\ufb01nance \uff2b\uff49\uff4d", {"finance", "kim"}),
        ("山田太郎", {"山田太郎"}),
        ("--- !!!", set()),
    ],
)
def test_a_name_is_found_by_its_words(name, words):
    assert name_words(name) == words


def test_a_vowel_sign_does_not_end_a_word():
    assert name_words("कामिनी देवी") == {"कामिनी", "देवी"}


def test_a_word_without_end_is_cut_in_name_and_query_alike():
    assert name_words("x" * 200) == {"x" * MAX_WORD}
    assert query_words("x" * 200) == ["x" * MAX_WORD]
    assert max(len(word) for word in name_words("صل" * 90)) == MAX_WORD


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Ngaio", ["ngaio"]),
        ("mar ngaio", ["ngaio", "mar"]),
        ("ma mar MAR", ["mar"]),
        ("o'brien", ["obrien"]),
        ("anne-marie", ["marie", "anne"]),
        ("?!", []),
    ],
)
def test_a_query_asks_for_beginnings_the_longest_first(query, words):
    assert query_words(query) == words
