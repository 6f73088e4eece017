"""Wire shapes of keep-warm marks, and of the list of candidates who are kept warm."""

from app.applications.facts.schemas import ApplicationId, Stage, Voidable
from app.applications.worklist.schemas import Named
from app.kit.fields import At, Day, ExternalRef, Id, In, Note, Out
from app.kit.parents import Referring


class KeepWarmMarkIn(In):
    """The wish to stay in touch with a candidate whose application has ended."""

    at: At | None = None
    """When it was marked. Default: now."""
    until: Day | None = None
    """The day from which nobody is reminded any more, at most 730 days after `at`. Default: 365 days after it."""
    note: Note | None = None
    """Why it is worth it, such as how close the candidate came."""
    external_ref: ExternalRef | None = None


class KeepWarmMarkPut(Referring, KeepWarmMarkIn):
    """A keep-warm mark as another system knows it, with the application it belongs to."""

    application_id: ApplicationId
    ended_at: At | None = None
    """When the mark was ended; null while it stands."""


class KeepWarmMarkChange(In):
    """What to change of a keep-warm mark: how long it holds, its note, or its end."""

    until: Day | None = None
    """The day from which nobody is reminded any more, at most 730 days after `at`. It cannot be null."""
    note: Note | None = None
    """Why it is worth it, such as how close the candidate came."""
    ended_at: At | None = None
    """When the mark was ended. Null lets it stand again."""
    external_ref: ExternalRef | None = None


class KeepWarmMarkOut(Voidable):
    """A keep-warm mark. It stands until `ended_at`, and reminds until the day before `until`."""

    id: Id
    application_id: Id
    at: At
    """When it was marked."""
    until: Day
    """The day from which nobody is reminded any more."""
    note: str | None
    """Why it is worth it."""
    ended_at: At | None
    """When the mark was ended; null while it stands."""
    recorded_at: At
    external_ref: ExternalRef | None


class JobMatch(Out):
    """Why a kept-warm candidate may suit the job that was asked for."""

    same_client: bool
    """The ended application was for the same organisation."""
    similar_title: bool
    """The two titles share at least half the words of the shorter one, and one of them names the field of work."""
    shared_words: list[str]
    """The words that the two titles share."""
    reason: str
    """The same, in one sentence."""


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
    """Why it ended, as it was recorded."""
    furthest_stage: Stage | None
    """How far the application came before it ended; null where only its end is known."""
    interviews_held: int
    """How many interviews were held."""
    marked_at: At
    """When it was marked."""
    until: Day
    """The day from which nobody is reminded any more."""
    note: str | None
    """Why it is worth it."""
    last_word_at: At | None
    """The latest contact between recruiter and candidate, either way, on any of their applications; null: none."""
    opens_at: At | None
    """From when it is right to get in touch: `opens_at` of the action `keep_in_touch`; null where there is none."""
    match: JobMatch | None
    """Why the candidate may suit the job of `job_id`; null where no job was asked for."""
