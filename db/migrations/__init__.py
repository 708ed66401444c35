"""The numbered steps that lead a database to the present schema; `db.migrate` takes them."""

from __future__ import annotations

from db.migrations import (
    m0001_spine,
    m0002_prints,
    m0003_politeness,
    m0004_moves,
    m0005_url_keys,
    m0006_subscriptions,
    m0007_kinds,
    m0008_versions,
    m0009_rests,
    m0010_authors,
    m0011_rights,
    m0012_search,
    m0013_checks,
    m0014_two_people,
    m0015_licenses,
    m0016_terms,
    m0017_returns,
    m0018_taken_back,
    m0019_spoken,
    m0020_jobs,
    m0021_counts,
    m0022_audience,
    m0040_telling,
)

STEPS: tuple[tuple[int, str, str], ...] = (
    (1, "spine", m0001_spine.SCHEMA),
    (2, "prints", m0002_prints.SCHEMA),
    (3, "politeness", m0003_politeness.SCHEMA),
    (4, "moves", m0004_moves.SCHEMA),
    (5, "url_keys", m0005_url_keys.SCHEMA),
    (6, "subscriptions", m0006_subscriptions.SCHEMA),
    (7, "kinds", m0007_kinds.SCHEMA),
    (8, "versions", m0008_versions.SCHEMA),
    (9, "rests", m0009_rests.SCHEMA),
    (10, "authors", m0010_authors.SCHEMA),
    (11, "rights", m0011_rights.SCHEMA),
    (12, "search", m0012_search.SCHEMA),
    (13, "checks", m0013_checks.SCHEMA),
    (14, "two_people", m0014_two_people.SCHEMA),
    (15, "licenses", m0015_licenses.SCHEMA),
    (16, "terms", m0016_terms.SCHEMA),
    (17, "returns", m0017_returns.SCHEMA),
    (18, "taken_back", m0018_taken_back.SCHEMA),
    (19, "spoken", m0019_spoken.SCHEMA),
    (20, "jobs", m0020_jobs.SCHEMA),
    (21, "counts", m0021_counts.SCHEMA),
    (22, "audience", m0022_audience.SCHEMA),
    (40, "telling", m0040_telling.SCHEMA),
)
"""Number, name, and text in the dialect that `db.engine.Engine.ddl` translates. Never edited once released."""

LATEST = STEPS[-1][0]
