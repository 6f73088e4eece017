"""Refusing credentials and settings that a connector does not know, or that its API lacks."""

from collections.abc import Iterable, Mapping, Sequence

from app.connectors.connector import ADDRESSES, Connector
from app.kit.errors import invalid


def check_names(connector: Connector, settings: Iterable[str], credentials: Iterable[str]) -> None:
    """Raise a 422 that names the known fields, unless the connector has all of these."""
    _known(connector, "settings", settings, connector.setting_names())
    _known(connector, "credentials", credentials, list(connector.guide.credentials))


def check_values(connector: Connector, settings: Mapping[str, str], credentials: Mapping[str, str]) -> None:
    """Raise a 422 if the CRM's API cannot be used with these fields, or if an address is none."""
    if missing := list(connector.guide.missing(credentials, settings)):
        part, name = missing[0].split(".")
        raise invalid(f"/{part}/{name}", _lacking(connector, missing), "missing_field")
    for name in ADDRESSES:
        if not settings.get(name, "https://").startswith(("https://", "http://")):
            raise invalid(f"/settings/{name}", "This must be an address, such as https://api.example.com.")


def _known(connector: Connector, part: str, given: Iterable[str], known: Sequence[str]) -> None:
    for name in given:
        if name not in known:
            what = f"It knows these {part}: {', '.join(known)}." if known else f"It takes no {part}."
            pointer = f"/{part}/{name.replace('~', '~0').replace('/', '~1')}"
            raise invalid(pointer, f"{connector.title} has no such field. {what}")


def _lacking(connector: Connector, missing: Sequence[str]) -> str:
    """Return the sentence that names the missing fields, and all that the CRM's API needs."""
    needed = [
        f"{part}.{name}" + (f" (or {entry.unless})" if entry.unless else "")
        for part, entries in (("credentials", connector.guide.credentials), ("settings", connector.guide.settings))
        for name, entry in entries.items()
        if entry.required
    ]
    return f"Missing: {', '.join(missing)}. The API of {connector.title} needs {', '.join(needed)}."
