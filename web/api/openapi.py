"""The OpenAPI 3.1 description, made from what answers are made from: endpoints, parameters and structs."""

from __future__ import annotations

from typing import Any

import msgspec

from feeds.model.outgoing import SiteInfo
from feeds.publish.answers import Problem
from web.api.endpoints import ENDPOINTS, Endpoint
from web.api.errors import KINDS, PREFIX
from web.api.parameters import Parameter

ALWAYS = ("unknown-key", "too-many-requests", "unavailable")
"""Problems that any request may meet."""


def description(site: SiteInfo) -> dict[str, Any]:
    """The whole document."""
    types: list[type] = [*dict.fromkeys(one.answer for one in ENDPOINTS), Problem]
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
        "paths": {one.path: {"get": _operation(one, refs)} for one in ENDPOINTS},
        "components": {
            "schemas": components,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "A partner's key."}
            },
        },
    }


def _operation(one: Endpoint, refs: dict[type, dict[str, Any]]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "200": {
            "description": one.summary,
            "headers": _headers("ETag", "RateLimit", "RateLimit-Policy"),
            "content": {"application/json": {"schema": refs[one.answer]}},
        },
        "304": {"description": "You hold this already (`If-None-Match`)."},
    }
    for name in (*one.problems, *ALWAYS):
        status, title, meaning = KINDS[name]
        known = told.setdefault(
            str(status),
            {
                "description": f"{title}. {meaning}",
                "content": {"application/problem+json": {"schema": refs[Problem]}},
            },
        )
        if status in (429, 503):
            known["headers"] = _headers("Retry-After")
    return {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": [_parameter(each) for each in one.parameters],
        "responses": told,
    }


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"schema": {"type": "string"}} for name in names}


def _parameter(one: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": one.name,
        "in": one.where,
        "description": one.description,
        "required": one.is_required,
        "schema": dict(one.schema),
    }
    if one.example is not None:
        told["example"] = one.example
    return told
