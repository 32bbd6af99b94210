"""Made files: the same seed makes the same bytes, each opens in a reader of its own, and what its truth says is printed in it."""

from __future__ import annotations

import csv
import email
import email.policy
import io
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

import docx
import openpyxl
import pypdfium2
import pytest
from docx.oxml.ns import qn
from lxml import html
from PIL import Image
from tests.tiers import slow_but

from finfoundry.core.errors import InputError
from finfoundry.evals.silent_errors.draw import Draw
from finfoundry.evals.silent_errors.expected import Made, Truth
from finfoundry.evals.silent_errors.recipe_book import KINDS, Case, cases, recipe

EVERY = list(cases(7))
FIRST = [case for case in EVERY if case.variant == len(case.kind.name) % 5]  # one of each kind and format
NOT_PRINTED = {"formulas that were never computed"}  # figures that the file leaves to be computed
IN_A_PICTURE = {"picture of a table", "picture of a table in a document"}
Texts = tuple[str, set[Decimal]]  # all text, and what sheets keep as numbers


def _page(data: bytes) -> Texts:
    return "".join(map(str, html.fromstring(data).itertext())), set()


def _pdf(data: bytes) -> Texts:
    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_range() for page in document), set()


def _word(data: bytes) -> Texts:
    document = docx.Document(io.BytesIO(data))
    parts = [document.element, *(part._element for section in document.sections for part in (section.header, section.footer))]
    return "\n".join("".join(text.text or "" for text in one.iter(qn("w:t"))) for part in parts for one in part.iter(qn("w:p"))), set()


def _sheet(data: bytes) -> Texts:
    book = openpyxl.load_workbook(io.BytesIO(data), rich_text=False)
    cells = [cell for sheet in book.worksheets for row in sheet.values for cell in row if cell is not None]
    heads = [sheet.oddHeader.left.text or "" for sheet in book.worksheets if sheet.oddHeader]
    return "\n".join([*map(str, cells), *heads]), {Decimal(str(cell)) for cell in cells if isinstance(cell, int | float)}


def _list(data: bytes) -> Texts:
    encodings = ("utf-8-sig", "utf-16", "gb18030", "big5", "cp1252")
    texts = [data.decode(name) for name in encodings if _decodes(data, name)]
    return "\n".join("\n".join(row) for text in texts for row in csv.reader(io.StringIO(text), delimiter="\x01")), set()


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _mail(data: bytes) -> Texts:
    texts, numbers = [], set[Decimal]()
    for part in email.message_from_bytes(data, policy=email.policy.default).walk():
        content, name = part.get_payload(decode=True), part.get_filename() or f"x.{part.get_content_subtype()}"
        if isinstance(content, bytes) and (read := OPENED.get(name.rpartition(".")[2])):
            charset = part.get_content_charset("utf-8")
            text, some = read(content if part.get_filename() else content.decode(charset).replace(charset, "utf-8").encode())
            texts.append(text)
            numbers |= some
    return "\n".join(texts), numbers


OPENED: dict[str, Callable[[bytes], Texts]] = {
    "pdf": _pdf, "docx": _word, "xlsx": _sheet, "csv": _list, "html": _page, "eml": _mail, "plain": lambda data: (data.decode(), set()),
}  # fmt: skip


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\u200b]+", "", text)


def number_of(printed: str) -> Decimal | None:
    try:
        return Decimal(printed.strip("()%").replace(",", ""))
    except InvalidOperation:
        return None


def test_there_are_at_least_fifty_kinds_and_five_hundred_files() -> None:
    assert len(KINDS) >= 50
    assert len(EVERY) >= 500
    assert len({case.id for case in EVERY}) == len(EVERY)
    assert {lang for kind in KINDS.values() for lang in kind.langs} == {"en", "zh"}


@pytest.mark.parametrize("case", slow_but(FIRST[::6], FIRST), ids=lambda case: case.id)
def test_a_seed_makes_the_same_bytes_and_another_others(case: Case) -> None:
    again, other = (Case(case.kind, case.format, case.variant, seed) for seed in (case.seed, case.seed + 1))
    assert (again.made, again.file) == (case.made, case.file)
    assert other.made.data != case.made.data


PRINTED = [case for case in FIRST if case.format != "png" and case.kind.name not in NOT_PRINTED | IN_A_PICTURE]


@pytest.mark.parametrize("case", PRINTED, ids=lambda case: case.id)
def test_a_file_opens_elsewhere_and_prints_its_truth(case: Case) -> None:
    text, numbers = OPENED[case.made.suffix](case.made.data)
    plain = squeezed(text)
    for figure in case.made.truth.figures:
        there = squeezed(figure.printed) in plain or number_of(figure.printed) in {abs(number) for number in numbers}
        assert there, figure
        for word in figure.label:
            assert squeezed(word) in plain or figure.concept or word in ("consolidated", "parent"), figure


@pytest.mark.parametrize("case", [case for case in FIRST if case.format == "png"], ids=lambda case: case.id)
def test_a_picture_opens(case: Case) -> None:
    with Image.open(io.BytesIO(case.made.data)) as picture:
        assert picture.width > 800
        shades = picture.convert("L").tobytes()
        assert min(shades) < 60 < 200 < max(shades)


def test_all_formats_of_a_variant_have_one_truth() -> None:
    kind = KINDS["one label in two groups"]
    assert len({Case(kind, format, 1, 3).made.truth for format in kind.formats}) == 1


def test_what_is_held_out_says_so_before_its_recipes() -> None:
    """A third of all kinds at least; they lie in modules of their own."""
    held = [kind for kind in KINDS.values() if kind.held_out]
    assert 3 * len(held) >= len(KINDS)
    assert all((".held_" in kind.make.__module__) == kind.held_out for kind in KINDS.values())


def test_a_second_recipe_of_a_name_is_refused() -> None:
    with pytest.raises(InputError, match="two recipes are called"):

        @recipe("superscript mark", "html")
        def other(_: Draw) -> Made:
            return Made(b"", "html", Truth(()))
