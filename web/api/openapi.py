"""The OpenAPI 3.1 description, made from what answers are made from: endpoints, parameters and structs."""

from __future__ import annotations

from typing import Any

import msgspec

from feeds.model.outgoing import SiteInfo
from feeds.publish.api_answers import Problem
from web.api.endpoints import ENDPOINTS, Endpoint
from web.api.errors import KINDS, PREFIX
from web.api.managed import ManagedArticle, ManagedSource, ManagedTopic
from web.api.parameters import Parameter
from web.api.write_endpoints import WRITES, Write

MANAGED: dict[str, type] = {
    "get_source": ManagedSource,
    "get_topic": ManagedTopic,
    "get_article": ManagedArticle,
}
ALWAYS = ("unknown-key", "too-many-requests", "unavailable")
"""Problems that any request may meet."""


def description(site: SiteInfo) -> dict[str, Any]:
    """The whole document."""
    types: list[type] = [
        *dict.fromkeys(one.answer for one in ENDPOINTS),
        *MANAGED.values(),
        *dict.fromkeys(one.answer for one in WRITES),
        *(one.body for one in WRITES if one.body is not None),
        Problem,
    ]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    refs = dict(zip(types, schemas, strict=True))
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{site.title}: the API",
            "version": "1",
            "description": "Articles, feeds and what changed in them, for programs. Reading what is public needs no key.",
            **({"contact": {"name": site.contact}} if site.contact else {}),
        },
        "externalDocs": {"url": f"{site.base_url}/api", "description": "The same in plain words."},
        "servers": [{"url": site.base_url + PREFIX}],
        "security": [{}, {"key": []}],
        "paths": _paths(refs),
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A partner's key."},
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A person's token, for writing, and for reading what it manages with its settings.",
                },
            },
        },
    }


def _paths(refs: dict[type, dict[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {one.path: {"get": _operation(one, refs)} for one in ENDPOINTS}
    for write in WRITES:
        found.setdefault(write.path, {})[write.method.lower()] = _write(write, refs)
    return found


def _write(one: Write, refs: dict[type, dict[str, Any]]) -> dict[str, Any]:
    answer = {"application/json": {"schema": refs[one.answer]}}
    operation: dict[str, Any] = {}
    for status in one.statuses:
        headers = ["RateLimit", "RateLimit-Policy", "Idempotency-Replayed"]
        headers += [] if one.method == "DELETE" else ["ETag"]
        headers += ["Location"] if status == 201 else []
        operation[str(status)] = {
            "description": one.summary,
            "headers": _headers(*headers),
            "content": answer,
        }
    always = ("bad-request", "not-yours", "under-way", "too-large", "refused", *ALWAYS)
    for name in (*one.problems, *always, *(("not-json",) if one.body is not None else ())):
        _add_problem(operation, name, refs)
    described: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "security": [{"token": []}],
        "parameters": [*(_parameter(each) for each in one.parameters), *_conditions(one)],
        "responses": operation,
    }
    if one.body is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": refs[one.body]}},
        }
    return described


def _conditions(one: Write) -> list[dict[str, Any]]:
    text = {"type": "string", "minLength": 1}
    found = [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "The same request under the same key is done once, and answered the same for a day.",
            "required": False,
            "schema": {**text, "maxLength": 200, "pattern": "^[!-~]+$"},
        }
    ]
    if "changed-since" in one.problems:
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "description": "The `ETag` of the state that you read: another one is not changed (412).",
                "required": False,
                "schema": text,
            }
        )
    return found


def _add_problem(operation: dict[str, Any], name: str, refs: dict[type, dict[str, Any]]) -> None:
    status, title, meaning = KINDS[name]
    known = operation.setdefault(
        str(status),
        {
            "description": f"{title}. {meaning}",
            "content": {"application/problem+json": {"schema": refs[Problem]}},
        },
    )
    if name in ("too-many-requests", "unavailable", "under-way"):
        known["headers"] = _headers("Retry-After")


def _operation(one: Endpoint, refs: dict[type, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "200": {
            "description": one.summary,
            "headers": _headers("ETag", "RateLimit", "RateLimit-Policy"),
            "content": {"application/json": {"schema": _shown(one, refs)}},
        },
        "304": {"description": "You hold this already (`If-None-Match`)."},
    }
    for name in (*one.problems, *ALWAYS):
        _add_problem(operation, name, refs)
    return {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [_parameter(each) for each in one.parameters],
        "responses": operation,
    }


def _shown(one: Endpoint, refs: dict[type, dict[str, Any]]) -> dict[str, Any]:
    """What is read; whoever has a token sees what it manages."""
    managed = MANAGED.get(one.name)
    return refs[one.answer] if managed is None else {"anyOf": [refs[one.answer], refs[managed]]}


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"schema": {"type": "string"}} for name in names}


def _parameter(one: Parameter) -> dict[str, Any]:
    parameter: dict[str, Any] = {
        "name": one.name,
        "in": one.where,
        "description": one.description,
        "required": one.is_required,
        "schema": dict(one.schema),
    }
    if one.example is not None:
        parameter["example"] = one.example
    return parameter
