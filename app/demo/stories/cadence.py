"""Candidates who ask too often, too early or the wrong person, and the coaching that helps."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 33 to 35 of the demo agency."""
    _three_times_in_a_week(recorder)
    _before_the_lift_had_come(recorder)
    _rang_the_practice(recorder)


def _three_times_in_a_week(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-13 12:40", "Gareth Llewelyn-Pak", "Payroll Manager")
    first = application.interview(
        "-8 10:00", 75, booked="-12 13:15", kind="panel", interviewers=("Rosalind Achterberg",)
    )
    application.complete(first)
    application.follow_up(first, "-8 15:15", "Rosalind: solid. She sees one more person.", enthusiasm_conveyed=True)
    application.debrief(first, "-7 08:40", "Nervous about the wait: his contract ends this month.", interest=5)
    application.candidate_to_client(
        "-5d 12:30", "feedback_request", "email", "Asked Rosalind for feedback and offered to come in again."
    )
    application.from_candidate("-3d 17:50", "chase", "call", "Rang us at home: has Rosalind said anything?")
    application.candidate_to_client("-1d 19:20", "chase", "sms", "Texted Rosalind on the number from her signature.")


def _before_the_lift_had_come(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-8 09:25", "Noor Al-Rashidi", "Brand Manager", by=fixture_ids.JUNIOR)
    first = application.interview("-3 12:00", 60, booked="-7 15:50", interviewers=("Piers Vandeleur",))
    application.follow_up(
        first, "-3 14:30", "Piers: lively, wants to see the portfolio.", decision_by=4, next_step="Portfolio by email."
    )
    application.debrief(
        first, "-3 15:10", "Spoke about everything but price. Asked to wait and said that she will.", interest=5
    )
    application.add_commitment("-3 15:12", "candidate", "Send Piers the portfolio", due=-1)
    application.from_candidate("-3 17:20", "feedback_request", "sms", "Home again: has Piers said anything more?")
    application.to_candidate("-3 17:25", "answer", "sms", "Nothing new before he has seen the portfolio.")
    application.dismiss("-3 17:30", "premature_contact", "She answered a text of mine, which I had not logged.")
    application.candidate_to_client("-2 10:30", "information", "email", "The portfolio, with a friendly line.")


def _rang_the_practice(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-13 14:05", "Bronte Halloran", "Practice Manager")
    first = application.interview("-9 09:00", 60, booked="-12 10:35", interviewers=("Simone Pargetter",))
    application.complete(first)
    application.follow_up(
        first, "-9 12:40", "Simone: experienced, a little loud for their waiting room.", decision_by=4
    )
    application.debrief(first, "-9 16:30", "Loved it. Wants to know when they decide; told her.", interest=5)
    application.candidate_to_client(
        "-4d 10:05",
        "information",
        "phone",
        "Left word with the reception that she is available from Monday.",
        flag=fixture_ids.HANDLED_FLAG,
    )
    application.to_candidate("-3 11:10", "information", "sms", "Simone sees one more person this week.")
    application.acknowledge(
        "-4d 15:40", "off_channel_contact", "Meant kindly. I tell her when she rings about her dates."
    )


def write_coached(recorder: Recorder) -> None:
    """Record the facts of application 56 of the demo agency."""
    application = ApplicationBuilder(recorder, "-12 16:05", "Ilse Novotny-Park", "Backend Engineer")
    first = application.interview("-7 15:00", 60, booked="-11 13:10", kind="video", interviewers=("Ravi Thangavel",))
    application.complete(first)
    application.follow_up(first, "-7 18:05", "Ravi: careful with money, which he likes in an engineer.")
    application.debrief(first, "-6 09:50", "Liked the questions about rounding.", interest=4)
    application.candidate_to_client(
        "-5 20:15", "information", "linkedin", "Sent Ravi a request to connect and a link to her library."
    )
    application.to_candidate(
        "-4 10:20", "coaching", "call", "Asked her to send such things through us: Ravi keeps LinkedIn for friends."
    )
