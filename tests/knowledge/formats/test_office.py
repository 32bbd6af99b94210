"""PPTX, XLS, pictures: read as programs write them, each figure with the place that a citation needs."""

import datetime
import io
from collections.abc import Callable
from decimal import Decimal

import pptx
import pytest
import xlwt
from PIL import Image
from tests.knowledge.formats.office import old_workbook, presentation, scan
from tests.tiers import slow_but

from finfoundry.core.document import Block, Fact, Parsed
from finfoundry.core.errors import ParseError
from finfoundry.knowledge.formats import parse_document, sniff
from finfoundry.knowledge.ingest.parse_file import parse

FIGURES = {
    ("Revenue", "2024", Decimal(9_876_000_000)), ("Revenue", "2023", Decimal(8_765_000_000)),
    ("Net profit", "2024", Decimal(1_234_000_000)), ("Net profit", "2023", Decimal(-1_100_000_000)),
}  # fmt: skip


def figures(read: Parsed) -> set[tuple[str, str, Decimal]]:
    return {(fact.metric[-1], fact.period[:4], fact.value) for fact in read.facts}


def fact(read: Parsed, metric: str, year: str) -> Fact:
    return next(fact for fact in read.facts if fact.metric[-1] == metric and fact.period.startswith(year))


def test_a_presentation_gives_tables_charts_and_notes_with_their_slides() -> None:
    read = parse(presentation(), "board.pptx")
    assert figures(read) >= {*FIGURES, ("Headcount", "2024", Decimal(1350))}
    assert (fact(read, "Revenue", "2024").locator or {})["slide"] == "1"
    assert (fact(read, "Revenue", "2024").locator or {})["cell"] == "R2C2"
    assert (fact(read, "Headcount", "2023").locator or {})["slide"] == "2"
    notes = [block for block in read.document.pages[0].blocks if (block.locator or {}).get("part") == "notes"]
    assert [block.text for block in notes] == ["Revenue grew by 12.7% in 2024."]
    assert [page.number for page in read.document.pages] == [1, 2, 3]
    assert any("slide 3 is hidden" in loss for loss in read.certificate.losses)


def test_an_old_workbook_is_read_like_a_new_one() -> None:
    read = parse(old_workbook(), "figures.xls")
    assert figures(read) == FIGURES
    assert fact(read, "Net profit", "2023").text == "(1,100)"
    assert fact(read, "Net profit", "2023").locator == {"sheet": "Results", "cell": "C3"}
    assert any("secret" in loss for loss in read.certificate.losses)


def test_an_old_workbook_keeps_dates_merges_and_truths() -> None:
    book, stream = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("a")
    sheet.write_merge(0, 0, 1, 2, "Year ended 31 December")
    sheet.write(1, 0, "as at")
    sheet.write(1, 1, datetime.date(2024, 12, 31), xlwt.easyxf(num_format_str="dd.mm.yyyy"))
    sheet.write(1, 2, True)
    book.save(stream)
    (page,) = parse_document(stream.getvalue(), "a.xls").pages
    cells = {cell.text: cell for block in page.blocks for cell in block.cells}
    assert {"2024-12-31", "TRUE"} <= cells.keys()
    lines = [block.text for block in page.blocks if block.kind == "paragraph"]
    assert "Year ended 31 December" in lines or cells["Year ended 31 December"].column_span == 2


@pytest.mark.parametrize("turn", slow_but([90], [0, 90, 180]))
def test_a_picture_is_read_whichever_way_it_lies(turn: int) -> None:
    read = parse(scan(turn=turn), "scan.png")
    assert figures(read) == FIGURES
    page = read.document.pages[0]
    box = fact(read, "Revenue", "2023").box
    assert page.source == "ocr"
    assert box is not None
    assert 0 <= box[0] < box[2] <= page.width
    assert 0 <= box[1] < box[3] <= page.height
    assert (box[3] - box[1] > box[2] - box[0]) == (turn == 90)


def test_a_scan_that_lies_askew_keeps_its_rows() -> None:
    """Over the width of the page its lines fall by more than the space between them; places are those of the picture as it is."""
    askew, stream = Image.open(io.BytesIO(scan())).convert("L").rotate(1.5, expand=True, fillcolor=255), io.BytesIO()
    askew.save(stream, "PNG", dpi=(150, 150))
    read = parse(stream.getvalue(), "askew.png")
    assert figures(read) == FIGURES
    first, last = fact(read, "Revenue", "2024").box, fact(read, "Revenue", "2023").box
    assert first is not None
    assert last is not None
    assert first[1] > last[1] + 2  # turned counter-clockwise: the line rises


