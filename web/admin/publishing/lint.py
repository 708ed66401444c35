"""A feed held against what a partner demands: each article with the rule that it breaks."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response as AnyResponse

from feeds.actions.publishing.lint import LintReport, found_profile, lint
from feeds.errors import FeedwrightError
from feeds.model.partners import feed_of_path
from feeds.publish.profiles import PROFILES
from web.admin.frame import Frame
from web.language import Spoken, sentence

MOST_SHOWN = 500


def add(frame: Frame) -> None:
    """Hangs the screen into the frame."""

    @frame.get("/feeds/lint")
    def lint_feed() -> AnyResponse:
        path, name = request.args.get("feed", "all").strip()[:2000], request.args.get("profile", "plain")
        fault: str = ""
        report = None
        try:
            report = _report(frame, path, name)
        except (FeedwrightError, ValueError) as error:
            text = sentence(str(error))
            fault = Spoken(f"{text[:1].upper()}{text[1:]}")
        return frame.page(
            "lint.html",
            status=400 if fault else 200,
            profiles=PROFILES.values(),
            feed=path,
            profile=name,
            fault=fault,
            report=report,
            shown=report.breaches[:MOST_SHOWN] if report else (),
        )


def _report(frame: Frame, path: str, name: str) -> LintReport:
    key = feed_of_path(path)
    return lint(frame.store, frame.settings(), key, found_profile(name), frame.context.clock())
