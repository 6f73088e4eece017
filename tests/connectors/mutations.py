"""Hostile documents: what a genuine one becomes when each of its values in turn is something else, or is not there."""

import copy
from collections.abc import Callable, Iterator
from typing import Any

from app.connectors.contract import ApiError, MaybeApiExchange, Translation
from tests.connectors.exchanges import EndedError, run

HOSTILE: tuple[Any, ...] = (None, 0, -1, 2**63, "", "\u0000", [], {}, "x" * 10_000, True, 1.5, "\ud800", [None], "<b>")
"""Hostile values that replace a value."""


def mutations(document: Any) -> Iterator[tuple[str, Any]]:
    """Each document that differs in one value, with the place where it does: `data.id = null`, `without data.id`."""
    for path in list(_paths(document)):
        for hostile in HOSTILE:
            yield f"{'.'.join(map(str, path))} = {hostile!r:.40}", _with(document, path, hostile)
        if path:
            yield f"without {'.'.join(map(str, path))}", _without(document, path)


def endures(translate: Callable[[Any], MaybeApiExchange[Translation]], document: Any, replies: Any = None) -> int:
    """Assert that no mutation of the document makes `translate` raise; answers how many were tried.

    A dialogue may end because the CRM knows nothing of an id that was mutated: that is the CRM's answer, not a fault.
    The same holds for an answer that was mutated to one that is no answer: it may be refused with a sentence.
    """
    tried = 0
    for where, hostile in mutations(document):
        try:
            came = run(translate(hostile), replies)
        except (EndedError, ApiError):
            continue
        except Exception as error:
            raise AssertionError(f"{where}: {error!r}") from error
        finally:
            tried += 1
        assert isinstance(came, Translation), where
        assert came.records or came.ignored, f"{where}: there is neither a record nor a reason"
    return tried


def _paths(document: Any, above: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield above
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for step, value in inside:
        yield from _paths(value, (*above, step))


def _with(document: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return copy.deepcopy(value)
    changed = copy.copy(document)
    changed[path[0]] = _with(document[path[0]], path[1:], value)
    return changed


def _without(document: Any, path: tuple[str | int, ...]) -> Any:
    changed = copy.copy(document)
    if len(path) > 1:
        changed[path[0]] = _without(document[path[0]], path[1:])
    else:
        del changed[path[0]]
    return changed
