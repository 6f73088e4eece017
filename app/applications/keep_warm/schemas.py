"""API schemas of keep-warm marks, and of the list of candidates to stay in touch with."""

from app.applications.facts.schemas import ApplicationId, Stage, Voidable
from app.applications.worklist.schemas import Named
from app.kit.field_types import At, Day, ExternalRef, Id, In, Note, Out
from app.kit.parent_refs import Referring


class KeepWarmMarkIn(In):
    """A mark on an ended application: stay in touch with its candidate."""

    at: At | None = None
    """When the application was marked. Default: now."""
    until: Day | None = None
    """The first day without reminders, at most 730 days after `at`. Default: 365 days after `at`."""
    note: Note | None = None
    """The reason for the mark, such as how far the candidate came."""
    external_ref: ExternalRef | None = None


class KeepWarmMarkPut(Referring, KeepWarmMarkIn):
    """A keep-warm mark to create or update by its id in another system, with the application it belongs to."""

    application_id: ApplicationId
    ended_at: At | None = None
    """When the mark was ended; null while the mark is active."""


class KeepWarmMarkChange(In):
    """Changes of a keep-warm mark: the first day without reminders, the note, or the end."""

    until: Day | None = None
    """The first day without reminders, at most 730 days after `at`. It cannot be null."""
    note: Note | None = None
    """The reason for the mark, such as how far the candidate came."""
    ended_at: At | None = None
    """When the mark was ended. Null makes the mark active again."""
    external_ref: ExternalRef | None = None


class KeepWarmMarkOut(Voidable):
    """A keep-warm mark: stay in touch with the candidate. The mark is active until `ended_at`.

    Reminders are due until the day before `until`.
    """

    id: Id
    application_id: Id
    at: At
    """When the application was marked."""
    until: Day
    """The first day without reminders to contact the candidate."""
    note: str | None
    """The reason for the mark."""
    ended_at: At | None
    """When the mark was ended; null while the mark is active."""
    recorded_at: At
    external_ref: ExternalRef | None


class JobMatch(Out):
    """The reason why a candidate may suit the job of `job_id`."""

    same_client: bool
    """True if the ended application was for the same organisation as the job of `job_id`."""
    similar_title: bool
    """True if the titles of the two jobs share at least half the words of the shorter title. One shared word names the
    field of work."""
    shared_words: list[str]
    """The words that the titles of both jobs have."""
    reason: str
    """Why the candidate may suit the job, in one sentence."""


class KeepWarmItem(Out):
    """A candidate to stay in touch with, the keep-warm mark and the ended application."""

    mark_id: Id
    """The keep-warm mark's id."""
    application_id: Id
    candidate: Named
    job: Named
    organisation: Named
    recruiter_id: Id | None
    stage: Stage
    """The stage in which the application ended."""
    ended_at: At
    """When the application ended."""
    end_reason: str | None
    """The reason that was recorded for the end of the application."""
    furthest_stage: Stage | None
    """The furthest stage that the application reached before the end; null if only the end is known."""
    interviews_held: int
    """The number of interviews held in the ended application."""
    marked_at: At
    """When the application was marked."""
    until: Day
    """The first day without reminders to contact the candidate."""
    note: str | None
    """The reason for the mark."""
    last_word_at: At | None
    """The latest contact between recruiter and candidate on any of the candidate's applications; null if there was
    none."""
    opens_at: At | None
    """From when it is right to contact the candidate again; null if no such action is planned."""
    match: JobMatch | None
    """The reason why the candidate may suit the job of `job_id`; null without `job_id`."""
