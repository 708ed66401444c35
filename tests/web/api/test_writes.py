"""Writing by the API: by whom, in which bounds, once under each key, and only what it was when it was read."""

from __future__ import annotations

import json
import threading
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from feeds.actions.accounts import people, tokens
from feeds.actions.editing.changes import undo
from feeds.actions.gathering import sources
from feeds.actions.operating.tidy import tidy
from feeds.errors import StoreBusyError
from feeds.model.people import Actor, Role
from feeds.model.settings import KeepSettings
from tests.web.api.conftest import BASE, FEED, Site
from tests.web.api.test_api import partner
from web.api.callers import WRITES_A_MINUTE
from web.api.write_endpoints import WRITES
from web.api.writing import LOST_AFTER, MOST_BODY

SOURCE = {"url": "https://pier.example/feed", "title": "The Pier", "topics": ["harbour"], "interval": "2h"}
COMMAND = Actor(name="op", via="command")


class Script:
    """A program with a token."""

    def __init__(
        self,
        site: Site,
        role: Role = "admin",
        *,
        name: str = "mara",
        number: int = 1,
        ends: date | None = None,
    ) -> None:
        self.site, store, now = site, site.newsroom.store, site.newsroom.clock()
        if store.people.get(name) is None:
            store.people.add(name, "admin", "hash", now)
        self.token = tokens.new_token(
            store,
            name,
            role,
            ends_on=ends,
            entropy=lambda count: bytes([number]) * count,
            actor=COMMAND,
            now=now,
        )

    def send(self, method: str, path: str, body: Any = None, client: Any = None, **headers: str) -> Any:
        """The answer; `body` is JSON, or bytes as they are."""
        named = {"Authorization": f"Bearer {self.token}"}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            named.setdefault("Content-Type", "application/json")
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        return (client or self.site.client).open(f"/api/v1{path}", method=method, headers=named, data=data)

    def get(self, path: str, **headers: str) -> Any:
        """What it reads."""
        return self.send("GET", path, **headers)


@pytest.fixture
def script(site: Site) -> Script:
    """An admin's."""
    return Script(site)


def line(site: Site, number: int) -> Any:
    change = site.newsroom.store.changes.change(number)
    assert change is not None
    return change


def lines(site: Site) -> int:
    return len(site.newsroom.store.changes.changes(most=1000))


def urn_of(site: Site, place: int = 0) -> str:
    return quote(site.json("/articles")["articles"][place]["id"])


def slug_of(site: Site) -> str:
    found: str = site.json("/sources")["feeds"][0]["slug"]
    return found


def test_a_source_is_added_changed_paused_and_removed_with_lines_in_the_log(
    site: Site, script: Script
) -> None:
    made = script.send("POST", "/sources", SOURCE)
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{BASE}/api/v1/sources/the-pier"
    assert made.headers["Cache-Control"] == "no-store"
    assert made.json["source"]["interval"] == 7200
    told = line(site, made.json["change"])
    assert (told.who, told.via, told.what) == ("mara", "api", "added the source The Pier")
    read = script.get("/sources/the-pier")
    assert read.headers["ETag"] == made.headers["ETag"]
    assert read.headers["Cache-Control"] == "no-store"
    changed = script.send(
        "PATCH",
        "/sources/the-pier",
        {"share": "headline", "interval": None, "state": "paused"},
        If_Match=read.headers["ETag"],
    )
    assert changed.status_code == 200, changed.text
    assert len(changed.json["changes"]) == 2
    source = changed.json["source"]
    assert (source["share"], source["interval"], source["state"]) == ("headline", None, "paused")
    assert source["topics"] == ["harbour"]
    store, now = site.newsroom.store, site.newsroom.clock()
    settings = site.app.extensions["feedwright"].settings
    for number in reversed(changed.json["changes"]):
        undo(store, number, COMMAND, settings=settings, now=now)
    assert script.get("/sources/the-pier").headers["ETag"] == read.headers["ETag"]
    gone = script.send("DELETE", "/sources/the-pier")
    assert line(site, gone.json["change"]).what == "removed The Pier"
    assert script.get("/sources/the-pier").status_code == 404
    assert script.send("PATCH", "/sources/the-pier", {"share": "full"}).status_code == 404


