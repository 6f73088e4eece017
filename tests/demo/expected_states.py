"""Checks of the states that app.console.fixture_ids documents."""

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
from app.connectors.inbox.queries import get_inbound_event
from app.connectors.models import connection
from app.connectors.registry import CONNECTORS
from app.connectors.sync.service import get_backfill
from app.connectors.write_back.service import get_move
from app.console import fixture_ids
from app.jobs.queries import get_job, get_revision, get_timeline
from app.kit.pagination import MAX_PAGE_SIZE, Cursors, Paging
from app.organisations.queries import get_client_contact, get_organisation
from app.policies.queries import get_levels
from app.spreadsheets.queries import get_import
from app.webhooks.endpoints.queries import get_delivery, get_endpoint, list_deliveries, list_endpoints
from app.webhooks.endpoints.queries import get_health as get_endpoint_health
from app.webhooks.feed.queries import read_feed
from tests.demo.loaded import LoadedDemo


def keeps_its_promises(demo: LoadedDemo) -> None:
    """Check all of them."""
    the_office_is_there(demo)
    clients_and_candidates_are_there(demo)
    the_first_interview_waits_for_its_calls(demo)
    what_was_told_wrongly_still_stands(demo)
    doors_close_and_open_again(demo)
    the_next_moves_are_legal(demo)
    flags_wait_to_be_handled(demo)
    systems_are_connected(demo)
    receivers_were_told(demo)
    nothing_asks_the_outside(demo)


def the_office_is_there(demo: LoadedDemo) -> None:
    assert demo.key == fixture_ids.DEMO_KEY
    ours, spare, leavers = (
        demo.ask(get_api_key, id) for id in (fixture_ids.API_KEY, fixture_ids.SPARE_KEY, fixture_ids.LEAVERS_KEY)
    )
    assert (ours.role, ours.recruiter_id) == ("admin", fixture_ids.RECRUITER)
    assert [key.revoked_at or key.expires_at for key in (ours, spare, leavers)] == [None, None, None]
    staff = (fixture_ids.RECRUITER, fixture_ids.COLLEAGUE, fixture_ids.JUNIOR, fixture_ids.LEAVER)
    assert [demo.ask(get_recruiter, id).active for id in staff] == [True, True, True, False]
    tried = demo.ask(get_import, fixture_ids.IMPORT)
    assert (tried.dry_run, tried.state, tried.rows, tried.refused) == (True, "done", 3, 2)


def clients_and_candidates_are_there(demo: LoadedDemo) -> None:
    assert demo.ask(get_organisation, fixture_ids.ORGANISATION).name == "Bellbird Energy"
    assert not demo.ask(get_levels, "organisation", fixture_ids.ORGANISATION).own
    assert demo.ask(get_levels, "organisation", fixture_ids.STRICT_ORGANISATION).own
    exceptions = demo.ask(get_organisation, fixture_ids.STRICT_ORGANISATION).calendar_exceptions
    assert {exception.working for exception in exceptions} == {True, False}
    for contact in (fixture_ids.CLIENT_CONTACT, fixture_ids.INTERVIEWER):
        found = demo.ask(get_client_contact, contact)
        assert found.organisation_id == fixture_ids.ORGANISATION
    job = demo.ask(get_job, fixture_ids.JOB)
    assert (job.organisation_id, job.hiring_manager_id) == (fixture_ids.ORGANISATION, fixture_ids.CLIENT_CONTACT)
    slipped = demo.ask(get_timeline, fixture_ids.SLIPPED_JOB)
    assert (slipped.slip or 0) > 0
    assert len([revision for revision in slipped.revisions if revision.slip]) == 2
    erased, retired = (
        demo.ask(get_candidate, id) for id in (fixture_ids.ERASED_CANDIDATE, fixture_ids.RETIRED_CANDIDATE)
    )
    assert (erased.name, erased.email, retired.erased_at) == ("Erased candidate", None, None)
    away = demo.ask(get_candidate, fixture_ids.AWAY_CANDIDATE).away
    assert [period.to >= demo.now.date() for period in away] == [True]


