"""Checks of credentials and settings against the names that a connector knows, and of addresses."""

from collections.abc import Iterable, Mapping, Sequence

from app.connectors.contract import ADDRESS_SETTINGS, Connector
from app.kit.errors import invalid


def check_names(connector: Connector, settings: Iterable[str], credentials: Iterable[str]) -> None:
    """Raise a 422 that lists the known fields, unless the connector has all of these."""
    _known(connector, "settings", settings, connector.setting_names())
    _known(connector, "credentials", credentials, list(connector.guide.credentials))


def check_addresses(settings: Mapping[str, str]) -> None:
    """Raise a 422 if a setting that is an address does not look like one."""
    for name in ADDRESS_SETTINGS:
        if not settings.get(name, "https://").startswith(("https://", "http://")):
            raise invalid(f"/settings/{name}", "This must be an address, such as https://api.example.com.")


def _known(connector: Connector, part: str, given: Iterable[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            what = f"It knows these {part}: {', '.join(known)}." if known else f"It takes no {part}."
            pointer = f"/{part}/{name.replace('~', '~0').replace('/', '~1')}"
            raise invalid(pointer, f"{connector.title} has no such field. {what}")
