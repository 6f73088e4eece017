"""The OpenAPI document: FastAPI's description of the routes, completed with texts, errors, headers and examples."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from app.access.queries import has_agency
from app.console import error_responses, fixture_ids, headers, schema_properties
from app.console.by_ref_bodies import without_reference
from app.console.document_cleanup import cleaned
from app.console.example_responses import Answers
from app.console.examples import COMING_DAY, EXAMPLES, PAST_DAY
from app.console.examples.insertion import with_examples
from app.console.examples.latest_records import latest_ids, own_examples
from app.console.examples.placeholder_examples import neutral_examples
from app.console.introduction import CONTACT, DESCRIPTION, LICENSE, SERVERS, TAGS, TITLE, VERSION
from app.console.operations import Operations
from app.console.outgoing_events import complete_webhook, webhooks
from app.console.schema_names import with_public_names

Document = dict[str, Any]


def build_document(app: FastAPI) -> Document:
    """Return the OpenAPI document of an app. The document is built at the first call and stored in the app."""
    if app.openapi_schema is None:
        app.openapi_schema = _build(app)
    return app.openapi_schema


def document_for_reader(app: FastAPI, conn: sa.Connection, agency_id: UUID | None) -> Document:
    """Return the OpenAPI document with examples for the user of the console.

    `agency_id` is the agency of the user's API key, or None without a key. For another agency than the demo's, the
    examples contain the ids of the agency's newest records. Otherwise the result is the demo's examples if the demo is
    loaded, else neutral ones.
    """
    document = build_document(app)
    if agency_id in (None, fixture_ids.AGENCY):
        return document_without_agency(app, with_demo=has_demo(conn))
    neutral = neutral_examples(document, EXAMPLES)
    return with_examples(document, own_examples(document, neutral, latest_ids(conn, agency_id)))


def has_demo(conn: sa.Connection) -> bool:
    """Return True if the demo agency is in this database. The demo's examples refer to its records."""
    return has_agency(conn, fixture_ids.AGENCY)


def document_without_agency(app: FastAPI, *, with_demo: bool) -> Document:
    """Return the OpenAPI document with the demo's examples, or with neutral examples that contain placeholders."""
    return with_examples(build_document(app), EXAMPLES) if with_demo else build_document(app)


def _build(app: FastAPI) -> Document:
    document: Document = cleaned(
        get_openapi(
            title=TITLE,
            version=VERSION,
            description=DESCRIPTION,
            routes=app.routes,
            webhooks=webhooks.routes,
            servers=SERVERS,
            contact=CONTACT,
            license_info=LICENSE,
        )
    )
    parts = document["components"]
    operations = Operations(app, parts["schemas"])
    for method, operation in _operations(document["paths"]):
        operations.complete(method, operation)
    without_reference(document["paths"], parts["schemas"])
    for type, item in document["webhooks"].items():
        complete_webhook(type, item["post"])
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    parts["schemas"]["Problem"] = error_responses.PROBLEM
    parts["responses"], parts["headers"] = error_responses.responses(), headers.HEADERS
    parts["parameters"] = headers.PARAMETERS
    document = with_public_names(document)
    schema_properties.complete_properties(document["components"]["schemas"])
    answers = Answers(document["components"]["schemas"])
    for _, operation in _operations(document["paths"]):
        answers.complete(operation)
    document["components"]["examples"] = answers.examples
    document["paths"] = _ordered(document["paths"])
    document["tags"] = list(_tags(document["paths"]))
    document["info"]["x-example-days"] = {"past": PAST_DAY.isoformat(), "coming": COMING_DAY.isoformat()}
    return with_examples(document, neutral_examples(document, EXAMPLES))


def _operations(paths: Document) -> Iterator[tuple[str, Document]]:
    for item in paths.values():
        yield from item.items()


def _ordered(paths: Document) -> Document:
    """Return the paths of the OpenAPI document, and the methods of each path, in the order of `EXAMPLES`."""
    place = {id: index for index, id in enumerate(EXAMPLES)}

    def order(operation: Document) -> int:
        return place.get(operation["operationId"], len(place))

    sorted_items = {path: dict(sorted(item.items(), key=lambda pair: order(pair[1]))) for path, item in paths.items()}
    return dict(sorted(sorted_items.items(), key=lambda pair: min(map(order, pair[1].values()))))


def _tags(paths: Document) -> Iterator[dict[str, str]]:
    """Yield the document's tags in order, with descriptions. Remove the numbers from all tag names, also in the
    operations.

    Generated clients name a module after each tag.
    """
    used: dict[str, None] = {}
    for _, operation in _operations(paths):
        used |= dict.fromkeys(operation["tags"])
        operation["tags"] = [_unnumbered(tag) for tag in operation["tags"]]
    for tag, sentence in TAGS.items():
        if tag in used:
            yield {"name": _unnumbered(tag), "description": sentence}
    yield from ({"name": _unnumbered(tag)} for tag in used if tag not in TAGS)


def _unnumbered(tag: str) -> str:
    return tag.rpartition(" · ")[2]
