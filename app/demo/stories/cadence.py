"""Candidates who ask too often, too early or in the wrong place, and the word of coaching that helps."""

from app.demo import known
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
    case.from_candidate("-3d 17:50", "question", "call", "Rang us at home: has Rosalind said anything?")
    case.past_us("-1d 19:20", "chase", "sms", "Texted Rosalind on the number from her signature.")


def _before_the_lift_had_come(diary: Diary) -> None:
    case = Case(diary, "-8 09:25", "Noor Al-Rashidi", "Brand Manager", by=known.JUNIOR)
    first = case.interview("-3 12:00", 60, booked="-7 15:50", with_=("Piers Vandeleur",))
    case.from_candidate("-3 15:16", "feedback_request", "sms", "One more thing: any feedback from Piers yet?")
    case.follow_up(
        first, "-3 14:30", "Piers: lively, wants to see the portfolio.", decision_by=4, next_step="Portfolio by email."
    )
    case.debrief(
        first, "-3 15:10", "Spoke about everything but price. Asked to wait and said that she will.", interest=5
    )
    case.dismiss("-3 15:20", "premature_contact", "She answered what I had asked on the phone a minute before.")
    case.promise("-3 15:12", "candidate", "Send Piers the portfolio", due=-1)
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
        flag=known.HANDLED_FLAG,
    )
    case.to_candidate(
        "-4d 15:30", "information", "call", "Told her that the reception has passed it on, and that Simone decides."
    )
    case.acknowledge("-4d 15:40", "off_channel_contact", "Spoke with her; it was meant kindly.")