def the_first_interview_waits_for_its_calls(demo: LoadedDemo) -> None:
    application = demo.ask(get_application, fixture_ids.APPLICATION)
    assert (application.candidate_id, application.job_id) == (fixture_ids.CANDIDATE, fixture_ids.JOB)
    assert application.external_ref is not None
    assert (application.external_ref.system, application.external_ref.id) == (fixture_ids.CRM, "application-1")
    interview = demo.ask(get_interview, fixture_ids.INTERVIEW)
    assert interview.application_id == fixture_ids.APPLICATION
    assert interview.ends_at < demo.now
    found = demo.ask(get_assessment, fixture_ids.APPLICATION)
    assert found.effective_stage == "interviewed"
    assert {"follow_up_hiring_manager", "debrief_candidate"} <= {action.kind for action in found.actions}
    assert "follow_up_overdue" in {flag.kind for flag in found.flags}
    upcoming = demo.ask(get_interview, fixture_ids.UPCOMING_INTERVIEW)
    assert upcoming.status == "scheduled"
    assert upcoming.starts_at > demo.now
    other = demo.ask(get_application, fixture_ids.SECOND_APPLICATION)
    assert (other.candidate_id, other.effective_stage) == (fixture_ids.CANDIDATE, "awaiting_decision")


def what_was_told_wrongly_still_stands(demo: LoadedDemo) -> None:
    for id in (fixture_ids.INTERACTION, fixture_ids.MISTOLD_INTERACTION):
        interaction = demo.ask(get_interaction, id)
        assert (interaction.application_id, interaction.voided_at) == (fixture_ids.APPLICATION, None)
    for id in (fixture_ids.COMMITMENT, fixture_ids.MISTOLD_COMMITMENT):
        promise = demo.ask(get_commitment, id)
        assert (promise.application_id, promise.voided_at, promise.fulfilled_at) == (
            fixture_ids.APPLICATION,
            None,
            None,
        )
        assert promise.due_on > demo.now.date()
    for id in (fixture_ids.CHECK, fixture_ids.MISTOLD_CHECK):
        check = demo.ask(get_check, id)
        assert (check.application_id, check.kind, check.voided_at) == (
            fixture_ids.MOVABLE_APPLICATION,
            "reference",
            None,
        )
        assert check.done_at or check.cancelled_at
    for id in (fixture_ids.MILESTONE, fixture_ids.MISTOLD_MILESTONE):
        milestone = demo.ask(get_milestone, id)
        assert (milestone.application_id, milestone.voided_at) == (fixture_ids.ACCEPTED_APPLICATION, None)
    assert demo.ask(get_application, fixture_ids.ACCEPTED_APPLICATION).stage == "accepted"
    paging = Paging(MAX_PAGE_SIZE, None, Cursors(b"marks"), "")
    filters = {"recruiter_id": None, "organisation_id": None, "job_id": None}
    kept = {item.mark_id for item in demo.ask(list_keep_warm, paging, **filters).items}
    assert kept == {fixture_ids.KEEP_WARM_MARK, fixture_ids.MISTOLD_KEEP_WARM_MARK, fixture_ids.KEEP_WARM_MATCH}
    assert all(demo.ask(get_keep_warm_mark, id).voided_at is None for id in kept)
    assert demo.ask(list_keep_warm_marks, fixture_ids.ENDED_APPLICATION, paging).items == []
    for id in (fixture_ids.TIMELINE_REVISION, fixture_ids.MISTOLD_TIMELINE_REVISION):
        revision = demo.ask(get_revision, id)
        assert (revision.job_id, revision.voided_at) == (fixture_ids.JOB, None)
    current = demo.ask(get_timeline, fixture_ids.JOB).current
    assert current is not None
    assert current.id == fixture_ids.TIMELINE_REVISION
    waiver = demo.ask(get_waiver, fixture_ids.WAIVER)
    assert (waiver.application_id, waiver.voided_at) == (fixture_ids.WAIVED_APPLICATION, None)


def doors_close_and_open_again(demo: LoadedDemo) -> None:
    paging = Paging(MAX_PAGE_SIZE, None, Cursors(b"marks"), "")
    matches = demo.ask(list_keep_warm, paging, recruiter_id=None, organisation_id=None, job_id=fixture_ids.JOB).items
    best = matches[0]
    assert best.match is not None
    assert (best.mark_id, best.furthest_stage, best.match.similar_title) == (
        fixture_ids.KEEP_WARM_MATCH,
        "reference_check",
        True,
    )
    left = demo.ask(get_application, fixture_ids.LEFT_WAITING_APPLICATION)
    assert (left.stage, demo.ask(get_job, left.job_id).status) == ("awaiting_decision", "filled")
    found = demo.ask(get_assessment, left.id)
    assert {flag.kind for flag in found.flags} == {"closure_owed", "reply_owed"}
    assert {action.kind for action in found.actions} == {"close_application", "reply_to_candidate"}


def the_next_moves_are_legal(demo: LoadedDemo) -> None:
    moves = demo.ask(get_stage_history, fixture_ids.MOVABLE_APPLICATION)
    assert {"offer", "awaiting_decision", "rejected"} <= set(moves.legal_moves)
    assert (moves.items[-1].id, moves.items[-1].voided_at) == (fixture_ids.TRANSITION, None)
    assert moves.stages[-1].stage == "reference_check"
    assert {"offer", "awaiting_decision"} <= set(demo.ask(get_stage_history, fixture_ids.APPLICATION).legal_moves)
    ended = demo.ask(get_stage_history, fixture_ids.ENDED_APPLICATION)
    assert ended.stages[-1].stage == "withdrawn"


