"""What pages say, gathered for the catalogues: from templates and views, from forms, and from the sentences of rules and actions.

Rules and actions write English, as f-strings where values are in it: here each becomes a message with places, `There is
no source %(slug)s.`, by which pages find its translation again (`web/sentences.py`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

from feeds.model.alerts import KINDS, UNKNOWN
from feeds.model.rights import Share
from feeds.model.statements import COUNTED
from feeds.publish.titles import DESCRIPTIONS
from web.language import FOLDER
from web.sentences import QUOTED

WEB = FOLDER.parent
ROOT = WEB.parent
ENGLISH_PAGES = frozenset({"api.html", "bot.html", "contract.html", "partner.html", "subscriber.html"})
"""For those who write programs: in English, and marked so."""
KEYWORDS = {
    "_": None, "gettext": None, "later": None, "ngettext": (1, 2), "pair": (1, 2), "pgettext": ((1, "c"), 2),
    "NotFound": None, "Gone": None, "BadRequest": None,
}  # fmt: skip
"""What a page says of an error is its description."""
SAYING = (
    "feeds/actions/**/*.py",
    "feeds/config/expressions.py",
    "feeds/config/secrets.py",
    "feeds/config/values.py",
    "feeds/http/*.py",
    "feeds/ingest/formats/*.py",
    "feeds/ingest/pages/*.py",
    "feeds/ingest/poll/*.py",
    "feeds/ingest/rules/topics.py",
    "feeds/model/mixes.py",
    "feeds/text/colours.py",
    "feeds/model/partners.py",
    "db/partners.py",
    "db/tokens.py",
    "db/subjects/*.py",
    "web/admin/**/*.py",
    "web/public/statement_files.py",
)
"""Where sentences are written that an admin reads on pages."""
COMMANDS_ONLY = frozenset(
    {
        "article_imports",
        "list_edits",
        "list_following",
        "list_polls",
        "listings",
        "pings",
        "signing_keys",
        "subscribe",
        "totp",
    }
)
"""What these say is read in a terminal, or by programs."""
SAID_AS = frozenset("cause detail evidence label message next_step reason status_detail text what".split())
"""Under these names sentences are handed on."""
THROUGHOUT = frozenset(
    {
        "alerts",
        "authors",
        "backups",
        "certificate",
        "explain",
        "fetch",
        "hub_edits",
        "passkeys",
        "preview",
        "topics",
        "transport",
        "watch",
    }
)
"""Modules of `SAYING`, outside `web`, in which all but docstrings may come on a page."""
RAISED = re.compile(r"(Error|Failed|Forbidden|NotFound|Unauthorized|BadRequest)$")
FORMS = ("web/admin/*/forms.py", "web/admin/publishing/partner_form.py")
LEAST_LETTERS = 7
"""Fixed letters that a sentence with places needs: with fewer, any text would be of its form."""
MOST_FORMS = 12
FEW = 4
"""So many words in one place make forms of their own; of more, each is found by itself."""


def templates() -> list[Path]:
    folder = WEB / "templates"
    pages = [path for path in sorted(folder.glob("*.html")) if path.name not in ENGLISH_PAGES]
    return [*pages, *sorted((folder / "admin").glob("*.html"))]


def views() -> list[Path]:
    return [
        *sorted((WEB / "public").glob("*.py")),
        WEB / "freeze" / "freezing.py",
        WEB / "problems.py",
        *sorted((WEB / "admin").rglob("*.py")),
    ]


def messages() -> Catalog:
    """What pages say, as it stands in templates, views, forms, rules and actions."""
    found = Catalog()
    for path in (*templates(), *views()):
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = {"trimmed": "true", "encoding": "utf-8", "silent": "false"}
        for _, message, _, context in extract_from_file(method, path, keywords=KEYWORDS, options=options):
            if message:
                found.add(message, locations=[(str(path.relative_to(ROOT)), 0)], context=context)
    for sentence in DESCRIPTIONS.values():
        found.add(sentence, locations=[("feeds/publish/titles.py", 0)])
    for kind in (*KINDS.values(), UNKNOWN):
        found.add(kind.label, locations=[("feeds/model/alerts.py", 0)])
    found.add(QUOTED, locations=[("web/sentences.py", 0)])
    for word in (*COUNTED, *get_args(Share)):
        found.add(word, locations=[("feeds/model", 0)])
    for path in (path for pattern in FORMS for path in sorted(ROOT.glob(pattern))):
        for text in form_texts(path):
            found.add(text, locations=[(str(path.relative_to(ROOT)), 0)])
    for path in saying():
        for text in Sayings(path).every():
            found.add(text, locations=[(str(path.relative_to(ROOT)), 0)])
    return found


def saying() -> list[Path]:
    found = (path for pattern in SAYING for path in sorted(ROOT.glob(pattern)))
    return [path for path in found if "actions" not in path.parts or path.stem not in COMMANDS_ONLY]


def form_texts(path: Path) -> Iterator[str]:
    """Labels, hints, choices and refusals of the fields in that module."""
    for call in _calls(ast.parse(path.read_text("utf-8"))):
        name = _name_of(call.func)
        wanted: list[ast.expr] = []
        if name.endswith("Field"):
            wanted += call.args[:1]
            for keyword in call.keywords:
                if keyword.arg in ("description", "wrong"):
                    wanted.append(keyword.value)
                if keyword.arg == "choices" and isinstance(keyword.value, ast.Dict):
                    wanted += keyword.value.values
        elif name.endswith(("Required", "Range")):
            wanted += call.args
        for one in wanted:
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
                yield one.value


@dataclass(slots=True)
class Sayings:
    """The sentences that one module writes."""

    path: Path
    _tree: ast.Module = field(init=False)
    _named: dict[str, list[ast.expr]] = field(init=False)

    def __post_init__(self) -> None:
        self._tree = ast.parse(self.path.read_text("utf-8"))
        self._named = {}
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for target in targets:
                    if isinstance(target, ast.Name):
                        self._named.setdefault(target.id, []).append(node.value)

    def every(self) -> Iterator[str]:
        """Each sentence, with its values as places."""
        for text in self._throughout():
            if _says_something(text):
                yield text
        for wanted in (*map(self._of_call, _calls(self._tree)), self._errors()):
            for one in wanted:
                for text in self._forms(one):
                    if _says_something(text):
                        yield text
        for call in _calls(self._tree):
            # One by its name, many by their number.
            if _name_of(call.func) == "several" and len(call.args) == 2:
                yield f"%(count)s {ast.literal_eval(call.args[1])}"
            # A line of the log begins with what was done; who did it stands before it.
            for one in (one.value for one in call.keywords if one.arg == "what"):
                yield from (text for text in self._forms(one) if re.match(r"[a-z]{3,} ?\S", text))

    def _errors(self) -> list[ast.expr]:
        """What views put at a field by themselves."""
        return [
            one
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.List)
            for target in node.targets
            if isinstance(target, ast.Attribute) and target.attr == "errors"
            for one in node.value.elts
        ]

    def _of_call(self, call: ast.Call) -> list[ast.expr]:
        wanted = [one.value for one in call.keywords if one.arg in SAID_AS]
        name = _name_of(call.func)
        if RAISED.search(name):
            wanted += call.args[:1]
        # An alert: its kind, its subject, what is said of it, and when.
        if name == "open" and len(call.args) == 4:
            wanted.append(call.args[2])
        # Why an address may be the feed of a page.
        if name == "take" and len(call.args) >= 3:
            wanted.append(call.args[2])
        # How far a job is: done, of how many, and in words.
        if name == "progress" and len(call.args) == 3:
            wanted.append(call.args[2])
        return wanted

    def _throughout(self) -> Iterator[str]:
        if (
            self.path.stem not in THROUGHOUT
            or WEB in self.path.parents
            or self.path.parent.name == "subjects"
        ):
            return
        inner = {
            id(child)
            for node in ast.walk(self._tree)
            if isinstance(node, ast.Expr | ast.JoinedStr | ast.FormattedValue)
            and not isinstance(getattr(node, "value", None), ast.Call)
            for child in ast.walk(node)
            if child is not node
        }
        for node in ast.walk(self._tree):
            if id(node) not in inner and isinstance(node, ast.Constant | ast.JoinedStr):
                yield from (text.strip() for text in self._forms(node) if " " in text.strip())

    def _forms(self, node: ast.expr) -> list[str]:
        """What the expression may say."""
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else []
        if isinstance(node, ast.Lambda):
            return self._forms(node.body)
        if chosen := self._chosen(node):
            return [text for one in chosen for text in self._forms(one)]
        if isinstance(node, ast.Name):
            return [text for one in self._named.get(node.id, ()) for text in self._stated(one)]
        if isinstance(node, ast.JoinedStr):
            names: list[str] = []
            parts = [self._part(one, names) for one in node.values]
            if any(isinstance(one, ast.FormattedValue) for one in node.values):
                return [_joined("".join(one)) for one in list(product(*parts))[:MOST_FORMS]]
        return []

    def _stated(self, node: ast.expr) -> list[str]:
        """The same of what a name stands for, where that is written beside it."""
        if isinstance(node, ast.Call) and _name_of(node.func) == "later":
            return self._stated(node.args[0])
        if chosen := self._chosen(node):
            return [text for one in chosen for text in self._stated(one)]
        return self._forms(node) if isinstance(node, ast.Constant | ast.JoinedStr) else []

    def _part(self, node: ast.expr, names: list[str]) -> list[str]:
        """What one part of an f-string may say: its words, or the place of a value."""
        if isinstance(node, ast.Constant):
            return [str(node.value).replace("%", "%%")]
        assert isinstance(node, ast.FormattedValue)
        if node.conversion == -1 and (written := self._written(node.value)):
            return written
        name = _place_of(node.value)
        if name in names:
            name = f"{name}_{names.count(name) + 1}"
        names.append(name)
        return [f"%({name})s"]

    def _chosen(self, node: ast.expr) -> list[ast.expr]:
        """The expressions of which one is taken: by a condition, or by a key."""
        if isinstance(node, ast.IfExp):
            return [node.body, node.orelse]
        table = node.value if isinstance(node, ast.Subscript) else None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            table = node.func.value
        if isinstance(table, ast.Name):
            tables = self._named.get(table.id, [])
            table = tables[0] if len(tables) == 1 else None
        return list(table.values) if isinstance(table, ast.Dict) else []

    def _written(self, node: ast.expr) -> list[str]:
        """What a part may say, where that is a whole sentence or one of a few words; empty if it is a value."""
        given = self._named.get(node.id, []) if isinstance(node, ast.Name) else [node]
        chosen = self._chosen(given[0]) if len(given) == 1 else []
        if len(given) != 1 or len(chosen) > FEW:
            return []
        said = [text for one in chosen or given for text in self._stated(one)]
        is_whole = len(said) >= len(chosen) if chosen else len(said) == 1 and said[0].endswith(".")
        return said if is_whole and "%(" not in "".join(said) else []


def _joined(message: str) -> str:
    """Places beside each other as one: nothing fixed says where one value ends and the next begins."""
    return re.sub(r"%\(\w+\)s(?: ?%\((?!what\))\w+\)s)+", "%(detail)s", message)


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _place_of(node: ast.expr) -> str:
    """A name for the place of that value."""
    if isinstance(node, ast.Name | ast.Attribute) and _name_of(node):
        return _name_of(node).strip("_").lower()
    if isinstance(node, ast.Call) and _name_of(node.func) == "several":
        return "several"
    if isinstance(node, ast.Call):
        several = [_place_of(one) for one in node.args]
        named = [one for one in several if one != "value"]
        return named[0] if named else "value"
    if isinstance(node, ast.Subscript):
        return _place_of(node.value)
    return "value"


def _says_something(text: str) -> bool:
    """True for a sentence, or a few words; False for names and what is hardly more than its values."""
    fixed = re.sub(r"%\(\w+\)s", " ", text)
    letters = sum(one.isalpha() for one in fixed)
    if "%(" in text:
        return letters >= LEAST_LETTERS and len(fixed.split()) > 1
    return letters >= 3 and (" " in text or text.islower()) and "/" not in text.split(" ", maxsplit=1)[0]
