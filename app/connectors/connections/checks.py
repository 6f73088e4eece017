"""Checks of a connection's credentials and settings: their names, and the URLs among the settings."""

from collections.abc import Iterable, Mapping, Sequence

from app.connectors.contract import ADDRESS_SETTINGS, Connector
from app.kit.errors import invalid


def check_names(connector: Connector, settings: Iterable[str], credentials: Iterable[str]) -> None:
    """Raise a 422 if a setting or credential has a name that the connector does not have.

    The error lists the valid names.
    """
    _known(connector, "settings", settings, connector.setting_names())
    _known(connector, "credentials", credentials, list(connector.guide.credentials))


def check_addresses(settings: Mapping[str, str]) -> None:
    """Raise a 422 if a setting that must be a URL does not start with `https://` or `http://`."""
    for name in ADDRESS_SETTINGS:
        if not settings.get(name, "https://").startswith(("https://", "http://")):
            raise invalid(f"/settings/{name}", "This must be an address, such as https://api.example.com.")


def _known(connector: Connector, part: str, given: Iterable[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            what = f"It knows these {part}: {', '.join(known)}." if known else f"It takes no {part}."
            pointer = f"/{part}/{name.replace('~', '~0').replace('/', '~1')}"
            raise invalid(pointer, f"{connector.title} has no such field. {what}")