def test_an_article_is_changed_held_released_withdrawn_restored_and_corrected(
    site: Site, script: Script
) -> None:
    path = f"/articles/{urn_of(site)}"
    told = script.get(path).json
    changed = script.send("PATCH", path, {"title": "Better words", "authors": ["Ada", "Bo"], "held": True})
    assert changed.status_code == 200, changed.text
    article = changed.json["article"]
    assert (article["title"], article["authors"], article["state"]) == ("Better words", ["Ada", "Bo"], "held")
    assert article["changed"] == ["authors", "title"]
    assert site.get(path).status_code == 404
    back = script.send("PATCH", path, {"held": False, "title": None, "authors": None})
    assert script.send("PATCH", path, {"pinned": True}).json["article"]["pinned"] is True
    assert script.send("PATCH", path, {"pinned": False}).json["article"] == told
    assert back.json["article"] == told
    gone = script.send("PATCH", path, {"withdrawn": "It was wrong about a person."})
    assert gone.json["article"]["state"] == "withdrawn"
    assert site.get(path).status_code == 410
    assert script.send("PATCH", path, {"title": "No"}).status_code == 422
    assert script.send("PATCH", path, {"withdrawn": None}).json["article"]["state"] == "published"
    corrected = script.send(
        "POST", f"{path}/correction", {"note": "The pilot was named wrongly.", "title": "Right"}
    )
    assert corrected.status_code == 200, corrected.text
    assert line(site, corrected.json["change"]).what.startswith("corrected the title of ")
    assert site.json(path)["title"] == "Right"


def test_a_topic_is_made_replaced_under_its_tag_and_retired(site: Site, script: Script) -> None:
    body = {"title": "The sea", "phrases": ["pilot"], "match": ["ferry AND fog"]}
    made = script.send("PUT", "/topics/sea", body, If_None_Match="*")
    assert made.status_code == 201, made.text
    assert made.headers["Location"] == f"{BASE}/api/v1/topics/sea"
    assert line(site, made.json["change"]).what == "made the topic The sea"
    unsaid = script.send("PUT", "/topics/sea", body)
    assert (unsaid.status_code, unsaid.json["type"]) == (428, f"{BASE}/api#needs-condition")
    assert script.send("PUT", "/topics/sea", body, If_None_Match="*").status_code == 412
    assert script.send("PUT", "/topics/other", body, If_Match="*").status_code == 412
    replaced = script.send("PUT", "/topics/sea", {"phrases": ["tide"]}, If_Match=made.headers["ETag"])
    assert replaced.status_code == 200, replaced.text
    assert (replaced.json["topic"]["phrases"], replaced.json["topic"]["match"]) == (["tide"], [])
    assert script.send("DELETE", "/topics/sea", If_Match=made.headers["ETag"]).status_code == 412
    assert script.send("DELETE", "/topics/sea", If_Match=replaced.headers["ETag"]).status_code == 200
    assert script.get("/topics/sea").status_code == 404
    assert script.send("PUT", "/topics/sky", {"title": "Without a rule"}).status_code == 422
    wrong = script.send("PUT", "/topics/sky", {"medtop": ["no"]})
    assert (wrong.status_code, "medtop" in wrong.json["detail"]) == (422, True)


