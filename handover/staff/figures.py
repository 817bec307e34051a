"""Pages with figures: charts with their tables, the same as CSV, and the yearly overview that municipalities get."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from handover.closed_years import figures_of, known_years
from handover.staff.permissions import may
from handover.staff.problems import NotPublished
from handover.staff.web import RENDERER, desk_of, keyring_of, login_of, page
from handover.statistics import Figures

HIDDEN = "."


async def shown(request: web.Request) -> web.StreamResponse:
    """The figures of a year. The running year is for whoever reads the cases as well."""
    chosen, listed, fixed = await _chosen(request)
    return page(request, "figures.html", figures=chosen, years=listed, fixed=fixed)


async def as_csv(request: web.Request) -> web.StreamResponse:
    """A complete year as CSV; hidden numbers are a full stop."""
    chosen, *_ = await _chosen(request)
    _only_complete(chosen)
    word, file = request.app[RENDERER].word, io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    words = request.app[RENDERER].words["figure"]
    writer.writerow([words["year"], words["table"], words["row"], words["number"]])
    writer.writerow([chosen.year, words["total"], "", chosen.total if chosen.total is not None else HIDDEN])
    for table in chosen.tables:
        for key, number in (table.rows or {}).items():
            shown = HIDDEN if number is None else number
            writer.writerow(
                [chosen.year, word(table.name, "figure_title"), word(key, f"figure_{table.name}"), shown]
            )
    name = f'attachment; filename="cijfers-{chosen.year}.csv"'
    body = "\ufeff" + file.getvalue()
    return web.Response(
        body=body.encode(), content_type="text/csv", charset="utf-8", headers={"Content-Disposition": name}
    )


async def overview(request: web.Request) -> web.StreamResponse:
    """A complete year on paper."""
    chosen, _, fixed = await _chosen(request)
    _only_complete(chosen)
    return page(request, "overview.html", figures=chosen, fixed=fixed)


async def _chosen(request: web.Request) -> tuple[Figures, list[int], datetime | None]:
    desk, actor = desk_of(request), login_of(request).actor
    this_year = desk.clock().astimezone(ZoneInfo(desk.settings.timezone)).year
    listed = [year for year in await known_years(desk) if year < this_year or may(actor, "cases")]
    asked = request.query.get("jaar", "")
    year = next((one for one in listed if str(one) == asked), listed[0] if listed else this_year - 1)
    found, fixed = await figures_of(desk, actor, keyring_of(request), year, complete=year < this_year)
    return found, listed, fixed


def _only_complete(chosen: Figures) -> None:
    if not chosen.complete:
        raise NotPublished("the year is not over")


ROUTES = [
    web.get("/cijfers", shown),
    web.get("/cijfers/cijfers.csv", as_csv),
    web.get("/cijfers/jaaroverzicht", overview),
]
