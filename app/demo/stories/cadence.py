"""Candidates who ask too often, too early or in the wrong place, and the word of coaching that helps."""

from app.console import fixture_ids
from app.demo.case import Case
from app.demo.diary import Diary


def write(diary: Diary) -> None:
    """Applications 33 to 35."""
    _three_times_in_a_week(diary)
    _before_the_lift_had_come(diary)
    _rang_the_practice(diary)


def _three_times_in_a_week(diary: Diary) -> None:
    case = Case(diary, "-13 12:40", "Gareth Llewelyn-Pak", "Payroll Manager")
    first = case.interview("-8 10:00", 75, booked="-12 13:15", kind="panel", with_=("Rosalind Achterberg",))
    case.took_place(first)
    case.follow_up(first, "-8 15:15", "Rosalind: solid. She sees one more person.", enthusiasm_conveyed=True)
    case.debrief(first, "-7 08:40", "Nervous about the wait: his contract ends this month.", interest=5)
    case.past_us("-5d 12:30", "feedback_request", "email", "Asked Rosalind for feedback and offered to come in again.")
    case.from_candidate("-3d 17:50", "chase", "call", "Rang us at home: has Rosalind said anything?")
    case.past_us("-1d 19:20", "chase", "sms", "Texted Rosalind on the number from her signature.")


def _before_the_lift_had_come(diary: Diary) -> None:
    case = Case(diary, "-8 09:25", "Noor Al-Rashidi", "Brand Manager", by=fixture_ids.JUNIOR)
    first = case.interview("-3 12:00", 60, booked="-7 15:50", with_=("Piers Vandeleur",))
    case.follow_up(
        first, "-3 14:30", "Piers: lively, wants to see the portfolio.", decision_by=4, next_step="Portfolio by email."
    )
    case.debrief(
        first, "-3 15:10", "Spoke about everything but price. Asked to wait and said that she will.", interest=5
    )
    case.promise("-3 15:12", "candidate", "Send Piers the portfolio", due=-1)
    case.from_candidate("-3 17:20", "feedback_request", "sms", "Home again: has Piers said anything more?")
    case.to_candidate("-3 17:25", "answer", "sms", "Nothing new before he has seen the portfolio.")
    case.dismiss("-3 17:30", "premature_contact", "She answered a text of mine, which I had not logged.")
    case.past_us("-2 10:30", "information", "email", "The portfolio, with a friendly line.")


def _rang_the_practice(diary: Diary) -> None:
    case = Case(diary, "-13 14:05", "Bronte Halloran", "Practice Manager")
    first = case.interview("-9 09:00", 60, booked="-12 10:35", with_=("Simone Pargetter",))
    case.took_place(first)
    case.follow_up(first, "-9 12:40", "Simone: experienced, a little loud for their waiting room.", decision_by=4)
    case.debrief(first, "-9 16:30", "Loved it. Wants to know when they decide; told her.", interest=5)
    case.past_us(
        "-4d 10:05",
        "information",
        "phone",
        "Left word with the reception that she is available from Monday.",
        flag=fixture_ids.HANDLED_FLAG,
    )
    case.to_candidate("-3 11:10", "information", "sms", "Simone sees one more person this week.")
    case.acknowledge("-4d 15:40", "off_channel_contact", "Meant kindly. I tell her when she rings about her dates.")


def write_coached(diary: Diary) -> None:
    """Application 56."""
    case = Case(diary, "-12 16:05", "Ilse Novotny-Park", "Backend Engineer")
    first = case.interview("-7 15:00", 60, booked="-11 13:10", kind="video", with_=("Ravi Thangavel",))
    case.took_place(first)
    case.follow_up(first, "-7 18:05", "Ravi: careful with money, which he likes in an engineer.")
    case.debrief(first, "-6 09:50", "Liked the questions about rounding.", interest=4)
    case.past_us("-5 20:15", "information", "linkedin", "Sent Ravi a request to connect and a link to her library.")
    case.to_candidate(
        "-4 10:20", "coaching", "call", "Asked her to send such things through us: Ravi keeps LinkedIn for friends."
    )
