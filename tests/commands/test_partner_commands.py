"""`./run partner …`: partners and their keys by commands."""

from __future__ import annotations

from standardwebhooks import Webhook

from tests.commands.test_commands import Run, land, run, site, told
from tests.receivers import receivers

__all__ = ["land", "run", "site"]


def test_a_partner_from_the_first_word_to_the_last(run: Run) -> None:
    assert "There is no partner yet" in run("partner", "list").output
    given = ("--feed", "topics/harbour", "--share", "excerpt", "--quota", "100", "--ends", "2030-01-31")
    assert "./run partner key daily" in run("partner", "add", "daily", "The Daily", *given).output
    (row,) = told(run("partner", "list", "--json"))
    assert row["feeds"] == ["topics/harbour"]
    assert (row["share"], row["quota"], row["ends"]) == ("excerpt", 100, "2030-01-31")
    key = run("partner", "key", "daily").stdout.strip()
    assert key.startswith("fwk_")
    (row,) = told(run("partner", "list", "--json"))
    assert row["keys"] == [f"{key[:10]}…"]
    assert key not in run("partner", "list").output
    assert key not in run("log", "list", "--json").output
    run("partner", "key", "daily")
    assert "2 keys already" in run("partner", "key", "daily", code=1).output
    assert "revoked" in run("partner", "key", "daily", "--take-back", key[:10]).output
    assert "Changed." in run("partner", "set", "daily", "--quota", "none", "--every-feed").output
    (row,) = told(run("partner", "list", "--json"))
    assert (row["quota"], row["feeds"], len(row["keys"])) == (None, [], 1)
    assert "Nothing changes" in run("partner", "set", "daily", "--quota", "none").output
    assert "expected a day" in run("partner", "set", "daily", "--ends", "soon", code=1).output.lower()
    done = run("partner", "remove", "daily", "--yes").output
    run("log", "undo", done.split("./run log undo ")[1].strip(), "--yes")
    (row,) = told(run("partner", "list", "--json"))
    assert row["keys"] == []


def test_webhooks_from_the_secret_to_a_replay(run: Run) -> None:
    with receivers() as there:
        url = there.url("/hook")
        run("partner", "add", "daily", "The Daily", "--webhook", url, "--webhook-form", "ninjs")
        assert "webhook secret daily" in run("partner", "webhook", "list", "daily").output
        assert "webhook secret daily" in run("partner", "webhook", "test", "daily", code=1).output
        secret = run("partner", "webhook", "secret", "daily").stdout.strip()
        assert secret.startswith("whsec_")
        assert secret not in run("log", "list", "--json").output
        (row,) = told(run("partner", "webhook", "list", "daily", "--json"))
        assert (row["url"], row["feed"], row["state"]) == (url, "all", "live")
        assert "took it (204)" in run("partner", "webhook", "test", "daily").output
        assert (
            Webhook(secret).verify(there.sent()[0].body.decode(), there.sent()[0].headers)["type"] == "test"
        )
        assert (
            "1 receiver will be told again"
            in run("partner", "webhook", "replay", "daily", "--since", "3d").output
        )
        assert (
            "Expected a time"
            in run("partner", "webhook", "replay", "daily", "--since", "soon", code=1).output
        )
        there.status["/hook"] = 404
        assert "It answered 404" in run("partner", "webhook", "test", "daily", code=1).output
        run("partner", "set", "daily", "--webhook", "none")
        assert "has no webhook" in run("partner", "webhook", "test", "daily", code=1).output
        refused = run("partner", "set", "daily", "--webhook-feed", "mix/topics/harbour", code=1)
        assert "has no changes of its own" in refused.output


def test_a_feed_that_is_not_there_is_named_where_a_partner_is_given_it(run: Run) -> None:
    added = run("partner", "add", "daily", "The Daily", "--feed", "topics/harbuor", "--feed", "all")
    assert "There is no feed topics/harbuor at present" in added.output
    assert (
        "There is no feed topics/tide at present"
        in run("partner", "set", "daily", "--feed", "topics/tide").output
    )
    assert "There is no feed" not in run("partner", "set", "daily", "--feed", "all").output


def test_a_statement_is_told_for_people_programs_and_tables(run: Run) -> None:
    run("partner", "add", "daily", "The Daily")
    shown = run("partner", "statement", "daily", "--month", "2026-11").output
    assert "DELIVERED" in shown
    assert (
        told(run("partner", "statement", "daily", "--month", "2026-11", "--json"))["totals"]["fetched"] == 0
    )
    assert (
        run("partner", "statement", "daily", "--month", "2026-11", "--csv").stdout
        == "at,event,way,feed,id,seq\n"
    )
    assert "month such as" in run("partner", "statement", "daily", "--month", "soon", code=1).output


def test_a_link_to_their_page_is_printed(run: Run) -> None:
    run("partner", "add", "daily", "The Daily")
    first = run("partner", "link", "daily").output.strip()
    assert "/partner/daily." in first
    assert first not in run("log", "list", "--json").output
    assert run("partner", "link", "daily", "--days", "90", "--only").output.strip() != first
