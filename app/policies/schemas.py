"""Requests and responses of policies."""

from typing import Any, Literal

from pydantic import ConfigDict, Field, GetJsonSchemaHandler, RootModel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from app.kit.field_types import At, Id, Out
from app.policies.policy_schema import policy_schema

Level = Literal["agency", "organisation", "job"]
Source = Literal["default", "agency", "organisation", "job"]
PolicyValue = bool | int | str | None
"""The value of a policy field: a switch, a number, a time of day, or null."""


class PolicyChange(RootModel[dict[str, Any]]):
    """Changes of a policy as a merge patch (RFC 7396). Null resets a field or a whole rule to the inherited value."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        example = {"going_quiet": {"watch": 3, "warning": 5}, "off_channel_contact": {"enabled": False}}
        return policy_schema(resettable=True) | {"description": cls.__doc__, "examples": [example]}


class PolicyOverrides(RootModel[dict[str, Any]]):
    """The policy fields that are set at the requested level itself."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return policy_schema() | {"description": cls.__doc__}


class PolicyValues(RootModel[dict[str, Any]]):
    """Every number and switch of the rules. Numbers count business days, unless a field says otherwise."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return policy_schema(required=True) | {"description": cls.__doc__}


class PolicyOut(Out):
    """The policy of an agency, an organisation or a job: what is set there, and what is effective."""

    version: int
    """The version of the agency's policies: increases by 1 with each change, at any level. An assessment names the
    version that was used."""
    overrides: PolicyOverrides
    effective: PolicyValues
    sources: dict[str, Source]
    """The source of each field's effective value, such as `"going_quiet.watch": "organisation"`."""


class FieldChange(Out):
    """The values of one field at the changed level, before and after; null means inherited."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: PolicyValue = Field(alias="from")
    to: PolicyValue


class PolicyChangeOut(Out):
    """A recorded change of a policy: level, changed fields, time and API key."""

    version: int
    level: Level
    subject_id: Id | None
    """The id of the changed organisation or job; null for the agency."""
    fields: dict[str, FieldChange]
    """The changed fields, such as `"going_quiet.watch": {"from": null, "to": 3}`."""
    changed_at: At
    api_key_id: Id
