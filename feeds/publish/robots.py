"""What we ask of robots: `robots.txt`, and how AI may use our feeds, in the words of each convention. It keeps nobody out. Pure.

`Content-Usage` is of draft-ietf-aipref-attach-04, `Content-Signal` a line that many sites have already, RSL 1.0 of
rslstandard.org (section 4.7: only for what stands on our own origin).
"""

from __future__ import annotations

from collections.abc import Mapping

from feeds.model.outgoing import AiUse, SiteInfo

_USAGE: Mapping[AiUse, str] = {"all": "train-ai=y", "answers": "train-ai=n", "none": "train-ai=n"}
_SIGNAL: Mapping[AiUse, str] = {
    "all": "search=yes, ai-input=yes, ai-train=yes",
    "answers": "search=yes, ai-input=yes, ai-train=no",
    "none": "search=yes, ai-input=no, ai-train=no",
}
_PROHIBITED: Mapping[AiUse, str] = {"answers": "ai-train", "none": "ai-all"}
NOT_FOR_ROBOTS = ("/admin/", "/api/", "/mix/", "/p/", "/partner/", "/search", "/subscription/")
"""What is made for one visitor alone, or nobody's to find."""


def content_usage(ai: AiUse) -> str | None:
    """The value of the header `Content-Usage`; None if nothing is stated."""
    return _USAGE.get(ai)


def rsl_prohibited(ai: AiUse) -> str | None:
    """The usage that RSL terms prohibit; None if they prohibit none."""
    return _PROHIBITED.get(ai)


def robots_txt(site: SiteInfo) -> str:
    """`robots.txt` (RFC 9309): one group for everybody, and where the sitemaps are."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS)]
    if site.ai in _USAGE:
        lines += [f"Content-Usage: {_USAGE[site.ai]}", f"Content-Signal: {_SIGNAL[site.ai]}"]
    lines += ["", f"Sitemap: {site.base_url}/sitemap.xml", f"Sitemap: {site.base_url}/news-sitemap.xml"]
    return "\n".join(lines) + "\n"
