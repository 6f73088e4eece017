"""Levels of policy overrides: merging of changes, and the source of each effective value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.policies.schemas import Level, PolicyOut, PolicyOverrides, PolicyValues, Source
from app.rules.policy import Policy, overlay, values

Overrides = Mapping[str, Any]
LEVELS: tuple[Level, ...] = ("agency", "organisation", "job")


@dataclass(frozen=True, slots=True)
class Levels:
    """The policy overrides of the agency, the organisation and the job, down to the requested level.

    The last overrides are those of the requested level.
    """

    version: int
    overrides: tuple[Overrides, ...]

    @property
    def own(self) -> Overrides:
        """The fields that are set at the requested level itself."""
        return self.overrides[-1]

    @property
    def inherited(self) -> Policy:
        """The policy that the requested level inherits: the defaults and the overrides of the levels above."""
        return overlay(*self.overrides[:-1])

    @property
    def effective(self) -> Policy:
        """The policy in force at the requested level: the inherited policy with the level's own overrides."""
        return overlay(*self.overrides)

    def changed(self, own: Overrides) -> "Levels":
        """Return a copy with `own` as the overrides at the requested level, and the next version number."""
        return replace(self, version=self.version + 1, overrides=(*self.overrides[:-1], own))

    def shown(self) -> PolicyOut:
        """Return the response: own overrides, effective policy, and the level that each field's value comes from."""
        effective = values(self.effective)
        sources: dict[str, Source] = dict.fromkeys(dict(leaves(effective)), "default")
        for level, overrides in zip(LEVELS, self.overrides, strict=False):
            sources |= dict.fromkeys(dict(leaves(overrides)), level)
        return PolicyOut(
            version=self.version,
            overrides=PolicyOverrides(dict(self.own)),
            effective=PolicyValues(effective),
            sources=sources,
        )


def merge_patch(stored: Overrides, patch: Overrides) -> dict[str, Any]:
    """Return `stored` after a JSON merge patch (RFC 7396). Nulls are kept instead of removed, for validation."""
    result = dict(stored)
    for name, value in patch.items():
        before = result.get(name)
        if isinstance(value, Mapping):
            result[name] = merge_patch(before if isinstance(before, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def without_nulls(overrides: Overrides) -> dict[str, Any]:
    """Return the overrides without nulls, and without sections that become empty."""
    result: dict[str, Any] = {}
    for name, value in overrides.items():
        kept = without_nulls(value) if isinstance(value, Mapping) else value
        if kept is not None and kept != {}:
            result[name] = kept
    return result


def leaves(overrides: Overrides, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every field of nested overrides as a dotted name and a value, such as `going_quiet.watch` and 3."""
    for name, value in overrides.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
