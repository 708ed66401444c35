"""A frozen site as Caddy serves it. Pure.

Tags stand in files beside the bodies (`etag_file_extensions`); a class that is not the first of its suffix is told by an empty
file beside the body. Caddy holds a reader's tag against the one coding it sends, so each tag is first made into both.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from web.freeze.catalog import SELF, Catalog, Kind
from web.freeze.nginx import ENDED, ENDINGS, PLURALS
from web.server.security import HEADERS

ASKED = "{http.request.orig_uri.path}"
UNSET = ("Vary",)
"""Headers that Caddy's file server sends by itself."""


def configuration(catalog: Catalog, root: str) -> str:
    """The Caddyfile of the state at `root`."""
    parts = urlsplit(catalog.base_url)
    prefix = (
        f"\t\t@outside not path {catalog.prefix}/*\n\t\terror @outside 404\n\t\turi strip_prefix {catalog.prefix}\n"
        if catalog.prefix
        else ""
    )
    return f"""# {catalog.base_url} as files, written by ./run freeze; for Caddy 2.8 or newer.
#   import {catalog.folder}/current/Caddyfile
# After each freeze: caddy reload
{{$SITE:{parts.netloc}}} {{
	root * {_quoted(f"{root}/site")}
	route {{
{prefix}		uri path_regexp ^(/.*[^/])/$ $1
		@ended path_regexp {_quoted(ENDED)}
		error @ended 410
		@method not method GET HEAD OPTIONS
		error @method 405
		@inside path_regexp `(?:\\.(?:html|gz|etag|h\\d+)|/(?:before|page)/[^/]+)$`
		error @inside 404
{_stem(catalog)}
		map {{query.before}} {{frozen_past}} {{
			`~^(\\d{{4}}-\\d\\d-\\d\\dT\\d\\d):(\\d\\d):(\\d\\d\\.\\d{{3}}Z-\\d{{1,18}})$` "/before/${{1}}.${{2}}.${{3}}"
			~.+ /none
			default ""
		}}
		map {{query.before}} {{frozen_month}} {{
			`~^(\\d{{4}}-\\d\\d)-.*Z-0*[1-9]\\d*$` "${{1}}"
			default ""
		}}
		map {{query.page}} {{frozen_page}} {{
			`~^0*[01]$` ""
			`~^0*([1-9]\\d{{0,5}})$` "/page/${{1}}"
			default ""
		}}
{_files(catalog)}{_elsewhere(catalog, root)}{_errors(catalog, root)}"""


def _files(catalog: Catalog) -> str:
    """What there is, by its file and the headers of its class."""
    return f"""		@home path /
		rewrite @home /index.html
		@list path_regexp ^/(?:{PLURALS})$
		rewrite @list {{path}}{{frozen_page}}.html
		@feed path_regexp ^/(?:all|changes|(?:{PLURALS})/[^/.]+)$
		rewrite @feed {{path}}{{frozen_past}}.html
		@page path_regexp ^/(?:articles/\\d+|contract|bot)$
		rewrite @page {{path}}.html

		@known file
		route @known {{
			request_header If-None-Match `"([^"]*?)(?:-gzip)?"` `"$1", "$1-gzip"`
{_classes(catalog)}			file_server {{
				precompressed gzip
				etag_file_extensions .etag
				disable_canonical_uris
			}}
		}}

"""


def _elsewhere(catalog: Catalog, root: str) -> str:
    """What moved, what is gone, and months that begin in an earlier page."""
    parts = urlsplit(catalog.base_url)
    months = "".join(f"\t\t\t{month} {place}\n" for month, place in sorted(catalog.months.items()))
    moved = "".join(
        f"\t\t\t{path} {_quoted(target)} {code}\n" for path, (code, target) in sorted(catalog.moved.items())
    )
    return f"""		map {{frozen_stem}} {{frozen_target}} {{frozen_code}} {{
{moved}			default "" ""
		}}
		@moved not vars {{frozen_target}} ""
		redir @moved {{frozen_target}}{{frozen_rest}} {{frozen_code}}
		@gone file {{
			root {_quoted(f"{root}/gone")}
			try_files {{frozen_stem}}.html
		}}
		error @gone 410
		map {{frozen_month}} {{frozen_begin}} {{
{months}			default ""
		}}
		@earlier {{
			not vars {{frozen_begin}} ""
			path_regexp ^/(?:all|changes|(?:{PLURALS})/[^/.]+)/before/
		}}
		redir @earlier {parts.scheme}://{parts.netloc}{ASKED}?before={{frozen_begin}} 307
		error 404
	}}
"""


