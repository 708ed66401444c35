"""`./run feed …`: profiles, and feeds held against them."""

from __future__ import annotations

from tests.commands.test_commands import Run, land, run, site, told
from tests.farm import Farm

__all__ = ["land", "run", "site"]


def test_each_article_is_named_with_the_rule_that_it_breaks(run: Run, land: Farm) -> None:
    run("source", "add", land.url("/news.rss"), "--yes")
    run("source", "poll")
    shown = run("feed", "lint", "all", "--profile", "msn", code=1).output
    assert "its title has 7 characters; at least 21 are wanted" in shown
    assert "the feed's address begins with http://" in shown
    assert "0 of 3 articles break none." in shown
    report = told(run("feed", "lint", "all", "--profile", "msn", "--json", code=1))
    assert (report["articles"], report["fitting"]) == (3, 0)
    titles = {one["title"] for one in report["breaches"] if one["rule"] == "title-length"}
    assert titles == {"Story 1", "Story 2", "Story 3"}
    assert {one["at_profile"] for one in report["breaches"]} == {"left out", "stays so"}
    assert "Nothing breaks a rule." in run("feed", "lint", "all", "--profile", "ninjs").output
    assert (
        "There is no feed topics/nobody"
        in run("feed", "lint", "topics/nobody", "--profile", "msn", code=1).output
    )
    assert "Expected all" in run("feed", "lint", "nowhere", "--profile", "msn", code=1).output


def test_profiles_are_listed_with_where_their_rules_were_read(run: Run) -> None:
    rows = told(run("feed", "profiles", "--json"))
    assert {one["profile"] for one in rows} == {"msn", "smartnews", "google-news", "apple", "plain", "ninjs"}
    assert all(one["source"] and one["read"] for one in rows)
    assert "Titles have 15 to 60 characters." in run("feed", "profiles").output
