"""Applications after the follow-up: the hiring timeline holds, slips, passes or is missing."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 16 to 26 of the demo agency."""
    _all_is_well(recorder)
    _slipped_twice(recorder)
    _the_date_has_passed(recorder)
    _long_overdue(recorder)
    _panel_meets_some_day(recorder)
    _an_email_into_the_desert(recorder)
    _promised_and_silent(recorder)
    _voicemail_in_london(recorder)
    _today_is_the_day_to_ask(recorder)
    _linkedin_is_fine_here(recorder)
    _chased_for_weeks(recorder)


def _all_is_well(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-10 09:15", "Grace Mbeki-Thorne", "Clinical Governance Lead")
    first = application.interview(
        "-5 14:00", 60, booked="-9 12:30", interviewers=("Simone Pargetter", "Dr Anton Weiss-Kealoha")
    )
    application.complete(first)
    application.follow_up(
        first, "-5 17:05", "Simone: strong on accreditation. Same timeline as for the others.", decision_by=5
    )
    application.debrief(
        first,
        "-4 09:05",
        "Could see herself there. Liked that Anton pushed back.",
        company_fit={"values": 5},
        interest=5,
    )
    application.from_candidate("-4 09:40", "thank_you", "email", "Her thanks, for us to pass on.")
    application.to_client("-4 10:05", "information", "email", "Passed on Grace's note of thanks.")


def _slipped_twice(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-21 17:00", "Felix Arrowsmith-Yu", "Claims Team Leader")
    first = application.interview("-17 19:30", 60, booked="-20 18:10", kind="video")
    application.complete(first)
    application.follow_up(
        first,
        "-17 21:40",
        "Oliver would hire him tomorrow, the headcount is not signed yet.",
        decision_by=-10,
        next_step="Finance signs the headcount.",
    )
    application.debrief(first, "-16 18:20", "Good fit; he would manage nine people instead of five.", interest=5)
    application.to_client("-9 18:15", "chase", "email", "Asked Oliver where the headcount stands.")
    application.from_client("-8 19:45", "answer", "email", "Oliver: finance committee was postponed, give us a week.")
    application.timeline("-8 19:50", "client", decision_by=-3, confidence="medium", note="Finance committee postponed.")
    application.to_candidate("-7 18:05", "information", "call", "Told Felix about the week's delay. He took it well.")
    application.from_client(
        "-3 19:10", "information", "email", "Oliver: signed in principle, the letter needs one more hand."
    )
    application.timeline("-3 19:12", "client", decision_by=3, confidence="high", note="Signed in principle.")
    application.to_candidate("-2 18:30", "information", "call", "Second delay, this time with a good reason.")


def _the_date_has_passed(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-15 15:45", "Rina Castellanos", "Asset Engineer")
    first = application.interview("-9 13:30", 60, booked="-14 10:20", kind="panel", interviewers=("Ihab Saddleworth",))
    application.complete(first)
    application.follow_up(
        first, "-9 16:50", "Ihab: good panel, scores close. Delegate signs by then.", decision_by=-2, contact_from=-2
    )
    application.debrief(first, "-8 08:55", "Slow start, better once they got to the bridge survey.", interest=4)
    application.from_candidate(
        "-5 12:30", "information", "call", "Rang to say that she has a second interview elsewhere."
    )


def _long_overdue(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-27 11:30", "Hugo Lindenmayer", "Library Services Coordinator", by=fixture_ids.COLLEAGUE
    )
    first = application.interview(
        "-19 09:30", 50, booked="-23 14:15", kind="panel", interviewers=("Geraldine Ashcombe",)
    )
    application.complete(first)
    application.follow_up(
        first, "-19 15:30", "Geraldine: appointable. Delegate is on leave until mid-month.", decision_by=-9
    )
    application.debrief(first, "-18 10:10", "Enjoyed it. His story-time for fathers went down very well.", interest=5)
    application.to_client("-7 09:20", "chase", "call", "Geraldine: delegate back, pile on the desk, no date.")
    application.to_candidate(
        "-7 09:50", "information", "call", "Told Hugo that they are late and that it says nothing of him."
    )
    application.acknowledge("-6 16:15", "timeline_overdue", "Delegate's pile. Geraldine knows that we know.")
    application.to_candidate("-2 10:40", "information", "sms", "Still in the pile; I ring Geraldine again this week.")


def _panel_meets_some_day(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-12 13:05", "Aroha Wrenfield", "Supply Chain Manager", by=fixture_ids.JUNIOR
    )
    first = application.interview("-7 12:00", 60, booked="-11 09:55", interviewers=("Hinemoa Garrick",))
    application.follow_up(
        first,
        "-7 15:20",
        "Hinemoa: very good on the cold chain. The leadership team meets to talk about it.",
        next_step="Leadership team meets.",
        enthusiasm_conveyed=True,
    )
    application.debrief(first, "-6 11:40", "Saw the plant. Liked the people, less the smell.", interest=4)
    application.from_client("-2 13:05", "question", "email", "Hinemoa: could she start before the harvest?")


def _an_email_into_the_desert(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-13 16:20", "Samir Benhaddou", "Maintenance Planner")
    first = application.interview("-8 14:00", 45, booked="-12 13:30", kind="video")
    application.follow_up(first, "-8 17:40", "Wrote to Shane: Samir is keen, what did they think?", how="email")
    application.debrief(
        first, "-7 13:20", "Connection dropped twice; still got through the backlog question.", interest=4
    )
    application.to_client("-5 13:10", "chase", "voicemail", "Left Shane a message at smoko.")


def _promised_and_silent(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-20 09:35", "Clementine Osei-Hart", "Commercial Analyst")
    first = application.interview("-15 15:30", 60, booked="-19 11:20", interviewers=("Rosalind Achterberg",))
    application.complete(first)
    application.follow_up(
        first,
        "-15 17:45",
        "Rosalind: sharp, maybe too senior. Will talk to Declan.",
        decision_by=-8,
        feedback="Asked about the team before she asked about the money.",
    )
    application.debrief(first, "-14 08:45", "Thinks that she oversold herself; would like the job.", interest=5)
    application.to_client("-7 09:00", "chase", "email", "Friendly reminder to Rosalind: Clementine is waiting.")
    application.to_candidate("-7 09:10", "information", "sms", "No news; I have asked again.")
    application.to_client("-4 16:30", "chase", "voicemail", "Second try, her voicemail.")
    application.from_candidate("-4 17:15", "information", "call", "Patient, but another agency has called her.")


def _voicemail_in_london(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-8 18:00", "Patrick Duvernay", "Claims Team Leader")
    first = application.interview("-3 20:00", 45, booked="-7 17:50", kind="phone")
    application.follow_up(first, "-3 22:10", "Oliver's voicemail: Patrick came out pleased, ring me.", how="voicemail")
    application.debrief(first, "-2 18:50", "Short and to the point. Was asked for his notice period.", interest=4)


def _today_is_the_day_to_ask(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-14 10:50", "Leilani Makoare", "Backend Engineer")
    first = application.interview(
        "-9 14:30", 90, booked="-13 12:00", kind="assessment", interviewers=("Ravi Thangavel",)
    )
    application.complete(first)
    application.follow_up(
        first,
        "-9 18:05",
        "Ravi: tidy code, good questions. Ring him on the day, not before.",
        decision_by=-1,
        contact_from=0,
        next_step="Ravi compares the take-home tasks.",
    )
    application.debrief(first, "-8 10:15", "Enjoyed the pairing, ran out of time on the ledger task.", interest=5)
    application.from_candidate("-3 13:00", "question", "call", "Asked how they pay on-call. Answered on the phone.")


def _linkedin_is_fine_here(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-14 14:35", "Tobias Engstrom-Pike", "Supply Chain Manager", by=fixture_ids.JUNIOR
    )
    first = application.interview(
        "-4 11:00", 60, booked="-9 16:10", interviewers=("Hinemoa Garrick", "Piers Vandeleur")
    )
    application.candidate_to_client(
        "-4 17:30", "thank_you", "linkedin", "Connected with Hinemoa and thanked her for the tour."
    )
    application.follow_up(first, "-4 15:45", "Hinemoa: between him and one other.", enthusiasm_conveyed=True)
    application.debrief(first, "-3 10:05", "Would start tomorrow. Asked about the move north.", interest=5)
    application.timeline("-2 11:30", "candidate", decision_by=3, note="Hinemoa told him so when they connected.")


def _chased_for_weeks(recorder: Recorder) -> None:
    """Record an application modelled on a public case, with other names and dates: 24 days of asking for feedback."""
    application = ApplicationBuilder(recorder, "-33 16:00", "Maeve Corrigan-Li", "Field Service Engineer")
    first = application.interview(
        "-28 19:00", 120, booked="-32 17:00", kind="assessment", interviewers=("Kenta Mizushiro",)
    )
    application.to_client("-21 15:00", "interview_follow_up", "email", "Asked Akiko how the assessment went.")
    application.debrief(first, "-20 16:30", "Three tasks in two hours, no word since. Starts to wonder.", interest=4)
    application.to_client("-18 15:00", "chase", "email", "Asked again.")
    application.to_client("-17 15:00", "chase", "email", "And again, to Akiko and Kenta.")
    application.from_client("-17 17:00", "information", "email", "Akiko: not yet, she will ask the engineers again.")
    application.to_candidate("-17 17:40", "information", "call", "Told Maeve what little there is.")
    application.to_client("-12 15:00", "chase", "email", "Maeve has another offer; we need a word.")
    application.from_client("-12 20:45", "answer", "email", "Akiko: sorry, they will not hire this quarter after all.")
    application.move("-12 20:50", "rejected", "The client does not hire after all.")
    application.to_candidate(
        "-11 10:05", "information", "call", "Told her. She had seen it coming and took the other offer."
    )
    application.set_job_status("-11 10:20", "closed")
