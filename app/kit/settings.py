"""Every setting, read from the environment as KEEPWARM_…, built once by the command and passed down."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MIN_KEY_CHARACTERS, MIN_OLD_KEY_CHARACTERS = 32, 16
"""Characters of a secret key that seals, and of one from before that rule, which only opens."""


class Settings(BaseSettings):
    """The settings of one process. No module reads the environment by itself."""

    model_config = SettingsConfigDict(
        env_prefix="KEEPWARM_", extra="ignore", env_ignore_empty=True, use_attribute_docstrings=True
    )

    database_url: str = "sqlite:///keepwarm.db"
    """Where everything is kept: `sqlite:///file` or `postgresql://user:password@host/name`."""

    operator_key: SecretStr | None = Field(default=None, min_length=32)
    """The key that makes agencies. Without it no agency can be made over HTTP. At least 32 characters."""

    secret_keys: SecretStr | None = None
    """Secret keys, separated by commas: they seal the secrets of connections and endpoints and sign page cursors. The
    first seals and has at least 32 characters; all of them open. Every process gets the same. Without one, an SQLite
    file gets a key file beside it; on PostgreSQL the service does not start."""

    secret_key: SecretStr | None = None
    """One secret key: the last of `secret_keys`, or the only one."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: int = Field(default=8000, ge=0, le=65535)
    """The port to listen on."""

    metrics_port: int | None = Field(default=None, ge=1, le=65535)
    """A port of its own for `/metrics` and `/readyz`, which the main port then does not answer; also of `work`."""

    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s/?#])?$")
    """Where the outside reaches this service, such as `https://keepwarm.example`: CRMs are given addresses below it."""

    embedded_worker: bool = True
    """Run the worker inside `serve`. Turn it off where `keepwarm work` runs beside the API."""

    demo: bool = False
    """Load the demo agency when `serve` finds an empty database. `make run` turns it on."""

    database_pool: int = Field(default=10, ge=1, le=200)
    """Connections one process keeps to PostgreSQL, and half as many for work over all agencies."""

    sweep_batch: int = Field(default=200, ge=1, le=2000)
    """Applications that one sweep step claims and assesses together."""

    sweep_pause_seconds: float = Field(default=1.0, gt=0, le=60)
    """How long an idle worker waits before it looks for due applications again."""

    lease_seconds: int = Field(default=60, ge=1, le=3600)
    """How long a claim holds; a worker that dies is simply late by this much."""

    sweep_late_seconds: int = Field(default=300, ge=1)
    """From this age of the oldest due application on, `/readyz` says that the sweep is behind."""

    raw_days: int = Field(default=30, ge=1, le=365)
    """How many days the body of a CRM's request is kept, sealed, so that it can be replayed."""

    stream_seconds: float = Field(default=600, ge=0, le=3600)
    """How long one stream of server-sent events lasts; the browser then goes on by its Last-Event-ID."""

    event_days: int = Field(default=30, ge=7, le=3650)
    """How many days events and the results of their deliveries are stored."""

    crm_connections: int = Field(default=50, ge=1, le=10_000)
    """How many connections to CRMs an agency may have."""

    rate_limit_per_minute: int = Field(default=60_000, ge=0)
    """Requests one API key may make a minute in one process: a token bucket that holds a minute's requests and is
    refilled evenly. 0 means no limit."""

    wrong_keys_per_minute: int = Field(default=20, ge=0)
    """Wrong API keys one address may send a minute to one process before it has to wait; 0 means no limit."""

    max_connections: int = Field(default=1000, ge=16, le=100_000)
    """HTTP connections one process holds open, at most the file descriptors it has for them. A new one closes the
    longest silent one where there are too many."""

    max_connections_per_address: int = Field(default=200, ge=0)
    """HTTP connections from one address; 0 means no limit. Trusted proxies have none."""

    keep_alive_seconds: int = Field(default=20, ge=1, le=3600)
    """How long an idle HTTP connection is kept for the next request. Behind a reverse proxy: longer than the proxy
    keeps its own, so that it never sends a request into a connection that is being closed."""

    trusted_proxies: str | None = None
    """Addresses and networks of reverse proxies, separated by commas: their X-Forwarded-For and X-Forwarded-Proto are
    believed. Without it no such header is."""

    private_targets: bool = False
    """Let the URLs of CRMs and receivers be http, private addresses and any port: for development and tests only."""

    log_format: Literal["json", "text"] = "json"
    """How log lines look: `json` for machines, `text` for people."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe line that is written."""

    @property
    def sealing_keys(self) -> list[str]:
        """The secret keys of the settings, the one that seals first."""
        several = self.secret_keys.get_secret_value().split(",") if self.secret_keys else []
        one = [self.secret_key.get_secret_value()] if self.secret_key else []
        return [key for key in dict.fromkeys([*(key.strip() for key in several), *one]) if key]

    @field_validator("database_url")
    @classmethod
    def _check_url(cls, url: str) -> str:
        try:
            known = make_url(url).get_backend_name() in ("sqlite", "postgresql", "postgres")
        except (ArgumentError, ValueError):
            known = False
        if not known:
            raise ValueError("must be sqlite:///file or postgresql://user:password@host/name")
        return url

    @model_validator(mode="after")
    def _check_keys(self) -> "Settings":
        keys = self.sealing_keys
        if keys and len(keys[0]) < MIN_KEY_CHARACTERS:
            raise ValueError(
                f"the secret key that seals has {len(keys[0])} characters and needs {MIN_KEY_CHARACTERS}: "
                "put a longer one before it, KEEPWARM_SECRET_KEYS=new,old, and run `keepwarm reseal`"
            )
        if any(len(key) < MIN_OLD_KEY_CHARACTERS for key in keys):
            raise ValueError(f"a secret key that only opens needs at least {MIN_OLD_KEY_CHARACTERS} characters")
        return self

    @property
    def reached_at(self) -> str:
        """The public URL of this service, or its own address."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def sqlite_file(self) -> Path | None:
        """The database file where SQLite is used, else None."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.database_url.startswith("sqlite:") else None
