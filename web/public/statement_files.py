"""A partner's statement as a file to be saved, and the month that is asked for; for the partner's page and the admin's."""

from __future__ import annotations

from datetime import UTC, date, datetime

import msgspec
from flask import Response, request
from werkzeug.exceptions import BadRequest, NotFound

from db.store import Store
from feeds.model.partners import Partner
from feeds.model.statements import month_of
from feeds.publish.statements import csv_lines, statement_answer


def asked_month(now: datetime) -> tuple[str, date, date]:
    """The month that is asked for, the present one otherwise, with its first day and that of the next."""
    month = request.args.get("month", f"{now.astimezone(UTC):%Y-%m}")
    try:
        return (month, *month_of(month))
    except ValueError as error:
        raise BadRequest(f"?month= takes a month: {error}.") from error


def statement_download(store: Store, partner: Partner, now: datetime, extension: str) -> Response:
    """Every entry of the month's ledger as CSV, or its statement as JSON."""
    month, begin, end = asked_month(now)
    if extension == "csv":
        made = Response("".join(csv_lines(store.ledger.entries(partner.id, begin, end))), mimetype="text/csv")
    elif extension == "json":
        answer = statement_answer(store.ledger.statement(partner.id, partner.spec.slug, begin, end))
        made = Response(msgspec.json.encode(answer), mimetype="application/json")
    else:
        raise NotFound("A statement is statement.csv or statement.json.")
    made.headers["Content-Disposition"] = f'attachment; filename="{partner.spec.slug}-{month}.{extension}"'
    return made
