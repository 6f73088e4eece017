"""The guide to connecting a CRM, as data: fields to enter, steps to take, abilities and limits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

from app.kit.ssrf import is_public

RecordKind = Literal[
    "organisations",
    "client_contacts",
    "candidates",
    "jobs",
    "applications",
    "interviews",
    "notes",
    "calls",
    "emails",
    "offers",
    "milestones",
    "checks",
]
"""A kind of record that a connector may read."""
Way = Literal["webhook", "poll", "webhook_and_poll"]
"""How new records of a kind arrive: by webhook, by polling, or both. A backfill may read further kinds once."""

HOOK_URL, SECRET, CONNECTION = "<hook_url>", "<secret>", "{id}"
"""Placeholders in the steps: the connection's webhook URL, its signing secret and its id."""
BASE_URL = "base_url"
_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan", ".home.arpa", ".test", ".intranet")


@dataclass(frozen=True, slots=True)
class Entry:
    """The description of one credential or setting. `required`: the CRM's API cannot be used without it."""

    text: str
    required: bool = False
    unless: str | None = None
    """The name of another credential or setting. If that one is set, this one is not required."""


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide to connecting one CRM. Steps name Keepwarm's fields as `credentials.<name>` and `settings.<name>`."""

    steps: Sequence[str]
    test_delivery: str
    """The effect of the CRM's own test button, ping or handshake."""
    reads: Mapping[RecordKind, Way]
    credentials: Mapping[str, Entry] = field(default_factory=dict)
    settings: Mapping[str, Entry] = field(default_factory=dict)
    scopes: Sequence[str] = ()
    """Permissions of the CRM's API that the credentials need, in the CRM's words."""
    limits: Sequence[str] = ()
    """The known limits of the connector, each as one sentence."""

    def steps_for(self, hook_url: str) -> list[str]:
        """Return the steps with the webhook URL filled in; the signing secret and the id stay placeholders."""
        return [step.replace(HOOK_URL, hook_url) for step in self.steps]

    def missing(self, credentials: Mapping[str, object], settings: Mapping[str, object]) -> Iterator[str]:
        """Yield the required fields that are not set, as `credentials.client_secret`.

        A connection without any credential lacks nothing: it receives webhooks and does not use the CRM's API.
        """
        if not credentials:
            return
        given = {*credentials, *settings}
        for part, entries in (("credentials", self.credentials), ("settings", self.settings)):
            for name, entry in entries.items():
                if entry.required and not given & {name, entry.unless}:
                    yield f"{part}.{name}"


def hook_warning(hook_url: str) -> str | None:
    """Return a warning if a webhook URL has no https or names a private host, else None."""
    parts = urlsplit(hook_url)
    faults = []
    if parts.scheme != "https":
        faults.append("does not begin with https://, so most CRMs refuse it")
    if _is_private(parts.hostname or ""):
        faults.append(f"names a private host ({parts.hostname}), which the CRM cannot reach")
    if not faults:
        return None
    return (
        f"Warning: the webhook address {hook_url} {', and '.join(faults)}. Set KEEPWARM_PUBLIC_URL to the public "
        "https address of this service, restart it, and read these steps again."
    )


def _is_private(host: str) -> bool:
    """Return True if a host name or IP address belongs to this machine or a private network. No DNS look-up is made."""
    host = host.casefold().removesuffix(".")
    if ":" in host or host.replace(".", "").isdigit():
        return not is_public(host)
    return "." not in host or host.endswith(_LOCAL_NAMES)
