"""The checks of a thank-you note, over notes that the articles would praise and notes that they warn of."""

import time
from datetime import date

import pytest

from app.rules.flags import GUIDANCE
from app.thank_you.checks import MAX_EACH, Finding, Occasion, Promise, check_draft
from app.thank_you.draft import Draft, topic_words
from tests.thank_you import notes

KNOWN = Occasion(topics=topic_words("payroll award backlog drill complaints rosters control room"))


def findings(text: str, occasion: Occasion | None = KNOWN) -> list[Finding]:
    return check_draft(Draft(text), occasion)[0]


def codes(text: str, occasion: Occasion | None = KNOWN) -> list[str]:
    return [one.code for one in findings(text, occasion)]


def marked(text: str, code: str) -> list[str]:
    return [text[slice(*one.at)] for one in findings(text) if one.code == code and one.at]


@pytest.mark.parametrize("note", notes.GOOD.values(), ids=list(notes.GOOD))
def test_a_note_after_the_articles_has_no_findings(note: str):
    assert findings(note) == []


def test_a_note_must_thank():
    assert codes(notes.BARE) == ["no_thanks", "no_interest", "nothing_specific"]
    assert "no_thanks" in codes("Thanks in advance for your answer about payroll. I am keen.")
    for thanks in ("Thanks", "I am grateful", "I appreciated it", "Thank you"):
        assert "no_thanks" not in codes(f"{thanks}. Payroll is what I am keen on.")


def test_interest_that_is_denied_is_none():
    assert "no_interest" in codes("Thank you for the talk about payroll. I am no longer interested.")
    assert "no_interest" in codes("Thank you for the talk about payroll. I wasn't very keen at first.")
    assert "no_interest" not in codes("Thank you. I was not interested before, and now I am keen on payroll.")


@pytest.mark.parametrize(("words", "expected"), [(120, []), (121, ["long"]), (200, ["long"]), (201, ["too_long"])])
def test_a_note_is_short(words: int, expected: list[str]):
    assert codes("Thank you, I am keen on" + " payroll" * (words - 6)) == expected


@pytest.mark.parametrize(("lines", "expected"), [(7, []), (8, ["long"]), (12, ["long"]), (13, ["too_long"])])
def test_it_has_few_lines_and_empty_ones_do_not_count(lines: int, expected: list[str]):
    assert codes("Thank you, I am keen.\n\n" + "Payroll.\n \n" * (lines - 1)) == expected


def test_something_of_the_interview_is_named_in_any_form():
    text = "Thank you for the talk about {}. I am keen."
    assert codes(text.format("many things")) == ["nothing_specific"]
    for word in ("awards", "PAYROLL", "the backlog's size"):
        assert codes(text.format(word)) == []


def test_what_was_forgotten_is_not_mentioned():
    assert marked(notes.FORGETFUL, "forgot_to_mention") == ["forgot to mention", "should have said"]
    assert [one.severity for one in findings(notes.FORGETFUL)] == ["fix", "fix"]
    assert "forgot_to_mention" in codes("I’m keen. Thank you. I should’ve mentioned payroll.")


def test_nothing_negative_is_left_behind():
    assert marked(notes.APOLOGETIC, "negative") == ["apologise", "nervous", "unfortunately", "badly"]
    assert "negative" in codes("Sorry that I was late. Thank you for the payroll talk. I am keen.")
    assert codes("Sorry for the delay. Thank you for the payroll talk. I am keen.") == []


def test_no_answer_is_asked_for_least_of_all_on_the_same_day():
    asked = ["When will you decide?", "Please let me know your feedback."]
    assert marked(notes.IMPATIENT, "asks_for_answer") == asked
    today = Occasion(topics=KNOWN.topics, is_same_day=True)
    severities = {
        occasion.is_same_day: {one.severity for one in findings(notes.IMPATIENT, occasion) if one.at}
        for occasion in (KNOWN, today)
    }
    assert severities == {False: {"consider"}, True: {"fix"}}
    assert codes("Thank you for the payroll talk. I look forward to hearing your decision.") == []
    assert codes("Thank you for your feedback on my payroll study. I am keen.") == []


