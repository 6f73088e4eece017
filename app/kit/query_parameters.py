"""Query parameters: every operation refuses names that it does not know, and takes old names as aliases."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args, get_origin

from starlette.datastructures import QueryParams

from app.kit.errors import Problem

OLD_NAMES: Mapping[str, str] = {
    "application": "application_id",
    "organisation": "organisation_id",
    "recruiter": "recruiter_id",
}
"""Former names of filters. They keep working, and the document does not show them."""

_MAX_ERRORS, _MAX_NAME = 50, 100


class KnownQuery:
    """The query parameters of one operation, by name, and whether each may be repeated."""

    def __init__(self, parameters: Iterable[tuple[str, Any]]) -> None:
        self._repeatable = {name: _is_list(annotation) for name, annotation in parameters}

    def renamed(self, params: QueryParams) -> QueryParams:
        """Return the parameters with each old name replaced by the present one."""
        if not params.keys() & OLD_NAMES.keys():
            return params
        return QueryParams([(self._present(name), value) for name, value in params.multi_items()])

    def check(self, params: QueryParams) -> None:
        """Raise 422 for an unknown name, and for a repeated one that takes a single value."""
        errors: dict[str, str] = {}
        seen: dict[str, str] = {}
        for name, _ in params.multi_items():
            present = self._present(name)
            if present not in self._repeatable:
                errors[name] = f"This operation has no such query parameter. {self._offer()}"
            elif present in seen and not self._repeatable[present]:
                errors[name] = _given_twice(name, seen[present], present)
            seen[present] = name
        if errors:
            found = [{"pointer": f"/query/{_escaped(name)}", "detail": text} for name, text in errors.items()]
            raise Problem(
                422, "invalid", "Some query parameters are not right; see errors.", errors=found[:_MAX_ERRORS]
            )

    def _present(self, name: str) -> str:
        present = OLD_NAMES.get(name, name)
        return present if present in self._repeatable else name

    def _offer(self) -> str:
        if not self._repeatable:
            return "It takes none."
        return f"It takes {', '.join(sorted(self._repeatable))}."


def _given_twice(name: str, earlier: str, present: str) -> str:
    if name == earlier:
        return "This parameter takes one value; send it once."
    return f"{' and '.join(f'`{one}`' for one in sorted((name, earlier)))} mean the same; send only `{present}`."


def _is_list(annotation: Any) -> bool:
    return get_origin(annotation) is list or any(_is_list(one) for one in get_args(annotation))


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:_MAX_NAME]
