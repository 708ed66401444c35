"""Where known platforms keep the feeds of their pages, by the page's address or by what made it. Pure."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

_NAME = r"[\w.%~-]{1,100}"
# Host pattern, path pattern, address of the feed; `{0}` and on are what the path's groups caught.
_BY_ADDRESS: tuple[tuple[str, re.Pattern[str], re.Pattern[str], str], ...] = tuple(
    (name, re.compile(host), re.compile(path), feed)
    for name, host, path, feed in (
        ("YouTube", r"(www\.|m\.)?youtube\.com", rf"/channel/({_NAME})(?:/.*)?", "https://www.youtube.com/feeds/videos.xml?channel_id={0}"),
        ("Reddit", r"(www\.|old\.)?reddit\.com", rf"/(r|u|user)/({_NAME})/?.*", "https://www.reddit.com/{0}/{1}/.rss"),
        ("GitHub", r"github\.com", rf"/({_NAME})/({_NAME})/releases/?.*", "https://github.com/{0}/{1}/releases.atom"),
        ("GitHub", r"github\.com", rf"/({_NAME})/({_NAME})/tags/?.*", "https://github.com/{0}/{1}/tags.atom"),
        ("GitHub", r"github\.com", rf"/({_NAME})/({_NAME})/?.*", "https://github.com/{0}/{1}/releases.atom"),
        ("GitHub", r"github\.com", rf"/({_NAME})/?", "https://github.com/{0}.atom"),
        ("GitLab", r"gitlab\.com", rf"/({_NAME})/({_NAME})/?", "https://gitlab.com/{0}/{1}.atom"),
        ("Medium", r"medium\.com", rf"/(@?{_NAME})/?.*", "https://medium.com/feed/{0}"),
        ("dev.to", r"dev\.to", rf"/({_NAME})/?.*", "https://dev.to/feed/{0}"),
        ("Bluesky", r"bsky\.app", rf"/profile/({_NAME})/?.*", "https://bsky.app/profile/{0}/rss"),
        ("Vimeo", r"vimeo\.com", rf"/({_NAME})/?", "https://vimeo.com/{0}/videos/rss"),
        ("Pinterest", r"(www\.)?pinterest\.[a-z.]+", rf"/({_NAME})/?", "https://www.pinterest.com/{0}/feed.rss"),
        ("Stack Exchange", r"(?P<site>([\w-]+\.)?(stackoverflow|stackexchange|superuser|serverfault)\.com)", rf"/questions/tagged/({_NAME})/?.*", "/feeds/tag/{0}"),
        ("Mastodon", r".+", rf"/(@{_NAME})/?", "/{0}.rss"),
        ("Lemmy", r".+", rf"/c/({_NAME})/?", "/feeds/c/{0}.xml?sort=New"),
        ("Discourse", r".+", rf"/c/({_NAME}(?:/{_NAME})?)/(\d+)/?", "/c/{0}/{1}.rss"),
        ("Medium", r"[\w-]+\.medium\.com", r"/.*", "/feed"),
        ("Substack", r"[\w-]+\.substack\.com", r"/.*", "/feed"),
        ("Tumblr", r"[\w-]+\.tumblr\.com", r"/.*", "/rss"),
        ("Blogger", r"[\w-]+\.blogspot\.[a-z.]+", r"/.*", "/feeds/posts/default"),
        ("WordPress", r"[\w-]+\.wordpress\.com", r"/.*", "/feed/"),
        ("Ghost", r"[\w-]+\.ghost\.io", r"/.*", "/rss/"),
        ("Hashnode", r"[\w-]+\.hashnode\.dev", r"/.*", "/rss.xml"),
        ("Write.as", r"write\.as", rf"/({_NAME})/?.*", "https://write.as/{0}/feed/"),
    )
)  # fmt: skip
_BY_GENERATOR: tuple[tuple[str, str], ...] = (
    ("wordpress", "/feed/"),
    ("ghost", "/rss/"),
    ("hugo", "/index.xml"),
    ("jekyll", "/feed.xml"),
    ("eleventy", "/feed.xml"),
    ("drupal", "/rss.xml"),
    ("blogger", "/feeds/posts/default"),
    ("discourse", "/latest.rss"),
    ("joomla", "/?format=feed&type=rss"),
    ("wix", "/blog-feed.xml"),
    ("squarespace", "/?format=rss"),
    ("substack", "/feed"),
    ("medium", "/feed"),
    ("pelican", "/feeds/all.atom.xml"),
    ("gatsby", "/rss.xml"),
    ("docusaurus", "/blog/rss.xml"),
    ("movable type", "/atom.xml"),
    ("typo3", "/feed.xml"),
    ("textpattern", "/rss/"),
    ("dotclear", "/feed/atom"),
    ("spip", "/spip.php?page=backend"),
    ("bludit", "/rss.xml"),
    ("october", "/blog/rss"),
)


def by_address(url: str) -> tuple[tuple[str, str], ...]:
    """Name of the platform and address of the feed (perhaps relative to the page) for each rule that fits."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    found: list[tuple[str, str]] = []
    listed = parse_qs(parts.query).get("list")
    if host.removeprefix("www.") == "youtube.com" and parts.path == "/playlist" and listed:
        found.append(("YouTube", f"https://www.youtube.com/feeds/videos.xml?playlist_id={listed[0]}"))
    for name, host_rule, path_rule, feed in _BY_ADDRESS:
        path = path_rule.fullmatch(parts.path or "/") if re.fullmatch(host_rule, host) else None
        if path is not None and all(one[0] != name for one in found):
            found.append((name, feed.format(*path.groups())))
    return tuple(found)


def by_generator(generator: str) -> tuple[str, str] | None:
    """Name and path of the feed for what the page says made it; None for others."""
    words = generator.strip().lower()
    return next(((generator.strip()[:60], path) for name, path in _BY_GENERATOR if name in words), None)
