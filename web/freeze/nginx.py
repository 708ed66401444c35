"""A frozen site as nginx serves it: maps of addresses, and the locations that answer by them. Pure.

 maps.conf      at the level of http: which class, tag and date an address has, what moved, what a reader holds already
 locations.conf inside a server: which of them is answered how
 nginx.conf     both, in a server of their own

nginx makes its own tags of file times, and looks at If-None-Match before it adds headers; so the tags stand in a map, and a
second map holds a reader's tags against them.
"""

from __future__ import annotations

import re

from feeds.publish.feed_paths import KINDS
from feeds.publish.render import BY_EXTENSION
from web.freeze.catalog import SELF, Catalog, Kind
from web.server.security import HEADERS

BUCKET = 128
PLURALS = "|".join(KINDS)
ENDINGS = "|".join(BY_EXTENSION)
ENDED = (
    rf"^/(?:search|mix|test\.(?:{ENDINGS})|search\.(?:{ENDINGS})|hub|cloud|admin|api|mcp|digest"
    r"|(?:mix|p|ping|websub|admin|api|digest)/.*)$"
)
"""What needs the running program."""
SECRET = ("p", "digest", "ping", "websub")
"""Behind these words addresses hold secrets."""


def configuration(catalog: Catalog, root: str) -> dict[str, str]:
    """The files of the configuration, by their names below the state at `root`."""
    return {
        "nginx/moved.map": "".join(
            f"{_quoted(path)} {_quoted(f'{code} {target}')};\n"
            for path, (code, target) in sorted(catalog.moved.items())
        ),
        "nginx/months.map": "".join(
            f"{_quoted(month)} {_quoted(place)};\n" for month, place in sorted(catalog.months.items())
        ),
        "nginx/maps.conf": _maps(catalog, root),
        "nginx/locations.conf": _locations(catalog, root),
        "nginx.conf": _server(catalog, root),
    }


def _maps(catalog: Catalog, root: str) -> str:
    count = sum(catalog.counts.values())
    bucket = BUCKET
    while bucket < catalog.longest + 32:
        bucket *= 2
    prefix = re.escape(catalog.prefix)
    return f"""# Written by ./run freeze. At the level of http {{ }}.
map_hash_max_size {max(4096, count * 4)};
map_hash_bucket_size {bucket};

map $uri $frozen_path {{
  default "";
  "~^{prefix}(/.*?)/?$" $1;
}}
# A place in the past: `?before=` of a feed, `?page=` of a list; everything else behind the question mark means nothing.
map $arg_before $frozen_before {{
  default "?none";
  "" "";
  "~*^(\\d{{4}}-\\d\\d-\\d\\dT\\d\\d)(?::|%3A)(\\d\\d)(?::|%3A)(\\d\\d\\.\\d{{3}}Z-\\d{{1,18}})$" "?$1.$2.$3";
}}
map $arg_page $frozen_page {{
  default "";
  "~^0*[01]$" "";
  "~^0*([1-9]\\d{{0,5}})$" "?$1";
}}
map $frozen_path $frozen_past {{
  default "";
  "~^/(?:{PLURALS})$" $frozen_page;
  "~^/(?:all|changes|(?:{PLURALS})/[^/.]+)$" $frozen_before;
}}
map "$frozen_path$frozen_past" $frozen_entry {{
  default "";
  include "{root}/nginx/addresses.map";
}}
map $frozen_entry $frozen_class {{ default ""; "~^(\\d+):" $1; }}
map $frozen_entry $frozen_tag {{ default ""; "~^\\d+:([^:]*):" $1; }}
map $frozen_entry $frozen_date {{ default ""; "~^\\d+:[^:]*:z?:(.+)$" $1; }}
# gzip, where it is taken and the plain body is not liked better.
map $http_accept_encoding $frozen_takes {{
  default "";
  "~*(?:^|,)\\s*(?:x-)?gzip\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$)" "";
  "~*(?:^|,)\\s*identity\\s*(?:;\\s*q=1(?:\\.0*)?\\s*)?(?:,.*gzip\\s*;\\s*q=0|$)" "";
  "~*gzip\\s*;\\s*q=0.*,\\s*identity\\s*(?:;\\s*q=1(?:\\.0*)?\\s*)?(?:,|$)" "";
  "~*(?:^|,)\\s*(?:x-)?gzip\\s*(?:;|,|$)" z;
  "~*(?:^|,)\\s*\\*\\s*(?:;\\s*q=(?:1|0\\.0*[1-9]).*)?(?:,|$)" z;
}}
map "$frozen_takes$frozen_entry" $frozen_gz {{ default ""; "~^z\\d+:[^:]*:z:" .gz; }}
map $frozen_gz $frozen_coding {{ default ""; .gz gzip; }}
map "$frozen_gz:$frozen_tag" $frozen_etag {{ default ""; "~^:(.+)$" '"$1"'; "~^.gz:(.+)$" '"$1-gzip"'; }}
map "$frozen_tag|$http_if_none_match" $frozen_known {{
  default "";
  "~^[^|]+\\|\\s*\\*\\s*$" 1;
  '~^([^|]+)\\|.*"\\1(?:-gzip)?"' 1;
}}
{_names(root)}"""


