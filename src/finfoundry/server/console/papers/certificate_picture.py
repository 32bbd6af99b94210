"""The certificate of an ingestion as a picture: what became of the numbers, which equations hold, which pages were hard to read."""

from __future__ import annotations

from html import escape

from finfoundry.core import svg
from finfoundry.core.document import Certificate

_WIDTH, _BAR, _CELL, _IN_A_ROW = 640, 22, 16, 36
_LETTER, _SIGN = 6.6, 12.0  # width of a Latin and of a Chinese character at most
MOST_PAGES_DRAWN = 720


def certificate_picture(certificate: Certificate, words: dict[str, str]) -> str:
    """An SVG: a bar of all numbers by what became of them, and a square a page: text, recognised, without text."""
    pages = min(certificate.pages, MOST_PAGES_DRAWN)
    rows = (pages + _IN_A_ROW - 1) // _IN_A_ROW
    height = 70 + rows * (_CELL + 2)
    parts = [svg.element("title", escape(words["certificate"])), *_numbers(certificate, words), *_pages(certificate, pages)]
    return svg.picture(
        _WIDTH, height, parts, name=words["certificate"], font_family=svg.SANS, font_size=12, color=svg.INK, **{"class": "chart"}
    )


def _numbers(certificate: Certificate, words: dict[str, str]) -> list[str]:
    everything = max(certificate.numbers, 1)
    in_facts = min(certificate.numbers_in_facts, everything)
    in_tables = max(min(certificate.numbers_in_tables, everything) - in_facts, 0)
    shares = (
        ("in_facts", in_facts, svg.GREEN),
        ("in_tables_only", in_tables, svg.RED),
        ("elsewhere", everything - in_facts - in_tables, svg.PALE),
    )
    found, left, key = [], 0.0, 0.0
    for name, count, colour in shares:
        wide, told = _WIDTH * count / everything, f"{words[name]} ({count:,})"
        found.append(svg.rectangle(left, 0, wide, _BAR, colour))
        found.append(svg.rectangle(key, 32, 10, 10, colour))
        found.append(svg.text(key + 15, 41, told, fill="currentColor"))
        left, key = left + wide, key + 35 + sum(_LETTER if sign.isascii() else _SIGN for sign in told)
    return found


def _pages(certificate: Certificate, pages: int) -> list[str]:
    """Squares by how a page was read."""
    silent, read = set(certificate.pages_without_text), certificate.pages_read_by_ocr
    found = []
    for number in range(1, pages + 1):
        row, column = divmod(number - 1, _IN_A_ROW)
        colour = svg.RED if number in silent else svg.BLUE if number in read else svg.GREEN
        told = f"{number}" + (f": OCR {read[number]:.2f}" if number in read else "")
        square = svg.element(
            "rect", svg.element("title", escape(told)),
            x=column * (_CELL + 1.5), y=58.0 + row * (_CELL + 2), width=_CELL, height=_CELL, fill=colour,
        )  # fmt: skip
        found.append(square)
    return found