def test_each_write_needs_a_token_of_a_role_that_may(site: Site, script: Script) -> None:
    _, key = partner(site)
    values = {"slug": slug_of(site), "id": urn_of(site)}
    viewer, editor = Script(site, "viewer", number=2), Script(site, "editor", number=3)
    before = lines(site)
    for one in WRITES:
        path = f"/api/v1{one.path.format(**values)}"
        sent: dict[str, Any] = {"method": one.method, "json": {}}
        nobody: Any = site.client.open(path, **sent)
        assert (nobody.status_code, nobody.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert "Writing needs a token" in nobody.json["detail"]
        for held, status_code in ((key, 403), ({"Authorization": f"Bearer {script.token}x"}, 401)):
            assert site.client.open(path, headers=held, **sent).status_code == status_code
        refused = viewer.send(one.method, one.path.format(**values), {})
        assert (refused.status_code, "viewer" in refused.json["detail"]) == (403, True)
        status = editor.send(one.method, one.path.format(**values), b"[").status_code
        assert (status == 403) is (one.subject == "sources"), one.name
        for answer in (nobody, refused):
            assert "Access-Control-Allow-Origin" not in answer.headers
            assert answer.headers["Cache-Control"] == "no-store"
        site.newsroom.clock.move(seconds=30)
    assert (
        lines(site) == before + sum(one.method == "DELETE" and one.subject == "topics" for one in WRITES) * 0
    )


def test_a_token_ends_with_its_day_its_person_and_when_it_is_taken_back(site: Site, script: Script) -> None:
    store, clock = site.newsroom.store, site.newsroom.clock
    body, path = {"share": "headline"}, f"/sources/{slug_of(site)}"
    store.people.add("olav", "admin", None, clock())
    ending = Script(site, name="olav", number=2, ends=clock().date())
    assert ending.send("PATCH", path, body).status_code == 200
    clock.move(days=1)
    ended = ending.send("PATCH", path, body)
    assert (ended.status_code, "ended on" in ended.json["detail"]) == (401, True)
    assert ending.get(path).status_code == 401
    other = Script(site, name="olav", number=3)
    people.set_role(store, "olav", "viewer", actor=COMMAND, now=clock())
    assert other.send("PATCH", path, body).status_code == 403
    people.set_role(store, "olav", "admin", actor=COMMAND, now=clock())
    assert other.send("PATCH", path, body).status_code == 200
    tokens.take_token_back(store, "olav", other.token[:10], actor=COMMAND, now=clock())
    assert other.send("PATCH", path, body).status_code == 401
    last = Script(site, name="olav", number=4)
    people.remove_person(store, "olav", actor=COMMAND, now=clock())
    assert last.send("PATCH", path, body).status_code == 401
    # Who comes back under the name does not bring old tokens along.
    store.people.add("olav", "admin", None, clock())
    assert last.send("PATCH", path, body).status_code == 401


def test_a_session_or_a_page_of_another_site_has_no_right_here(site: Site, script: Script) -> None:
    site.client.set_cookie("feedwright_admin", "signed-in", domain="localhost")
    path = f"/api/v1/sources/{slug_of(site)}"
    assert site.client.patch(path, json={"share": "full"}).status_code == 401
    for origin, status in (("https://evil.example", 403), ("null", 403), ("http://[", 403), (BASE, 200)):
        sent = script.send("PATCH", path.removeprefix("/api/v1"), {"share": "full"}, Origin=origin)
        assert sent.status_code == status, origin
    asked = site.client.options(path, headers={"Origin": "https://evil.example"})
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_bodies_are_bounded_and_read_in_words(site: Site, script: Script) -> None:
    path = f"/sources/{slug_of(site)}"
    before = lines(site)
    near = script.send("PATCH", path, {"titel": "x"})
    assert (near.status_code, near.json["detail"]) == (
        400,
        "The body has a key “titel” that means nothing here. Did you mean “title”?",
    )
    for body, status in (
        (b"x" * (MOST_BODY + 1), 413),
        (b"[" * 100_000, 400),
        (b'{"title":' * 20_000, 400),
        (b'{"topics":' + b"[" * 90_000 + b"]" * 90_000 + b"}", 400),
        (b"", 400),
        (b"null", 400),
        (b"{}{}", 400),
        (b'{"title": "\xff"}', 400),
        (b'{"title": "\\ud800"}', 400),
        (b'{"title": "a\\u0000b"}', 400),
        (b'{"title": 7}', 400),
        (b'{"interval": 1e308}', 422),
        (b'{"interval": -5}', 422),
        (b'{"max_bytes": 99999999999999999999999}', 422),
        (b'{"slug": "No Slug!"}', 422),
        (b'{"topics": ["nowhere"]}', 422),
        (b'{"password": "file:/etc/passwd"}', 400),
        (b'{"url": "https://evil.example/"}', 400),
        (b'{"state": "gone"}', 400),
    ):
        answer = script.send("PATCH", path, body)
        assert answer.status_code == status, (body[:60], answer.text)
        assert answer.content_type == "application/problem+json"
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        assert script.send("PATCH", path, {"share": "full"}, Content_Type=kind).status_code == 415
    assert script.send("PATCH", f"{path}?share=full", {}).status_code == 400
    for url in ("file:///etc/passwd", "ftp://a.example/", "nothing", "/etc"):
        assert script.send("POST", "/sources", {"url": url}).status_code in (400, 422), url
    assert script.send("POST", "/sources", {"url": "https://a.example/", "kind": "folder"}).status_code == 400
    assert lines(site) == before


def test_only_what_was_read_is_changed(site: Site, script: Script) -> None:
    path = f"/sources/{slug_of(site)}"
    read = script.get(path, Accept_Encoding="gzip").headers["ETag"]
    assert script.send("PATCH", path, {"share": "headline"}, If_Match=f'"other", {read}').status_code == 200
    late = script.send("PATCH", path, {"share": "full"}, If_Match=read)
    assert (late.status_code, late.headers["ETag"]) == (412, script.get(path).headers["ETag"])
    present = late.headers["ETag"]
    assert script.send("PATCH", path, {"share": "full"}, If_Match=f"W/{present}").status_code == 412
    assert script.send("DELETE", path, If_Match=read).status_code == 412
    assert script.get(path, If_None_Match=present).status_code == 304
    assert script.send("PATCH", path, {"share": "full"}, If_Match="*").status_code == 200
    # A poll changes nothing of its settings.
    settled = script.get(path).headers["ETag"]
    site.newsroom.again()
    assert script.get(path).headers["ETag"] == settled


def test_of_two_that_read_the_same_one_writes(site: Site, script: Script) -> None:
    path = f"/sources/{slug_of(site)}"
    read = script.get(path).headers["ETag"]
    found: list[int] = []

    def write(share: str) -> None:
        client = site.app.test_client()
        body = {"share": share}
        found.append(script.send("PATCH", path, body, client=client, If_Match=read).status_code)
        site.app.extensions["feedwright"].stores.drop()

    threads = [threading.Thread(target=write, args=(share,)) for share in ("headline", "excerpt")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [200, 412]


@pytest.mark.parametrize(("condition", "refused"), [({"If_None_Match": "*"}, 412), ({}, 428)])
def test_of_two_that_make_the_same_topic_at_once_one_makes_it(
    site: Site, script: Script, condition: dict[str, str], refused: int
) -> None:
    # Eight of them each: where nothing keeps the two apart, they meet in one at least.
    paths = [f"/topics/tides-{number}" for number in range(8)]
    begin, found = threading.Barrier(2), dict[tuple[str, str], int]()

    def write(title: str) -> None:
        client, body = site.app.test_client(), {"title": title, "phrases": ["tide"]}
        for path in paths:
            begin.wait(timeout=60)
            found[path, title] = script.send("PUT", path, body, client=client, **condition).status_code
        site.app.extensions["feedwright"].stores.drop()

    threads = [threading.Thread(target=write, args=(title,)) for title in ("Ebb", "Flood")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    for path in paths:
        assert sorted((found[path, "Ebb"], found[path, "Flood"])) == [201, refused], path
        made = "Ebb" if found[path, "Ebb"] == 201 else "Flood"
        assert script.get(path).json["title"] == made


def test_the_same_under_the_same_key_is_done_once(site: Site, script: Script) -> None:
    first = script.send("POST", "/sources", SOURCE, Idempotency_Key="add 1")
    again = script.send("POST", "/sources", SOURCE, Idempotency_Key="add 1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    for name in ("Location", "ETag", "Content-Type"):
        assert again.headers[name] == first.headers[name]
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    other = script.send("POST", "/sources", {**SOURCE, "title": "Else"}, Idempotency_Key="add 1")
    assert (other.status_code, other.json["type"]) == (422, f"{BASE}/api#key-reused")
    assert script.send("DELETE", "/sources/the-pier", Idempotency_Key="add 1").status_code == 422
    # Another script's key is another key; and what was refused is refused the same.
    second = Script(site, number=2)
    for _ in range(2):
        refused = second.send("POST", "/sources", SOURCE, Idempotency_Key="add 1")
        assert (refused.status_code, "already polled" in refused.json["detail"]) == (422, True)
    for key in ("", "x" * 201, "é"):
        assert script.send("POST", "/sources", SOURCE, Idempotency_Key=key).status_code == 400, key
    site.newsroom.clock.move(hours=25)
    assert script.send("POST", "/sources", SOURCE, Idempotency_Key="add 1").status_code == 422
    tidy(site.newsroom.store, KeepSettings(), site.newsroom.clock() + timedelta(hours=25))
    assert site.newsroom.store.engine.rows("SELECT * FROM kept_answers") == []


def test_a_key_whose_write_is_under_way_waits_and_one_that_was_lost_is_done(
    site: Site, script: Script
) -> None:
    store, clock = site.newsroom.store, site.newsroom.clock
    script.send("POST", "/sources", SOURCE, Idempotency_Key="k")
    # As a process leaves it that is at work, or was killed.
    store.engine.run("UPDATE kept_answers SET status = NULL, body = NULL")
    script.send("DELETE", "/sources/the-pier")
    waiting = script.send("POST", "/sources", SOURCE, Idempotency_Key="k")
    assert (waiting.status_code, waiting.json["type"]) == (409, f"{BASE}/api#under-way")
    assert int(waiting.headers["Retry-After"]) > 0
    clock.move(seconds=LOST_AFTER.total_seconds() + 1)
    done = script.send("POST", "/sources", SOURCE, Idempotency_Key="k")
    assert done.status_code == 201, done.text
    # A condition that failed leaves the key free.
    path = "/sources/the-pier"
    assert (
        script.send("PATCH", path, {"share": "full"}, Idempotency_Key="c", If_Match='"x"').status_code == 412
    )
    assert script.send("PATCH", path, {"share": "full"}, Idempotency_Key="c").status_code == 200


def test_of_two_at_once_under_one_key_one_is_done(site: Site, script: Script) -> None:
    found: list[Any] = []

    def write() -> None:
        found.append(
            script.send("POST", "/sources", SOURCE, client=site.app.test_client(), Idempotency_Key="both")
        )
        site.app.extensions["feedwright"].stores.drop()

    before = lines(site)
    threads = [threading.Thread(target=write) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    statuses = sorted(one.status_code for one in found)
    assert statuses in ([201, 201], [201, 409]), [one.text for one in found]
    assert lines(site) == before + 1


def test_scripts_write_so_often_and_reads_are_counted_apart(site: Site, script: Script) -> None:
    path = f"/sources/{slug_of(site)}"
    for _ in range(WRITES_A_MINUTE):
        assert script.send("PATCH", path, {}).status_code == 200
    slow = script.send("PATCH", path, {})
    assert (slow.status_code, int(slow.headers["Retry-After"]) >= 1) == (429, True)
    assert script.get(path).status_code == 200


def test_what_the_file_owns_is_changed_there(site: Site, script: Script) -> None:
    slug = slug_of(site)
    path = site.app.extensions["feedwright"].settings.path
    path.write_text(
        f'[[source]]\nurl = "{FEED}"\n\n[[topic]]\nslug = "harbour"\ncategories = ["Sea"]\n', encoding="utf-8"
    )
    before = lines(site)
    assert script.get(f"/sources/{slug}").json["owned_by_file"] is True
    tag = script.get("/topics/harbour").headers["ETag"]
    for answer in (
        script.send("PATCH", f"/sources/{slug}", {"share": "headline"}),
        script.send("PATCH", f"/sources/{slug}", {"state": "paused"}),
        script.send("DELETE", f"/sources/{slug}"),
        script.send("POST", "/sources", {"url": FEED}),
        script.send("PUT", "/topics/harbour", {"phrases": ["x"]}, If_Match=tag),
        script.send("PUT", "/topics/harbour", {"phrases": ["x"]}),
        script.send("DELETE", "/topics/harbour"),
    ):
        assert (answer.status_code, answer.json["type"]) == (409, f"{BASE}/api#owned-by-file"), answer.text
        assert "config.toml:" in answer.json["detail"]
    assert lines(site) == before


def test_a_busy_database_leaves_the_key_free(
    site: Site, script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: Any, **__: Any) -> Any:
        raise StoreBusyError("The database is busy.")

    with monkeypatch.context() as patched:
        patched.setattr(sources, "add", busy)
        refused = script.send("POST", "/sources", SOURCE, Idempotency_Key="k")
    assert (refused.status_code, "Retry-After" in refused.headers) == (503, True)
    assert "Access-Control-Allow-Origin" not in refused.headers
    done = script.send("POST", "/sources", SOURCE, Idempotency_Key="k")
    assert (done.status_code, done.headers.get("Idempotency-Replayed")) == (201, None)