def _names(root: str) -> str:
    """What an address is called without its format, and what is noted of it: where it moved, where its month begins."""
    return f"""map $frozen_past $frozen_below {{
  default "";
  "~^\\?(\\d{{1,6}})$" /page/$1;
  "~^\\?(\\d{{4}}-.+)$" /before/$1;
}}
map $frozen_path $frozen_name {{ default $frozen_path; / /index; }}
# An address without its format: what moved and what is gone is noted so.
map $frozen_path $frozen_stem {{
  default $frozen_path;
  "~^(/(?:{PLURALS})/[^/.]+)(?:/archive/\\d+)?\\.(?:{ENDINGS})$" $1;
}}
map $frozen_path $frozen_rest {{
  default "";
  "~^/(?:{PLURALS})/[^/.]+((?:/archive/\\d+)?\\.(?:{ENDINGS}))$" $1;
}}
map $frozen_stem $frozen_move {{
  default "";
  include "{root}/nginx/moved.map";
}}
map $frozen_move $frozen_308 {{ default ""; "~^308 (.+)$" $1; }}
map $frozen_move $frozen_307 {{ default ""; "~^307 (.+)$" $1; }}
# The next page of a month is not here where it stands in an earlier one: that month leads on.
map $frozen_before $frozen_month {{ default ""; "~Z-0$" ""; "~^\\?(\\d{{4}}-\\d\\d)-" $1; }}
map $frozen_month $frozen_begin {{
  default "";
  include "{root}/nginx/months.map";
}}
map "$frozen_class|$frozen_past|$frozen_begin" $frozen_earlier {{ default ""; "~^\\|\\?\\d{{4}}-[^|]+\\|(.+)$" $1; }}
map $frozen_path $frozen_ended {{ default ""; "~{ENDED}" 1; }}
"""


