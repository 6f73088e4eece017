"""What app.demo.known promises of the things it names, checked one by one."""

import sqlalchemy as sa

from app.access.queries import get_api_key, get_recruiter
from app.applications.assessment import get_assessment
from app.applications.facts.checks import get_check
from app.applications.facts.commitments import get_commitment
from app.applications.facts.interactions import get_interaction
from app.applications.facts.interviews import get_interview, get_waiver
from app.applications.facts.milestones import get_milestone
from app.applications.facts.stages import get_stage_history
from app.applications.flags.queries import get_flag
from app.applications.keep_warm.listing import list_keep_warm
from app.applications.keep_warm.marks import get_keep_warm_mark, list_keep_warm_marks
from app.applications.queries import get_application
from app.candidates.queries import get_candidate
from app.connectors.connections.queries import get_connection, get_health
from app.connectors.inbox.queries import get_arrival
from app.connectors.models import connection
from app.connectors.registry import CONNECTORS
from app.connectors.sync.service import get_backfill
from app.connectors.write_back.service import get_move
from app.demo import known
from app.jobs.queries import get_job, get_revision, get_timeline
from app.kit.pages import MOST, Cursors, Paging
from app.organisations.queries import get_client_contact, get_organisation
from app.policies.queries import get_levels
from app.spreadsheets.queries import get_import
from app.webhooks.endpoints.queries import get_delivery, get_endpoint, list_deliveries, list_endpoints
from app.webhooks.endpoints.queries import get_health as get_endpoint_health
from app.webhooks.feed.queries import read_feed
from tests.demo.desk import Desk


def keeps_its_promises(desk: Desk) -> None:
    """All of them."""
    the_office_is_there(desk)
    clients_and_candidates_are_there(desk)
    the_first_interview_waits_for_its_calls(desk)
    what_was_told_wrongly_still_stands(desk)
    doors_close_and_open_again(desk)
    the_next_moves_are_legal(desk)
    flags_wait_to_be_handled(desk)
    systems_are_connected(desk)
    receivers_were_told(desk)
    nothing_asks_the_outside(desk)


def the_office_is_there(desk: Desk) -> None:
    assert desk.key == known.DEMO_KEY
    ours, spare, leavers = (desk.ask(get_api_key, id) for id in (known.API_KEY, known.SPARE_KEY, known.LEAVERS_KEY))
    assert (ours.role, ours.recruiter_id) == ("admin", known.RECRUITER)
    assert [key.revoked_at or key.expires_at for key in (ours, spare, leavers)] == [None, None, None]
    staff = (known.RECRUITER, known.COLLEAGUE, known.JUNIOR, known.LEAVER)
    assert [desk.ask(get_recruiter, id).active for id in staff] == [True, True, True, False]
    tried = desk.ask(get_import, known.IMPORT)
    assert (tried.dry_run, tried.state, tried.rows, tried.refused) == (True, "done", 3, 2)


def clients_and_candidates_are_there(desk: Desk) -> None:
    assert desk.ask(get_organisation, known.ORGANISATION).name == "Bellbird Energy"
    assert not desk.ask(get_levels, "organisation", known.ORGANISATION).own
    assert desk.ask(get_levels, "organisation", known.STRICT_ORGANISATION).own
    exceptions = desk.ask(get_organisation, known.STRICT_ORGANISATION).calendar_exceptions
    assert {exception.working for exception in exceptions} == {True, False}
    for contact in (known.CLIENT_CONTACT, known.INTERVIEWER):
        found = desk.ask(get_client_contact, contact)
        assert found.organisation_id == known.ORGANISATION
    job = desk.ask(get_job, known.JOB)
    assert (job.organisation_id, job.hiring_manager_id) == (known.ORGANISATION, known.CLIENT_CONTACT)
    slipped = desk.ask(get_timeline, known.SLIPPED_JOB)
    assert (slipped.slip or 0) > 0
    assert len([revision for revision in slipped.revisions if revision.slip]) == 2
    erased, retired = (desk.ask(get_candidate, id) for id in (known.ERASED_CANDIDATE, known.RETIRED_CANDIDATE))
    assert (erased.name, erased.email, retired.erased_at) == ("Erased candidate", None, None)
    away = desk.ask(get_candidate, known.AWAY_CANDIDATE).away
    assert [period.to >= desk.now.date() for period in away] == [True]


