"""Schemas of keep-warm marks, and of the list of their candidates."""

from app.applications.facts.schemas import ApplicationId, Stage, Voidable
from app.applications.worklist.schemas import Named
from app.kit.field_types import At, Day, ExternalRef, Id, In, Note, Out
from app.kit.parent_refs import Referring


class KeepWarmMarkIn(In):
    """The wish to stay in touch with a candidate whose application has ended."""

    at: At | None = None
    """When the application was marked. Default: now."""
    until: Day | None = None
    """The first day without reminders, at most 730 days after `at`. Default: 365 days after it."""
    note: Note | None = None
    """The reason for the mark, such as how close the candidate came."""
    external_ref: ExternalRef | None = None


class KeepWarmMarkPut(Referring, KeepWarmMarkIn):
    """A keep-warm mark under another system's id, with its application."""

    application_id: ApplicationId
    ended_at: At | None = None
    """When the mark was ended; null while it is active."""


class KeepWarmMarkChange(In):
    """Changes of a keep-warm mark: its last day, its note, or its end."""

    until: Day | None = None
    """The first day without reminders, at most 730 days after `at`. It cannot be null."""
    note: Note | None = None
    """The reason for the mark, such as how close the candidate came."""
    ended_at: At | None = None
    """When the mark was ended. Null makes it active again."""
    external_ref: ExternalRef | None = None


class KeepWarmMarkOut(Voidable):
    """A keep-warm mark. It is active until `ended_at`, and reminds until the day before `until`."""

    id: Id
    application_id: Id
    at: At
    """When the application was marked."""
    until: Day
    """The first day without reminders."""
    note: str | None
    """The reason for the mark."""
    ended_at: At | None
    """When the mark was ended; null while it is active."""
    recorded_at: At
    external_ref: ExternalRef | None


class JobMatch(Out):
    """The reason why a candidate may suit the job of `job_id`."""

    same_client: bool
    """The ended application was for the same organisation."""
    similar_title: bool
    """True if the titles share at least half the words of the shorter one. One shared word names the field of work."""
    shared_words: list[str]
    """The words that both titles have."""
    reason: str
    """The reason, in one sentence."""


class KeepWarmItem(Out):
    """A candidate who is kept warm, with the application that ended."""

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
    """Why the application ended, as it was recorded."""
    furthest_stage: Stage | None
    """The furthest stage before the end; null if only the end is known."""
    interviews_held: int
    """The number of interviews held."""
    marked_at: At
    """When the application was marked."""
    until: Day
    """The first day without reminders."""
    note: str | None
    """The reason for the mark."""
    last_word_at: At | None
    """The latest contact between recruiter and candidate on any of their applications; null: none."""
    opens_at: At | None
    """From when to get in touch: `opens_at` of the action `keep_in_touch`; null if there is none."""
    match: JobMatch | None
    """The reason why the candidate may suit the job of `job_id`; null without `job_id`."""