def _locations(catalog: Catalog, root: str) -> str:
    """How a request is answered, and one location for each class."""
    base, prefix = catalog.base_url, catalog.prefix
    always = "".join(f"  add_header {name} {_quoted(value)} always;\n" for name, value in HEADERS)
    problem = (
        "  internal;\n"
        f'  root "{root}";\n'
        "  types { }\n"
        '  default_type "text/html; charset=utf-8";\n'
        "  if_modified_since off;\n"
        '  add_header Last-Modified "";\n'
        '  add_header Cache-Control "public, max-age=60" always;\n'
        '  add_header X-Robots-Tag "noindex" always;\n'
        f"{always}"
    )
    secret = "".join(
        f"location {prefix}/{word}/ {{\n  access_log off;\n  return 410;\n}}\n" for word in SECRET
    )
    classes = "".join(_class(kind, number, base, root) for kind, number in catalog.kinds.items())
    return f"""# Written by ./run freeze. Inside a server {{ }}.
etag off;
gzip off;
gzip_static off;
max_ranges 0;
absolute_redirect off;
merge_slashes off;
server_tokens off;
error_page 404 /=missing;
error_page 410 /=gone;
# What a reader holds already is answered by its file's headers, the length too; `return 304` would say that it is empty.
error_page 418 =304 /=$frozen_class$frozen_name$frozen_below;

# What has ended and holds secrets is kept in no log.
{secret}location {prefix}/ {{
  if ($frozen_ended) {{ return 410; }}
  if ($frozen_308) {{ return 308 $frozen_308$frozen_rest; }}
  if ($frozen_307) {{ return 307 $frozen_307$frozen_rest; }}
  if (-f "{root}/gone$frozen_stem.html") {{ return 410; }}
  if ($frozen_earlier) {{ return 307 {base}$frozen_path?before=$frozen_earlier; }}
  if ($frozen_class = "") {{ return 404; }}
  if ($request_method !~ "^(?:GET|HEAD|OPTIONS)$") {{ return 405; }}
  if ($frozen_known) {{ return 418; }}
  rewrite ^ /=$frozen_class$frozen_name$frozen_below? last;
}}
location = /=missing {{
{problem}  try_files /problems/404.html =404;
}}
location = /=gone {{
{problem}  try_files /gone$frozen_stem.html /problems/ended.html =404;
}}
{classes}"""


def _class(kind: Kind, number: int, base: str, root: str) -> str:
    suffix = ".html" if kind.suffix == "html" else ""
    headers = [(name, value.replace(SELF, f"{base}$frozen_path")) for name, value in kind.headers]
    lines = [f"  add_header {name} {_quoted(value)};" for name, value in headers]
    open_to_all = [line for line in lines if "Access-Control-" in line]
    preflight = (
        "  if ($request_method = OPTIONS) {\n"
        + "".join(f"  {line}\n" for line in open_to_all)
        + '    add_header Access-Control-Allow-Methods "GET, HEAD, OPTIONS";\n'
        '    add_header Access-Control-Allow-Headers "If-None-Match, If-Modified-Since, A-IM";\n'
        '    add_header Access-Control-Max-Age "86400";\n'
        '    return 200 "";\n'
        "  }\n"
        if open_to_all
        else ""
    )
    return (
        f'location "/={number}/" {{\n'
        "  internal;\n"
        f'  root "{root}/site";\n'
        "  types { }\n"
        f"  default_type {_quoted(kind.media_type)};\n"
        f"  if_modified_since {'before' if kind.is_dated else 'off'};\n"
        "  add_header Last-Modified $frozen_date;\n"
        "  add_header ETag $frozen_etag;\n"
        "  add_header Content-Encoding $frozen_coding;\n"
        + "".join(f"{line}\n" for line in lines)
        + preflight
        # Numbered captures would be those of the maps that are looked up meanwhile.
        + f"  rewrite ^/={number}(?<frozen_file>/.*)$ $frozen_file{suffix}$frozen_gz break;\n"
        "}\n"
    )


def _server(catalog: Catalog, root: str) -> str:
    return f"""# {catalog.base_url} as files, written by ./run freeze. Put into /etc/nginx/conf.d/frozen.conf:
#   include "{catalog.folder}/current/nginx.conf";
# After each freeze: nginx -t && systemctl reload nginx
# For HTTPS write a server of your own, with nginx/maps.conf before it and nginx/locations.conf in it, as here.
include "{root}/nginx/maps.conf";

server {{
  listen 80;
  server_name {catalog.host};
  include "{root}/nginx/locations.conf";
}}
"""


def _quoted(text: str) -> str:
    """The text as nginx reads one word; what it would take for a variable is left to the caller."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
