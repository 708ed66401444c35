"""What `bench.year` finds fault with, and what it only tells: a year takes too long to be played for it here."""

from __future__ import annotations

import pytest

from bench.year_report import FOREVER, Month, verdict

MB = 1_000_000


def month(
    number: int,
    main_mb: int,
    *,
    sizes: dict[str, int] | None = None,
    spent: dict[str, list[float]],
    polls: int = 0,
) -> Month:
    held = {**dict.fromkeys(FOREVER, main_mb * MB // 20), "contents": 40 * MB, **(sizes or {})}
    return Month(
        number=number,
        articles=30_000,
        versions=0,
        main_bytes=main_mb * MB,
        free_bytes=0,
        log_bytes=0,
        rows={**dict.fromkeys(held, 0), "articles": main_mb * 1_000, "sources": 200, "polls": polls},
        sizes=held,
        alerts={},
        stale_alerts=(),
        rss=300 * MB,
        spent={"yardstick": [1.0], **spent},
    )


@pytest.mark.parametrize(
    ("later", "fault"),
    [
        ({"backup": [0.0, 1_400.0], "check": [1.0, 2.0]}, None),
        (
            {"backup": [0.0, 1_900.0], "check": [1.0, 2.0]},
            "verdict: tick backup: 4.99, then 6.78 ms for 1,000 rows",
        ),
        ({"backup": [0.0, 1_400.0], "check": [3.0, 4.0]}, "tick check: the median went from 1.5 to 3.5 ms"),
        ({"backup": [0.0, 1_400.0], "check": [1.0, 2.0, 60.0]}, "tick check: the 99th percentile went"),
    ],
)
def test_a_backup_may_cost_what_the_database_grew_by_and_no_other_tick_may(
    capsys: pytest.CaptureFixture[str], later: dict[str, list[float]], fault: str | None
) -> None:
    first = month(4, 140, spent={"backup": [0.0, 700.0], "check": [1.0, 2.0]})
    assert verdict(first, month(12, 280, spent=later)) == (fault is not None)
    told = capsys.readouterr().out
    assert "linear by design (copies and reads all that is stored): tick backup: 4.99, then " in told
    assert (fault or "verdict: flat") in told


def test_a_table_that_is_not_kept_for_ever_may_not_grow(capsys: pytest.CaptureFixture[str]) -> None:
    spent = {"backup": [0.0, 700.0]}
    first, last = (month(n, 140, sizes={"rendered": n * MB}, spent=spent) for n in (4, 12))
    assert verdict(first, last) == 1
    assert "verdict: table rendered grew from 4,000,000 to 12,000,000 bytes" in capsys.readouterr().out


@pytest.mark.parametrize(("polls", "fault"), [(20_000, ""), (20_001, "table polls holds 20,001 rows")])
def test_reports_of_polls_may_fill_up_and_no_more(
    capsys: pytest.CaptureFixture[str], polls: int, fault: str
) -> None:
    first, last = (
        month(n, 140, sizes={"polls": n * MB // 10}, spent={"backup": [0.0]}, polls=many)
        for n, many in ((4, 9_000), (12, polls))
    )
    assert verdict(first, last) == bool(fault)
    assert (fault or "verdict: flat") in capsys.readouterr().out


def test_a_slower_machine_is_no_growth() -> None:
    first = month(4, 140, spent={"backup": [0.0], "check": [10.0, 10.0], "yardstick": [5.0]})
    slow = month(12, 140, spent={"backup": [0.0], "check": [20.0, 20.0], "yardstick": [10.0]})
    assert verdict(first, slow) == 0
    grown = month(12, 140, spent={"backup": [0.0], "check": [20.0, 20.0], "yardstick": [5.0]})
    assert verdict(first, grown) == 1
