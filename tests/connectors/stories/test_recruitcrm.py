"""Stories that only Recruit CRM has: lost answers, tasks, deleted notes and placements that fell through."""

from tests.applications.agency_client import day, done
from tests.connectors.stories.agency import Agency
from tests.connectors.stories.drivers import RecruitCrm, of
from tests.crms.standin import HANG_UP

pytestmark = of(RecruitCrm)


def overdue(agency: Agency, driver: RecruitCrm, **write_back: bool) -> str:
    """Add a candidate whose interview ends on Monday; nobody rings the client by Tuesday."""
    driver.open_job()
    driver.connect(agency, write_back={"flags": True, **write_back})
    driver.crm.now = day(4)
    elena = driver.apply()
    driver.move(elena, "interview")
    driver.book(elena, day(4, 13))
    agency.work()
    return elena


def test_a_note_whose_answer_was_lost_is_found_and_not_written_again(agency: Agency, driver: RecruitCrm):
    elena = overdue(agency, driver)
    agency.clock.now = driver.crm.now = day(5)
    agency.workers.sweep()
    driver.crm.fail_next(HANG_UP)
    agency.workers.write_back()
    [body] = [request.json for request in driver.crm.heard if request.path == "/v1/notes"]
    driver.crm.note(driver.candidate(elena), driver.job, body["description"])
    agency.work()
    assert agency.written() == [("flag.raised", "unsure")]
    agency.wait(minutes=1)
    assert agency.written() == [("flag.raised", "delivered")]
    assert [driver.text(note) for note in driver.ours(elena)] == [body["description"]]


def test_flags_become_tasks_where_that_is_set_and_a_follow_up_logged_here_a_note(agency: Agency, driver: RecruitCrm):
    elena = overdue(agency, driver, as_tasks=True, follow_ups=True)
    agency.wait(until=day(5))
    [task] = driver.crm.records["tasks"].values()
    assert (task["title"], task["reminder"]) == ("Keepwarm: follow up overdue (warning)", -1)
    [interview] = agency.interviews(elena)
    follow_up = {"channel": "phone", "summary": "Keen; a decision on Friday"}
    done(agency.recruiter.post(f"/v1/interviews/{interview['id']}/follow-ups", follow_up))
    agency.work()
    assert sorted(driver.text(note).splitlines()[0] for note in driver.ours(elena)) == [
        "Keepwarm: follow-up with the client",
        "Keepwarm: no longer follow up overdue",
    ]
    agency.wait(hours=1)
    assert (len(driver.crm.records["tasks"]), len(driver.ours(elena))) == (1, 2)
    assert len(agency.interactions(elena)) == 1


def test_a_deleted_note_is_voided_and_a_placement_that_fell_through_is_corrected(agency: Agency, driver: RecruitCrm):
    driver.open_job()
    driver.connect(agency)
    elena = driver.apply()
    driver.move(elena, "interview")
    note = driver.note(elena, "Rang Iris")
    driver.hire(elena)
    agency.wait(hours=1)
    assert agency.stage(elena) == "accepted"
    driver.crm.delete("notes", note, "note.deleted")
    driver.crm.take_back(driver.candidate(elena), driver.job)
    agency.wait(hours=1)
    assert [each["void_reason"] for each in agency.interactions(elena)] == ["Deleted in Our CRM"]
    assert agency.stage(elena) == "interview_scheduled"