def the_first_interview_waits_for_its_calls(desk: Desk) -> None:
    application = desk.ask(get_application, known.APPLICATION)
    assert (application.candidate_id, application.job_id) == (known.CANDIDATE, known.JOB)
    assert application.external_ref is not None
    assert (application.external_ref.system, application.external_ref.id) == (known.CRM, "application-1")
    interview = desk.ask(get_interview, known.INTERVIEW)
    assert interview.application_id == known.APPLICATION
    assert interview.ends_at < desk.now
    found = desk.ask(get_assessment, known.APPLICATION)
    assert found.effective_stage == "interviewed"
    assert {"follow_up_hiring_manager", "debrief_candidate"} <= {action.kind for action in found.actions}
    assert "follow_up_overdue" in {flag.kind for flag in found.flags}
    upcoming = desk.ask(get_interview, known.UPCOMING_INTERVIEW)
    assert upcoming.status == "scheduled"
    assert upcoming.starts_at > desk.now
    other = desk.ask(get_application, known.SECOND_APPLICATION)
    assert (other.candidate_id, other.effective_stage) == (known.CANDIDATE, "awaiting_decision")


def what_was_told_wrongly_still_stands(desk: Desk) -> None:
    for id in (known.INTERACTION, known.MISTOLD_INTERACTION):
        interaction = desk.ask(get_interaction, id)
        assert (interaction.application_id, interaction.voided_at) == (known.APPLICATION, None)
    for id in (known.COMMITMENT, known.MISTOLD_COMMITMENT):
        promise = desk.ask(get_commitment, id)
        assert (promise.application_id, promise.voided_at, promise.fulfilled_at) == (known.APPLICATION, None, None)
        assert promise.due_on > desk.now.date()
    for id in (known.CHECK, known.MISTOLD_CHECK):
        check = desk.ask(get_check, id)
        assert (check.application_id, check.kind, check.voided_at) == (known.MOVABLE_APPLICATION, "reference", None)
        assert check.done_at or check.cancelled_at
    for id in (known.MILESTONE, known.MISTOLD_MILESTONE):
        milestone = desk.ask(get_milestone, id)
        assert (milestone.application_id, milestone.voided_at) == (known.ACCEPTED_APPLICATION, None)
    assert desk.ask(get_application, known.ACCEPTED_APPLICATION).stage == "accepted"
    paging = Paging(MOST, None, Cursors(b"marks"), "")
    filters = {"recruiter_id": None, "organisation_id": None, "job_id": None}
    kept = {item.mark_id for item in desk.ask(list_keep_warm, paging, **filters).items}
    assert kept == {known.KEEP_WARM_MARK, known.MISTOLD_KEEP_WARM_MARK, known.KEEP_WARM_MATCH}
    assert all(desk.ask(get_keep_warm_mark, id).voided_at is None for id in kept)
    assert desk.ask(list_keep_warm_marks, known.ENDED_APPLICATION, paging).items == []
    for id in (known.TIMELINE_REVISION, known.MISTOLD_TIMELINE_REVISION):
        revision = desk.ask(get_revision, id)
        assert (revision.job_id, revision.voided_at) == (known.JOB, None)
    current = desk.ask(get_timeline, known.JOB).current
    assert current is not None
    assert current.id == known.TIMELINE_REVISION
    waiver = desk.ask(get_waiver, known.WAIVER)
    assert (waiver.application_id, waiver.voided_at) == (known.WAIVED_APPLICATION, None)


def doors_close_and_open_again(desk: Desk) -> None:
    paging = Paging(MOST, None, Cursors(b"marks"), "")
    matches = desk.ask(list_keep_warm, paging, recruiter_id=None, organisation_id=None, job_id=known.JOB).items
    best = matches[0]
    assert best.match is not None
    assert (best.mark_id, best.furthest_stage, best.match.similar_title) == (
        known.KEEP_WARM_MATCH,
        "reference_check",
        True,
    )
    left = desk.ask(get_application, known.LEFT_WAITING_APPLICATION)
    assert (left.stage, desk.ask(get_job, left.job_id).status) == ("awaiting_decision", "filled")
    found = desk.ask(get_assessment, left.id)
    assert {flag.kind for flag in found.flags} == {"closure_owed", "reply_owed"}
    assert {action.kind for action in found.actions} == {"close_application", "reply_to_candidate"}


