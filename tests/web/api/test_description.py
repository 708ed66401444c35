"""What openapi.json says is what the API does: schemathesis asks what it allows and what it forbids, and reads the answers."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance

from tests.web.api.conftest import Site
from tests.web.api.test_writes import Script
from web.api.endpoints import ENDPOINTS
from web.api.write_endpoints import WRITES

EXAMPLES = 15
EXAMPLES_OF_WRITES = 8
NOT_OF_WRITES = [positive_data_acceptance, negative_data_rejection, ignored_auth]
"""What a schema cannot say of values is refused, too; and these writes ask as somebody who may."""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """SQLite alone: what is described does not depend on the engine."""
    return str(shutil.copy(sqlite_template, tmp_path / "test.db"))


MODES = [
    (one.name, mode)
    for one in ENDPOINTS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # Any text may be a part of an address: there is nothing that it forbids.
    if mode is GenerationMode.POSITIVE or any(each.where == "query" for each in one.parameters)
]


@pytest.mark.parametrize(("name", "mode"), MODES, ids=lambda one: str(getattr(one, "value", one)))
def test_answers_are_as_described(site: Site, name: str, mode: GenerationMode) -> None:
    load_all_checks()
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site.app)
    operation = schema.find_operation_by_id(name)
    known = {
        "id": [one["id"] for one in site.json("/articles")["articles"]],
        "slug": ["harbour", "ines-halvorsen"],
        "feed": ["all", "topics/harbour", "mix/topics/harbour"],
        "q": ["pilot", "ferry"],
        "month": ["2026-11"],
    }
    strategy = operation.as_strategy(generation_mode=mode)

    @hypothesis_settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy, data=st.data())
    def ask(case: schemathesis.Case[Any], data: st.DataObject) -> None:
        # What each may ask in a minute comes back.
        site.newsroom.clock.move(seconds=2)
        if mode is GenerationMode.POSITIVE and data.draw(st.booleans()):
            for given_, quoted in ((case.query, str), (case.path_parameters, quote)):
                for one in given_ or {}:
                    if one in known:
                        given_[one] = quoted(data.draw(st.sampled_from(known[one])))
        # The library's WSGI client says that it takes gzip, and does not unpack it.
        plain = {"Accept-Encoding": "identity"}
        case.call_and_validate(headers=plain, excluded_checks=[positive_data_acceptance])

    ask()


@pytest.mark.parametrize("name", [one.name for one in WRITES])
def test_writes_are_answered_as_described(site: Site, name: str) -> None:
    load_all_checks()
    script = Script(site)
    known = {"id": site.json("/articles")["articles"][0]["id"], "slug": "harbour"}
    if "source" in name:
        known["slug"] = site.json("/sources")["feeds"][0]["slug"]
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", site.app)
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    has_body = any(one.name == name and one.body is not None for one in WRITES)
    strategies = [
        schema.find_operation_by_id(name).as_strategy(generation_mode=mode)
        for mode in (modes if has_body else modes[:1])
    ]

    @hypothesis_settings(
        max_examples=EXAMPLES_OF_WRITES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(strategies), data=st.data())
    def ask(case: schemathesis.Case[Any], data: st.DataObject) -> None:
        site.newsroom.clock.move(seconds=2)
        if data.draw(st.booleans()):
            case.path_parameters = {one: quote(known[one]) for one in case.path_parameters or {}}
        sent = {"Accept-Encoding": "identity", "Authorization": f"Bearer {script.token}"}
        case.call_and_validate(headers=sent, excluded_checks=NOT_OF_WRITES)

    ask()