def test_questions_are_kept_for_later_and_an_offer_of_more_is_none():
    assert marked(notes.QUESTIONING, "follow_up_question") == ["Which payroll system do you use?"]
    for offer in ("Can I send you anything else?", "Do you need more information?", "How are you?"):
        assert codes(f"Thank you for the payroll talk. I am keen. {offer}") == []


def test_a_promise_that_is_due_is_sent_along():
    promise = Promise("Names of two referees.", date(2026, 5, 6))
    (found,) = findings(notes.STAFF_FINDERS, Occasion(topics=KNOWN.topics, promises=(promise,)))
    assert (found.code, found.severity) == ("promised_missing", "consider")
    assert found.sentence == "Send along what you promised by Wed 6 May 2026: Names of two referees."
    assert codes(notes.MINING_PEOPLE, Occasion(topics=KNOWN.topics, promises=(promise,))) == []


@pytest.mark.parametrize(
    ("occasion", "code", "severity"),
    [
        (Occasion(topics=KNOWN.topics, is_late=True), "too_late", "consider"),
        (Occasion(topics=KNOWN.topics, style="unwelcome"), "unwelcome", "fix"),
        (Occasion(topics=KNOWN.topics, style="via_recruiter"), "via_recruiter", "fix"),
    ],
)
def test_when_and_to_whom(occasion: Occasion, code: str, severity: str):
    (found,) = findings(notes.STAFF_FINDERS, occasion)
    assert (found.code, found.severity, found.at) == (code, severity, None)


def test_what_is_not_known_is_not_judged():
    of_the_interview = ["nothing_specific", "promised_missing", "too_late", "unwelcome", "via_recruiter"]
    assert check_draft(Draft(notes.STAFF_FINDERS), None) == ([], of_the_interview)
    assert check_draft(Draft(notes.STAFF_FINDERS), Occasion()) == ([], ["nothing_specific"])


def test_what_must_be_fixed_comes_first_and_everything_has_its_article():
    articles = {article for cited in GUIDANCE.values() for article in cited.split("; ")}
    everything = [
        one
        for text in (*vars(notes).values(), "word " * 150, "word " * 250)
        if isinstance(text, str)
        for occasion in (KNOWN, Occasion(style="unwelcome", is_late=True), Occasion(style="via_recruiter"))
        for one in findings(text, occasion)
    ]
    assert {article for one in everything for article in one.guidance.split("; ")} <= articles
    assert all(one.sentence.endswith(".") for one in everything)
    severities = [one.severity for one in findings(notes.FORGETFUL + notes.APOLOGETIC + notes.IMPATIENT)]
    assert severities == sorted(severities, reverse=True)


def test_of_each_kind_a_few_are_shown():
    assert codes("Thank you. I am keen on payroll. " + "Sorry? " * 30).count("follow_up_question") == MAX_EACH


@pytest.mark.parametrize(
    ("text", "english"),
    [
        (notes.STAFF_FINDERS, True),
        (notes.BARE, True),
        ("Merci beaucoup", True),  # too short to tell
        (
            "Liebe Frau Achterberg, vielen Dank für das freundliche Gespräch gestern. Ich freue mich sehr auf die "
            "Zusammenarbeit mit Ihnen und Ihrem Team.",
            False,
        ),
        (
            "Madame, je vous remercie de m'avoir reçu hier. Le poste que vous proposez m'intéresse beaucoup, et je "
            "reste à votre disposition.",
            False,
        ),
        ("昨日はお時間をいただきありがとうございました。", False),
        ("شكرا جزيلا", False),
        ("Спасибо за встречу, Ann", False),
        ("Dear Zoë, thank you. ありがとう", True),
        ("🙏", True),
        ("", True),
    ],
)
def test_only_english_is_read(text: str, english: bool):
    assert Draft(text).is_english == english


@pytest.mark.parametrize("unit", ["?", "a ", "\n", "a. ", "would you ", "i'm ", "not ", ".x", "\n \n"])
def test_no_text_takes_long(unit: str):
    text = (unit * 5000)[:5000]
    started = time.thread_time()
    findings(text)
    assert time.thread_time() - started < 1
