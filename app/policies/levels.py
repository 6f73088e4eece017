"""Overrides that lie over one another: how one set is changed, and where each effective value comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.policies.schemas import Level, PolicyOut, PolicyOverrides, PolicyValues, Source
from app.rules.policy import Policy, overlay, values

Overrides = Mapping[str, Any]
LEVELS: tuple[Level, ...] = ("agency", "organisation", "job")


@dataclass(frozen=True, slots=True)
class Levels:
    """The overrides from the agency's down to those of the level asked for, which are the last."""

    version: int
    overrides: tuple[Overrides, ...]

    @property
    def own(self) -> Overrides:
        """What was set at the level asked for."""
        return self.overrides[-1]

    @property
    def inherited(self) -> Policy:
        """What would hold if nothing were set there."""
        return overlay(*self.overrides[:-1])

    @property
    def effective(self) -> Policy:
        """What holds."""
        return overlay(*self.overrides)

    def changed(self, own: Overrides) -> "Levels":
        """The next version, with other overrides at the level asked for."""
        return replace(self, version=self.version + 1, overrides=(*self.overrides[:-1], own))

    def shown(self) -> PolicyOut:
        """The same for the wire."""
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
    """RFC 7396 but for its nulls, which stay to be judged like every other value."""
    result = dict(stored)
    for name, value in patch.items():
        before = result.get(name)
        if isinstance(value, Mapping):
            result[name] = merge_patch(before if isinstance(before, Mapping) else {}, value)
        else:
            result[name] = value
    return result


def without_nulls(overrides: Overrides) -> dict[str, Any]:
    """The overrides that are left when null has reset what it stands for; a rule without any is none."""
    result: dict[str, Any] = {}
    for name, value in overrides.items():
        kept = without_nulls(value) if isinstance(value, Mapping) else value
        if kept is not None and kept != {}:
            result[name] = kept
    return result


def leaves(overrides: Overrides, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every field with its dotted name."""
    for name, value in overrides.items():
        if isinstance(value, Mapping):
            yield from leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
