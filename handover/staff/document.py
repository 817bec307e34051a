"""A transfer as a PDF: the same fields as the JSON file, with the words that staff know them by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from handover.queue import ExportDocument
from handover.queue.filled import STAFF

if TYPE_CHECKING:
    from fpdf import FPDF

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
LABEL_WIDTH = 55.0
Word = Callable[[Any, str], str]
Local = Callable[[datetime], str]


def pdf_of(
    document: ExportDocument, words: Mapping[str, Mapping[str, str]], word: Word, local: Local
) -> bytes:
    """The document on A4, with searchable text; unknown signs become a box, never an error."""
    from fpdf import FPDF  # with its fonts and pictures it takes 30 MB: only who makes a document needs it

    said = words["document"]
    pdf = FPDF(format="A4")
    pdf.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
    pdf.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
    pdf.set_margins(18, 18, 18)
    pdf.set_auto_page_break(auto=True, margin=18)
    pdf.set_lang("nl")
    pdf.set_title(f"{said['title']} {document.reference}")
    pdf.set_creation_date(document.made_at)
    pdf.add_page()
    _line(pdf, f"{said['title']} {document.reference}", size=16, bold=True)
    for label, value in (
        (said["recipient"], word(document.recipient, "recipient")),
        (said["ground"], word(document.ground, "ground")),
        (said["made"], f"{local(document.made_at)}, {document.made_by}"),
    ):
        _pair(pdf, label, value)
    _line(pdf, said["care"], size=9)
    for block, fields in document.fields.items():
        rows = [(name, text) for name, value in fields.items() if (text := _text(value, word, words))]
        if rows:
            pdf.ln(3)
            _line(pdf, word(block, "block"), size=12, bold=True)
            for name, text in rows:
                _pair(pdf, name.replace("_", " ").capitalize(), text)
    return bytes(pdf.output())


def _text(value: Any, word: Word, words: Mapping[str, Mapping[str, str]]) -> str:
    """One value in words; empty where there is nothing to tell."""
    if isinstance(value, dict) and {"value", "status"} <= value.keys():
        if value["status"] == "bekend":
            said = _text(value["value"], word, words)
            return f"{said} ({word(STAFF, 'source')})" if value.get("source") == STAFF else said
        return "" if value["status"] == "niet_gevraagd" else word(value["status"], "field_status")
    if isinstance(value, dict) and "indicator" in value:
        parts = [words["indicator_names"].get(value["indicator"], value["indicator"].replace("_", " "))]
        parts += [word(value["polariteit"], "polarity"), word(value["tijd"], "time")]
        quote = f": “{value['tekst']}”" if value.get("tekst") else ""
        return ", ".join(parts) + quote
    if isinstance(value, dict):
        return str(
            value.get("tekst") or "; ".join(filter(None, (_text(v, word, words) for v in value.values())))
        )
    if isinstance(value, list):
        return "\n".join(filter(None, (_text(one, word, words) for one in value)))
    return "" if value is None or value == "" else word(value, "value")


def _line(pdf: FPDF, text: str, *, size: int, bold: bool = False) -> None:
    pdf.set_font(FONT, "B" if bold else "", size)
    pdf.multi_cell(0, size * 0.5, text, new_x="LMARGIN", new_y="NEXT")


def _pair(pdf: FPDF, label: str, value: str) -> None:
    pdf.set_font(FONT, "B", 9)
    top = pdf.get_y()
    if top > pdf.h - 30:
        pdf.add_page()
        top = pdf.get_y()
    pdf.multi_cell(LABEL_WIDTH - 3, 5, label, new_x="RIGHT", new_y="TOP")
    pdf.set_xy(pdf.l_margin + LABEL_WIDTH, top)
    pdf.set_font(FONT, "", 9)
    pdf.multi_cell(0, 5, value, new_x="LMARGIN", new_y="NEXT")