def the_next_moves_are_legal(desk: Desk) -> None:
    moves = desk.ask(get_stage_history, known.MOVABLE_APPLICATION)
    assert {"offer", "awaiting_decision", "rejected"} <= set(moves.legal_moves)
    assert (moves.items[-1].id, moves.items[-1].voided_at) == (known.TRANSITION, None)
    assert moves.stages[-1].stage == "reference_check"
    assert {"offer", "awaiting_decision"} <= set(desk.ask(get_stage_history, known.APPLICATION).legal_moves)
    ended = desk.ask(get_stage_history, known.ENDED_APPLICATION)
    assert ended.stages[-1].stage == "withdrawn"


def flags_wait_to_be_handled(desk: Desk) -> None:
    flag, hasty, handled = (desk.ask(get_flag, id) for id in (known.FLAG, known.HASTY_FLAG, known.HANDLED_FLAG))
    assert (flag.kind, flag.severity, flag.state) == ("off_channel_contact", "warning", "open")
    assert (hasty.kind, hasty.severity, hasty.state) == ("premature_contact", "warning", "open")
    assert flag.application_id == hasty.application_id == known.COACHED_APPLICATION
    assert (handled.kind, handled.state) == ("off_channel_contact", "acknowledged")


def systems_are_connected(desk: Desk) -> None:
    ours = desk.ask(get_connection, known.CONNECTION, "")
    assert (ours.system, ours.name, ours.paused) == ("standard", "Our Zapier", False)
    assert [secret.id for secret in ours.signing_secrets] == [known.SECRET]
    applied, left_out = (
        desk.ask(get_arrival, known.CONNECTION, id) for id in (known.APPLIED_EVENT, known.UNMAPPED_EVENT)
    )
    assert (applied.state, applied.outcome[0]["what"]) == ("applied", "created")
    assert (left_out.state, left_out.outcome[0]["what"]) == ("ignored", "unmapped")
    health = desk.ask(get_health, known.CONNECTION)
    assert [(word.map, word.value) for word in health.unmapped] == [("activity", known.UNKNOWN_TYPE)]
    parked = desk.ask(get_arrival, known.CRM_CONNECTION, known.PARKED_EVENT)
    assert (parked.state, parked.next_attempt_at) == ("parked", None)
    walked = desk.ask(get_backfill, known.CRM_CONNECTION, known.BACKFILL)
    assert walked.finished_at is not None
    assert all(stream.finished_at is not None for stream in walked.streams)
    assert desk.ask(get_health, known.CRM_CONNECTION).applied == sum(stream.new for stream in walked.streams) == 2
    move = desk.ask(get_move, known.STAGE_MOVE)
    application = desk.ask(get_application, known.OFFERED_APPLICATION)
    assert (move.application_id, move.state, move.status) == (application.id, "proposed", "Offer made")
    assert move.stage == application.stage == "offer"


def receivers_were_told(desk: Desk) -> None:
    dashboard, gone = (desk.ask(get_endpoint, id) for id in (known.ENDPOINT, known.GONE_ENDPOINT))
    fares = [desk.ask(get_endpoint_health, id) for id in (known.ENDPOINT, known.GONE_ENDPOINT)]
    assert [one.status for one in fares] == ["paused", "disabled"]
    assert [secret.ends_at is None for secret in dashboard.secrets] == [True, False]
    assert dashboard.secrets[1].id == known.ENDPOINT_SECRET
    tried = desk.ask(get_delivery, known.ENDPOINT, known.DELIVERY)
    assert [attempt.status for attempt in tried.attempts] == [503, 200]
    told = desk.ask(list_deliveries, known.ENDPOINT, Paging(MOST, None, Cursors(b"deliveries"), ""), "delivered").items
    assert len(told) > 5
    assert all(one.attempts[-1].at <= desk.now for one in told)
    assert fares[1].waiting > 0
    assert gone.disabled_because is not None
    feed = desk.ask(read_feed, None, (), 200)
    assert len(feed.items) == 200


def nothing_asks_the_outside(desk: Desk) -> None:
    """A system that has an API is paused and has nothing to open it with; the generic one has none.

    A receiver is paused or disabled.
    """
    for one in desk.ask(list_endpoints, Paging(MOST, None, Cursors(b"endpoints"), "")).items:
        assert one.paused or one.disabled_because is not None
    for row in desk.read(lambda conn: conn.execute(sa.select(connection)).all()):
        if CONNECTORS[row.system].streams:
            assert row.paused
            assert row.sealed_credentials is None
