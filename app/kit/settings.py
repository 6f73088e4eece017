"""Every setting, read from the environment as KEEPWARM_…, built once by the command and passed down."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What one process needs to know. No module reads the environment by itself."""

    model_config = SettingsConfigDict(env_prefix="KEEPWARM_", extra="ignore", use_attribute_docstrings=True)

    database_url: str = "sqlite:///keepwarm.db"
    """Where everything is kept: `sqlite:///file` or `postgresql://user:password@host/name`."""

    operator_key: SecretStr | None = Field(default=None, min_length=16)
    """The key that makes agencies. Without it no agency can be made over HTTP. At least 16 characters."""

    secret_key: SecretStr | None = Field(default=None, min_length=16)
    """Seals the secrets of connections and endpoints and signs page cursors; at least 16 characters, the same for every
    process. Without it an SQLite file gets a key file beside it; on PostgreSQL secrets are then refused."""

    host: str = "127.0.0.1"
    """The address to listen on."""

    port: int = Field(default=8000, ge=0, le=65535)
    """The port to listen on."""

    public_url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#]+(/[^\s?#]*[^\s/?#])?$")
    """Where the outside reaches this service, such as `https://keepwarm.example`: CRMs are given addresses below it."""

    embedded_worker: bool = True
    """Run the worker inside `serve`. Turn it off where `keepwarm work` runs beside the API."""

    demo: bool = False
    """Load the demo agency when `serve` finds an empty database. `make run` turns it on."""

    database_pool: int = Field(default=10, ge=1, le=200)
    """Connections one process keeps to PostgreSQL."""

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
    """How many days events and what became of their deliveries are kept."""

    crm_connections: int = Field(default=50, ge=1, le=10_000)
    """How many connections to CRMs an agency may have."""

    rate_limit_per_minute: int = Field(default=6000, ge=0)
    """Requests one API key may make a minute in one process; 0 means no limit."""

    private_targets: bool = False
    """Let the URLs of CRMs and receivers be http, private addresses and any port: for development and tests only."""

    log_format: Literal["json", "text"] = "json"
    """How log lines look: `json` for machines, `text` for people."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    """The least severe line that is written."""

    @property
    def reached_at(self) -> str:
        """Where the outside reaches this service, as far as the settings tell."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def sqlite_file(self) -> Path | None:
        """The database file where SQLite is used, else None."""
        return Path(self.database_url.removeprefix("sqlite:///")) if self.database_url.startswith("sqlite:") else None
