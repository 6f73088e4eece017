"""The first six applications of the demo. `app/console/fixture_ids.py` describes their states."""

from app.console import fixture_ids
from app.demo.builder import ApplicationBuilder
from app.demo.fact_recorder import Recorder


def write(recorder: Recorder) -> None:
    """Record the facts of applications 1 to 6 of the demo agency."""
    _nobody_rang_the_hiring_manager(recorder)
    _references_are_in(recorder)
    _a_note_on_linkedin(recorder)
    _the_panel_takes_no_calls(recorder)
    _withdrew_for_family(recorder)
    _her_second_iron_in_the_fire(recorder)


def _nobody_rang_the_hiring_manager(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-10 09:20", "Nadia Brightwater", "Payroll Manager")
    application.timeline(
        "-12 11:05", "client", decision_by=6, next_step="One panel interview, two references, then an offer."
    )
    application.timeline(
        "-10 17:40", "candidate", decision_by=2, note="Nadia heard from a friend there that it goes quickly."
    )
    first = application.interview(
        "-2 14:00", 75, booked="-9 14:05", kind="panel", interviewers=("Rosalind Achterberg", "Mei-Lin Stradbroke")
    )
    application.to_candidate(
        "-3 16:10",
        "coaching",
        "call",
        "Prepared Nadia for the panel: the two award mergers, the single-touch backlog, why she wants to leave. "
        "She is calm and has read the annual report.",
    )
    application.to_candidate("-3 16:45", "information", "email", "Sent the parking map and the names on the panel.")
    application.add_commitment(
        "-3 16:20", "recruiter", "Send Nadia the salary bands of the enterprise agreement in writing", due=2
    )
    application.add_commitment("-3 16:21", "candidate", "Bring her CPA membership number", due=3)
    application.candidate_to_client(
        "-1 09:10", "thank_you", "email", "Thanked the panel; short and warm, copied us in."
    )
    application.complete(first)


def _references_are_in(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-19 10:00", "Callum Reyes-Whitlock", "Grid Operations Lead")
    first = application.interview("-13 10:30", 90, booked="-18 15:15", interviewers=("Declan Moriarty-Voss",))
    application.complete(first)
    application.follow_up(
        first,
        "-13 16:20",
        "Declan liked the story of the black-start drill. Wants to hear from two people who worked under him.",
        decision_by=2,
        next_step="References this week, then the general manager signs.",
        enthusiasm_conveyed=True,
        feedback="Best of the three on operations; a little dry with the control room staff.",
    )
    application.debrief(
        first,
        "-12 09:15",
        "Keen. Felt the roster question was a test and gave them a straight answer.",
        went_well="The drill, the whiteboard exercise.",
        struggled_with=[{"question": "How do you handle a shift that will not hand over?", "why": "No fresh example."}],
        company_fit={"fit": 4, "growth": 4, "culture": 4},
        interest=5,
    )
    referees = application.add_commitment(
        "-12 09:20", "candidate", "Names and numbers of two people who reported to him", due=-9
    )
    application.fulfil(referees, "-10 12:40")
    application.move("-8 09:05", "reference_check")
    steps = {"asked_at": "-8 09:10", "prepared_at": "-7 15:00", "ready_at": "-7 16:20"}
    application.check("-6 10:30", "reference", "A. Kirrane", **steps, done_at="-6 10:20")
    application.check("-6 10:45", "reference", "A. Kirrane", asked_at="-8 09:10", cancelled_at="-6 10:45")
    application.check("-6 10:55", "reference", "T. Obuya", **steps, done_at="-6 10:50")
    application.to_candidate(
        "-6 11:00", "information", "call", "Both referees reached; told him they spoke well of him."
    )
    application.add_commitment("-6 11:10", "recruiter", "Two-page summary of both references for Declan", due=-2)
    application.from_client(
        "-4 15:30", "information", "email", "Declan: general manager is back next week, nothing amiss."
    )


def _a_note_on_linkedin(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-15 11:45", "Priyanka Desai-Moore", "Clinical Governance Lead")
    first = application.interview(
        "-7 09:30", 60, booked="-11 13:00", interviewers=("Simone Pargetter", "Dr Anton Weiss-Kealoha")
    )
    application.follow_up(
        first,
        "-7 12:10",
        "Simone was taken with her audit work. Anton worries about the notice period.",
        decision_by=5,
        next_step="Anton meets one more person, then they decide together.",
        enthusiasm_conveyed=True,
    )
    application.debrief(first, "-6 08:50", "Happy with it, a bit rattled by the complaint scenario.", interest=4)
    application.to_candidate(
        "-4 09:30", "information", "call", "Told her of the day, and that Anton sees one more person."
    )
    application.candidate_to_client(
        "-4d 20:40", "thank_you", "linkedin", "Invited Simone to connect, with a thank-you note.", flag=fixture_ids.FLAG
    )
    application.candidate_to_client(
        "-2d 08:15",
        "question",
        "email",
        "Wrote to Simone whether there was any news and whether she should hold off another firm.",
        flag=fixture_ids.HASTY_FLAG,
    )


def _the_panel_takes_no_calls(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-16 09:40", "Mateo Silvestri", "Finance Business Partner")
    first = application.interview("-4 15:00", 50, booked="-9 10:30", kind="panel", interviewers=("Geraldine Ashcombe",))
    application.debrief(
        first, "-4 17:30", "Rang from the car park: fair panel, no small talk, all six questions answered."
    )
    application.waive(first, "-4 17:45", "Merit panel: the council takes no calls while a panel is open.")
    application.timeline(
        "-3 09:30", "client", next_step="The delegate signs the merit list; Geraldine writes to us when she has."
    )
    application.complete(first)


def _withdrew_for_family(recorder: Recorder) -> None:
    application = ApplicationBuilder(recorder, "-17 14:10", "Harriet Onslow-Baptiste", "Commercial Analyst")
    first = application.interview("-12 11:00", 60, booked="-16 09:45")
    application.follow_up(
        first, "-12 15:05", "Rosalind wants a second look at her modelling.", next_step="Case study next week."
    )
    application.debrief(first, "-12 17:20", "Liked the team, unsure about three days in the office.", interest=3)
    application.from_candidate(
        "-9 08:40", "information", "call", "Something at home: she stays where she is and is sorry."
    )
    application.move("-9 09:00", "withdrawn", "Family reasons; would like to hear from us again in the new year.")
    application.to_client("-9 09:30", "information", "call", "Told Rosalind, who asked us to keep the door open.")


def _her_second_iron_in_the_fire(recorder: Recorder) -> None:
    application = ApplicationBuilder(
        recorder, "-14 13:30", "Nadia Brightwater", "Finance Business Partner", by=fixture_ids.COLLEAGUE
    )
    first = application.interview(
        "-8 09:30", 50, booked="-13 16:00", kind="panel", interviewers=("Geraldine Ashcombe",)
    )
    application.follow_up(
        first,
        "-8 14:40",
        "Geraldine could only say that the panel scored her well.",
        decision_by=4,
        next_step="Delegate signs the list.",
    )
    application.debrief(
        first, "-8 17:05", "Formal, as we had said. Would take it, but Bellbird is her first choice.", interest=4
    )
    application.to_candidate("-3 09:15", "information", "email", "No news from the panel before the day they named.")
