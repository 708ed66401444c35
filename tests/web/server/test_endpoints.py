"""Every address of the URL map, served by real processes, with a sample of what `bench.endpoints` sends; no answer is a fault of ours."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from werkzeug.routing import Rule

from bench.endpoint_requests import ODD, WORDS, Sent, ask, authorization
from bench.endpoint_scenes import SCENES
from bench.endpoint_site import Besieged, besieged
from bench.endpoints import attacked, requests, sample, uncovered

COUNT = 1_000


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    with besieged(tmp_path_factory.mktemp("besieged")) as running:
        yield running


def test_every_address_is_covered(site: Besieged) -> None:
    assert uncovered(site) == []
    site.app.url_map.add(Rule("/forgotten/<unheard_of>", endpoint="forgotten", methods=["POST"]))
    with pytest.raises(AssertionError, match="forgotten"):
        assert uncovered(site) == []


def test_no_request_is_a_fault_of_ours(site: Besieged) -> None:
    rules = {one.endpoint for one in site.app.url_map.iter_rules()} - {"forgotten"}
    chance = random.Random(11)
    every = requests(site, rules, odd=chance.sample(ODD, 6), words=chance.sample(WORDS, 2))
    asked = sample(list(every), COUNT, chance)
    assert {one.endpoint for one in asked} == rules
    faults, statuses = attacked(site, asked, 4)
    assert faults == []
    assert statuses[200] > 50, statuses
    assert "Traceback" not in site.log.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", list(SCENES))
def test_attacks_of_several_steps_come_to_nothing(site: Besieged, name: str) -> None:
    assert list(SCENES[name](site)) == []


@pytest.mark.parametrize("has_length", [True, False])
def test_the_api_refuses_a_body_that_is_too_long_in_its_own_words(site: Besieged, has_length: bool) -> None:
    for path, right in (
        ("/api/v1/sources", "application/problem+json"),
        ("/mcp", "application/json"),
        ("/hub", "text/plain; charset=utf-8"),
    ):
        answer = ask(
            site.port,
            Sent(
                endpoint="", method="POST", target=path, body=b"x" * 3_000_000, has_length=has_length,
                headers=authorization(site, "api.add_source"),
            ),
        )  # fmt: skip
        assert (answer.status, answer.header("content-type")) == (413, right)
        assert answer.header("x-content-type-options") == "nosniff"
        assert not answer.header("access-control-allow-origin")