def flags_wait_to_be_handled(demo: LoadedDemo) -> None:
    flag, hasty, handled = (
        demo.ask(get_flag, id) for id in (fixture_ids.FLAG, fixture_ids.HASTY_FLAG, fixture_ids.HANDLED_FLAG)
    )
    assert (flag.kind, flag.severity, flag.state) == ("off_channel_contact", "warning", "open")
    assert (hasty.kind, hasty.severity, hasty.state) == ("premature_contact", "warning", "open")
    assert flag.application_id == hasty.application_id == fixture_ids.COACHED_APPLICATION
    assert (handled.kind, handled.state) == ("off_channel_contact", "acknowledged")


def systems_are_connected(demo: LoadedDemo) -> None:
    ours = demo.ask(get_connection, fixture_ids.CONNECTION, "")
    assert (ours.system, ours.name, ours.paused) == ("standard", "Our Zapier", False)
    assert [secret.id for secret in ours.signing_secrets] == [fixture_ids.SECRET]
    applied, left_out = (
        demo.ask(get_inbound_event, fixture_ids.CONNECTION, id)
        for id in (fixture_ids.APPLIED_EVENT, fixture_ids.UNMAPPED_EVENT)
    )
    assert (applied.state, applied.outcome[0]["what"]) == ("applied", "created")
    assert (left_out.state, left_out.outcome[0]["what"]) == ("ignored", "unmapped")
    health = demo.ask(get_health, fixture_ids.CONNECTION)
    assert [(word.map, word.value) for word in health.unmapped] == [("activity", fixture_ids.UNKNOWN_TYPE)]
    parked = demo.ask(get_inbound_event, fixture_ids.CRM_CONNECTION, fixture_ids.PARKED_EVENT)
    assert (parked.state, parked.next_attempt_at) == ("parked", None)
    backfill = demo.ask(get_backfill, fixture_ids.CRM_CONNECTION, fixture_ids.BACKFILL)
    assert backfill.finished_at is not None
    assert all(stream.finished_at is not None for stream in backfill.streams)
    assert (
        demo.ask(get_health, fixture_ids.CRM_CONNECTION).applied == sum(stream.new for stream in backfill.streams) == 2
    )
    move = demo.ask(get_move, fixture_ids.STAGE_MOVE)
    application = demo.ask(get_application, fixture_ids.OFFERED_APPLICATION)
    assert (move.application_id, move.state, move.status) == (application.id, "proposed", "Offer made")
    assert move.stage == application.stage == "offer"


def receivers_were_told(demo: LoadedDemo) -> None:
    dashboard, gone = (demo.ask(get_endpoint, id) for id in (fixture_ids.ENDPOINT, fixture_ids.GONE_ENDPOINT))
    healths = [demo.ask(get_endpoint_health, id) for id in (fixture_ids.ENDPOINT, fixture_ids.GONE_ENDPOINT)]
    assert [one.status for one in healths] == ["paused", "disabled"]
    assert [secret.ends_at is None for secret in dashboard.secrets] == [True, False]
    assert dashboard.secrets[1].id == fixture_ids.ENDPOINT_SECRET
    tried = demo.ask(get_delivery, fixture_ids.ENDPOINT, fixture_ids.DELIVERY)
    assert [attempt.status for attempt in tried.attempts] == [503, 200]
    deliveries = demo.ask(
        list_deliveries, fixture_ids.ENDPOINT, Paging(MAX_PAGE_SIZE, None, Cursors(b"deliveries"), ""), "delivered"
    ).items
    assert len(deliveries) > 5
    assert all(one.attempts[-1].at <= demo.now for one in deliveries)
    assert healths[1].waiting > 0
    assert gone.disabled_reason is not None
    feed = demo.ask(read_feed, None, (), 200)
    assert len(feed.items) == 200


def nothing_asks_the_outside(demo: LoadedDemo) -> None:
    """A connection with an API is paused and has no credentials; the generic one has no API.

    Endpoints are paused or disabled.
    """
    for one in demo.ask(list_endpoints, Paging(MAX_PAGE_SIZE, None, Cursors(b"endpoints"), "")).items:
        assert one.paused or one.disabled_reason is not None
    for row in demo.read(lambda conn: conn.execute(sa.select(connection)).all()):
        if CONNECTORS[row.system].streams:
            assert row.paused
            assert row.sealed_credentials is None
