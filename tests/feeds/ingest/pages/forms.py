"""One article in the forms in which the web has it: full metadata, theme classes, flat paragraphs, plain text."""

from __future__ import annotations

URL = "https://tideline.example/harbour/skiffs"
TITLE = "Skiffs come home"
CREDIT = "Mara Quill / Tidewater Pictures"
CAPTION = "Skiffs wait at the old slipway before the first race."
BIOGRAPHY = "Ines Calder is a staff writer at the Tideline and has written about small boats since 2011."
PREVIOUS, NEXT = "Storm closes the northern pier", "Why the bell rings twice"
BYLINE = "By Ines Calder and Tomas Reyes, Staff Writers"
TODAY = "Sunday, November 22, 2026"
PARAGRAPHS = (
    "The harbour was full before breakfast. Forty skiffs came round the breakwater in a line, and the children on the "
    "wall counted them aloud until they lost the number.",
    "Nobody had expected such a crowd, the harbour master said, since the race had not been held for nine years and "
    "two of its three founders have died.",
    "By noon the wind had turned, and the smallest boats were towed back one by one while the band played on the quay.",
    "The prize, a brass lamp from a wreck, went to a crew of four cousins who had never sailed together before.",
)


def body(*, between: str = "") -> str:
    """The paragraphs as HTML, the first with a link and emphasis."""
    first = (
        PARAGRAPHS[0]
        .replace("counted", "<em>counted</em>")
        .replace("the number", 'the <a href="/n">number</a>')
    )
    return "".join(f"<p>{one}</p>{between}" for one in (first, *PARAGRAPHS[1:]))


FULL = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE} | Tideline</title>
<link rel="canonical" href="{URL}"><link rel="prev" href="/harbour/storm" title="{PREVIOUS}">
<meta property="og:site_name" content="Tideline"><meta property="og:title" content="{TITLE} | Tideline">
<meta property="og:image" content="https://tideline.example/i/skiffs-1200x630.jpg">
<meta property="og:description" content="Forty boats, nine years late.">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
 {{"@type": "WebSite", "@id": "#site", "name": "Tideline"}},
 {{"@type": "Person", "@id": "#ines", "name": "Ines Calder", "url": "/people/ines"}},
 {{"@type": "NewsArticle", "headline": "{TITLE}", "mainEntityOfPage": "{URL}", "datePublished": "2024-03-14T06:30:00+01:00",
   "dateModified": "2024-03-15T08:00:00+01:00", "author": [{{"@id": "#ines"}}, {{"@type": "Person", "name": "Tomas Reyes"}}],
   "publisher": {{"@type": "Organization", "name": "Tideline"}}, "articleSection": "Harbour", "keywords": ["boats", "race"],
   "image": {{"@type": "ImageObject", "url": "https://tideline.example/i/skiffs-1200x630.jpg"}}}}]}}</script></head>
<body><header><div class="date">{TODAY}</div><nav><a href="/">Home</a> <a href="/news">News</a></nav></header>
<main><article><h1>{TITLE}</h1><p class="byline">{BYLINE} | 14 March 2024</p>
<figure><img src="/i/skiffs.jpg" alt="Boats"><figcaption>{CAPTION} Photo Credit: {CREDIT}</figcaption></figure>
<div itemprop="articleBody">{body()}</div>
<aside class="author-bio"><img src="/i/ines.jpg"><p>{BIOGRAPHY}</p></aside>
<nav class="post-navigation"><a rel="prev" href="/harbour/storm">Previous article {PREVIOUS}</a><a rel="next" href="/harbour/bell">Next article {NEXT}</a></nav>
</article><section class="related"><h2>Related articles</h2><p><a href="/r">Another boat</a></p></section>
<section id="comments"><h2>2 Comments</h2><p>We were there on that very day with all our children and the dog.</p></section></main>
<footer><p>© 2026 Tideline</p></footer></body></html>"""

THEME = f"""<html><head><title>{TITLE} - Tideline</title></head><body>
<div class="top-bar"><span class="current-date">{TODAY}</span> <a href="/">Tideline</a></div>
<div class="menu"><ul><li><a href="/">Home</a></li><li><a href="/news">News</a></li></ul></div>
<div class="post"><h1 class="entry-title">{TITLE}</h1>
<div class="entry-meta"><span class="byline">{BYLINE}</span> <span class="posted-on">14 March 2024</span>
<span class="cat-links"><a rel="category tag" href="/c">Harbour</a></span></div>
<div class="featured-image"><img src="/i/skiffs.jpg"><div class="photo-credit">Photo Credit: {CREDIT}</div><div class="caption">{CAPTION}</div></div>
<div class="share-bar"><a href="#">Facebook</a> <a href="#">Tweet</a></div>
<div class="entry-content">{body(between='<div class="ad-slot">Advertisement</div>')}
<div class="newsletter-box"><p>Subscribe to our newsletter and never miss a tide again.</p></div></div>
<div class="author-box"><img src="/i/ines.jpg"><h4>Ines Calder</h4><p>{BIOGRAPHY}</p></div>
<div class="post-navigation"><a href="/harbour/storm">Previous article {PREVIOUS}</a> <a href="/harbour/bell">Next article {NEXT}</a></div></div>
<div class="related-posts"><h3>Related articles</h3><ul><li><a href="/r">Another boat</a> 3 May 2026</li></ul></div>
<div id="comments"><p>We were there on that very day with all our children and the dog.</p></div>
<div class="footer">© 2026 Tideline</div></body></html>"""

FLAT = f"""<html><head><title>{TITLE} | Tideline</title></head><body><p>Tideline</p><p>{TODAY}</p>
<p><a href="/">Home</a> <a href="/news">News</a></p><p>{TITLE}</p><p>{BYLINE} | 14 March 2024</p>
<p><img src="/i/skiffs.jpg"></p><p>Photo Credit: {CREDIT}</p><p>{CAPTION}</p>{body(between="<p>Advertisement</p>")}
<p>{BIOGRAPHY}</p><p>Previous article <a href="/harbour/storm">{PREVIOUS}</a></p><p>Next article <a href="/harbour/bell">{NEXT}</a></p>
<p>Share this on Facebook</p><p>Subscribe to our newsletter and never miss a tide again.</p><p>© 2026 Tideline</p></body></html>"""

TEXT = "\n\n".join(
    (
        f"Photo Credit: {CREDIT}",
        CAPTION,
        f"{BYLINE} | 14 March 2024",
        *PARAGRAPHS,
        BIOGRAPHY,
        f"Previous article {PREVIOUS}",
        f"Next article {NEXT}",
    )
)