def _errors(catalog: Catalog, root: str) -> str:
    """The pages of what is not here, and of what ended."""
    security = "".join(f"\t\t\t{name} {_quoted(value)}\n" for name, value in HEADERS)
    return f"""	handle_errors {{
		root * {_quoted(root)}
		header {{
			Content-Type "text/html; charset=utf-8"
			Cache-Control "public, max-age=60"
			X-Robots-Tag noindex
{security}		}}
{_stem(catalog)}
		@gone expression `{{err.status_code}} == 410`
		route @gone {{
			try_files /gone{{frozen_stem}}.html /problems/ended.html
			file_server {{
				status 410
			}}
		}}
		route {{
			rewrite * /problems/404.html
			file_server {{
				status {{err.status_code}}
			}}
		}}
	}}
}}
"""


def _stem(catalog: Catalog) -> str:
    """An address without its format, by which what moved and what is gone is noted; of the request as it came in.

    (Caddy looks a map up when its value is asked for: the path has been rewritten by then.)
    """
    prefix = re.escape(catalog.prefix)
    return (
        f"\t\tmap {ASKED} {{frozen_stem}} {{frozen_rest}} {{\n"
        f"\t\t\t`~^{prefix}(/(?:{PLURALS})/[^/.]+)((?:/archive/\\d+)?\\.(?:{ENDINGS}))/?$` ${{1}} ${{2}}\n"
        f'\t\t\t`~^{prefix}(/.*?)/?$` ${{1}} ""\n'
        '\t\t\tdefault /none ""\n'
        "\t\t}"
    )


def _classes(catalog: Catalog) -> str:
    found = ""
    for kind, number in catalog.kinds.items():
        if catalog.is_first(number):
            found += f"\t\t\t@h{number} path *.{kind.suffix}\n" + _headers(catalog, kind, number, ())
    for kind, number in catalog.kinds.items():
        if not catalog.is_first(number):
            [first] = [
                one for one, found_no in catalog.kinds.items() if found_no == catalog.first_of(kind.suffix)
            ]
            own = {name for name, _ in kind.headers}
            unset = tuple(name for name, _ in first.headers if name not in own)
            found += (
                f"\t\t\t@h{number} {{\n\t\t\t\tpath *.{kind.suffix}\n\t\t\t\tfile {{path}}.h{number}\n\t\t\t}}\n"
                + _headers(catalog, kind, number, unset)
            )
    suffixes = sorted({kind.suffix for kind in catalog.kinds if _is_open(kind)})
    preflight = f"""			@preflight {{
				method OPTIONS
				path {" ".join(f"*.{one}" for one in suffixes)}
			}}
			header @preflight {{
				Access-Control-Allow-Methods "GET, HEAD, OPTIONS"
				Access-Control-Allow-Headers "If-None-Match, If-Modified-Since, A-IM"
				Access-Control-Max-Age 86400
			}}
			respond @preflight 200
"""
    return (
        found + (preflight if suffixes else "") + "\t\t\t@options method OPTIONS\n\t\t\terror @options 405\n"
    )


def _is_open(kind: Kind) -> bool:
    return any(name == "Access-Control-Allow-Origin" for name, _ in kind.headers)


def _headers(catalog: Catalog, kind: Kind, number: int, unset: tuple[str, ...]) -> str:
    parts = urlsplit(catalog.base_url)
    lines = [f"-{name}" for name in unset if name not in UNSET]
    for name, value in (("Content-Type", kind.media_type), *kind.headers):
        if name not in UNSET:
            lines.append(f"{name} {_quoted(value.replace(SELF, f'{parts.scheme}://{parts.netloc}{ASKED}'))}")
    return f"\t\t\theader @h{number} {{\n" + "".join(f"\t\t\t\t{line}\n" for line in lines) + "\t\t\t}\n"


def _quoted(text: str) -> str:
    """The text as a Caddyfile reads one word, whatever quotes stand in it."""
    return "`" + text.replace("`", "") + "`"