def test_each_page_of_a_tiff_is_a_page() -> None:
    read = parse(scan(kind="TIFF", pages=2), "fax.tif")
    assert [page.number for page in read.document.pages] == [1, 2]
    assert {found.page for found in read.facts} == {1, 2}
    assert read.document.media_type == "image/tiff"


def test_a_picture_that_would_fill_the_memory_is_refused() -> None:
    stream = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(stream, "PNG")
    with pytest.raises(ParseError, match="pixels"):
        parse_document(stream.getvalue(), "huge.png")


@pytest.mark.parametrize(("name", "written"), [("scan.png", scan), ("board.pptx", presentation), ("figures.xls", old_workbook)])
def test_a_file_cut_short_is_refused_by_name(name: str, written: Callable[[], bytes]) -> None:
    data = written()
    with pytest.raises(ParseError, match=name.replace(".", r"\.")) as refusal:
        parse_document(data[: len(data) // 2], name)
    assert refusal.value.remedy


def stream_names(*names: str) -> bytes:
    """A compound file of old Office programs with empty streams of these names, as their directories have them."""

    def entry(name: str, kind: int, right: int, child: int) -> bytes:
        text = name.encode("utf-16-le").ljust(64, b"\0")
        links = b"\xff\xff\xff\xff" + right.to_bytes(4, "little") + child.to_bytes(4, "little")
        return text + (2 * len(name) + 2).to_bytes(2, "little") + bytes([kind, 1]) + links + bytes(48)

    nothing = 0xFFFFFFFF
    last = len(names)
    entries = [entry("Root Entry", 5, nothing, 1)]
    entries += [entry(name, 2, number + 1 if number < last else nothing, nothing) for number, name in enumerate(names, 1)]
    directory = b"".join(entries).ljust(1024, b"\0")
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    header[30:32] = (9).to_bytes(2, "little")
    header[48:52] = (1).to_bytes(4, "little")
    header[76:80] = (0).to_bytes(4, "little")
    header[80:512] = b"\xff" * 432
    table = b"".join(number.to_bytes(4, "little") for number in (0xFFFFFFFD, 2, 0xFFFFFFFE)).ljust(512, b"\xff")
    return bytes(header) + table + directory


@pytest.mark.parametrize(
    ("streams", "kind", "remedy"),
    [
        (("__nameid_version1.0", "__properties_version1.0"), "msg", ".eml"),
        (("WordDocument", "1Table"), "doc", "DOCX"),
        (("Current User", "Pictures", "PowerPoint Document"), "ppt", "PPTX"),
        (("EncryptionInfo", "EncryptedPackage"), "encrypted", "password"),
        (("SomethingElse",), "ole", "DOCX"),
    ],
)
def test_old_and_closed_office_files_are_refused_with_a_remedy(streams: tuple[str, ...], kind: str, remedy: str) -> None:
    data = stream_names(*streams)
    assert sniff(data, "x.bin") == kind
    with pytest.raises(ParseError) as refusal:
        parse_document(data, "x.bin")
    assert remedy in (refusal.value.remedy or "")


def test_what_a_workbook_is_called_does_not_matter() -> None:
    assert sniff(old_workbook(), "report.doc") == "xls"
    assert sniff(presentation(), "report.docx") == "pptx"


def slide_of(*pieces: tuple[str, str] | None) -> Block:
    """The first block of a slide with one text box: letters with their baseline, None for a break."""
    deck, stream = pptx.Presentation(), io.BytesIO()
    box = deck.slides.add_slide(deck.slide_layouts[6]).shapes.add_textbox(0, 0, 100, 100)
    paragraph = box.text_frame.paragraphs[0]
    for piece in pieces:
        if piece is None:
            paragraph.add_line_break()
            continue
        run = paragraph.add_run()
        run.text = piece[0]
        if piece[1]:
            run.font._element.set("baseline", piece[1])
    deck.save(stream)
    return parse_document(stream.getvalue(), "a.pptx").pages[0].blocks[0]


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ((("Costs were 250", ""), ("9", "30000"), (" million", "")), "Costs were 250\u2079 million"),
        ((("310", ""), None, ("250", "")), "310 250"),
        ((("45,000 m", ""), ("2", "30000")), "45,000 m²"),
        ((("CO", ""), ("2", "-25000")), "CO2"),
        ((("25", "0"), ("0", "0")), "250"),
        ((("31", ""), ("st", "30000"), (" of March", "")), "31st of March"),
    ],
)
def test_marks_and_breaks_on_slides_are_no_digits(pieces: tuple[tuple[str, str] | None, ...], text: str) -> None:
    assert slide_of(*pieces).text == text
