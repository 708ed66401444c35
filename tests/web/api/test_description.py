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
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.web.api.conftest import Site
from web.api.endpoints import ENDPOINTS

EXAMPLES = 25


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
